import { Buffer } from "node:buffer";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Answer, answerForm, isJudgedByBody } from "./answer-form.ts";
import { ForeignAnswerError } from "./foreign-answer-error.ts";
import type { ServerClock } from "./server-clock.ts";

/** No answer that is read whole is larger: a thousand keys of the longest kind take a quarter of this, in bytes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The part of the SDK's response that is read. */
interface Response {
  statusCode: number;
  headers: Answer["headers"];
  body: AsyncIterable<Uint8Array> | Uint8Array | undefined;
}

/**
 * Has a client refuse answers that are not S3's, and tell a clock what time the server has. The SDK's own middleware
 * that reads an answer comes after this one.
 */
export function checkAnswers({ middlewareStack }: S3Client, clock: ServerClock): void {
  middlewareStack.add(
    (next, context) => async (args) => {
      const sent = clock.start();
      const result = await next(args);
      const response = result.response as Response;
      sent.answered(response.headers["date"]);
      await checkForm(context.commandName ?? "", response);
      return result;
    },
    { step: "deserialize", priority: "low", name: "checkAnswers" },
  );
}

/** @throws {ForeignAnswerError} */
async function checkForm(command: string, response: Response): Promise<void> {
  const { statusCode: status, headers } = response;
  if (status < 200 || status >= 300 || !isJudgedByBody(command)) return;
  const bytes = await bytesOf(response.body);
  response.body = bytes;
  const form = answerForm(command, { status, headers, body: new TextDecoder().decode(bytes) });
  if (form.kind === "foreign") throw new ForeignAnswerError(form.what, status);
  // The SDK reads it as the error that it is, and tries again where that helps.
  if (form.kind === "error") response.statusCode = 503;
}

async function bytesOf(body: Response["body"]): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array(0);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new ForeignAnswerError(`more than ${MAX_BODY_BYTES} bytes`, undefined);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
