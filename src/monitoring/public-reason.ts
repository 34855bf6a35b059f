import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";

/** What a text is shortened to: others show it in one line. */
const MOST_CHARACTERS = 300;

const SEE_LOG = "the log of the program says why";

/**
 * Why something failed, for whoever may read events, metrics and notifications, who are more people than those who may read
 * the log. What an API server or a webhook said is left out: it may quote the object that it refuses.
 */
export function publicReason(error: unknown): string {
  if (!(error instanceof OperatorError)) return SEE_LOG;
  // Its words may be in the message of the error that it caused, in any form.
  const refusal = refusalIn(error);
  if (refusal !== undefined) return shortened(`${attemptOf(refusal)}: ${statusOf(refusal)}`);
  return shortened(error.message.replaceAll(/\s*\n\s*/g, " "));
}

/** "Cannot list secrets". */
function attemptOf({ message, said }: ApiError): string {
  const end = `: ${said}`;
  return message.endsWith(end) ? message.slice(0, -end.length) : "The API server refused a request";
}

function statusOf({ status, reason }: ApiError): string {
  return /^[A-Za-z]+$/.test(reason) ? `${reason} (HTTP ${status})` : `HTTP ${status}`;
}

/** The first answer of an API server in the chain of an error's causes. */
function refusalIn(error: unknown): ApiError | undefined {
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    if (each instanceof ApiError) return each;
  }
  return undefined;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
