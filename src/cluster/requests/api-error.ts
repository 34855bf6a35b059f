import { OperatorError } from "../../errors.ts";
import { healsWithTime } from "./transient-refusals.ts";

/** What a Status object of the API server says (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). */
interface Status {
  kind?: string;
  reason?: string;
  message?: string;
  details?: { causes?: { reason?: string; field?: string }[] };
}

/** The API server's own words, in which nothing of the object but its name can stand. */
const NO_DRY_RUN = /^admission webhook "([^"]+)" does not support dry run$/;
const NO_RIGHT = /^\S+(?: "[^"]*")? is forbidden: User "[^"]*" cannot /;
const QUOTA_EXCEEDED = /^\S+ "[^"]*" is forbidden: exceeded quota: /;

/** An answer of the API server that is no success. */
export class ApiError extends OperatorError {
  override name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /**
   * Whether it concerns every request, and not only what was asked for: the credentials are refused (401), and all
   * further requests will be. What goes on with the next object or resource after other answers must end then.
   */
  readonly concernsEveryRequest: boolean;
  /** The Status object's reason, `AlreadyExists`, or "" where the answer held none. */
  readonly reason: string;
  /** Reasons of the Status object's causes, `NamespaceTerminating`. */
  readonly causes: readonly string[];
  /** Pause that the server asks for, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** What the server said, without "Cannot …". */
  readonly said: string;
  /** The server's `Warning` headers, as it phrased them. */
  readonly warnings: readonly string[];
  /** The admission webhook that cannot be asked without side effects, where that is why; of Secrets too. */
  readonly noDryRunWebhook: string | undefined;
  /** Whether the user lacks a right, so that the next such request is refused as well; of Secrets too. */
  readonly lacksRight: boolean;
  /** Whether a ResourceQuota is used up; of Secrets too. */
  readonly exceedsQuota: boolean;
  /** What is to be waited for before the same write is tried again, or undefined; of Secrets too. */
  readonly waitsFor: string | undefined;

  constructor(
    what: string,
    answer: {
      status: number;
      body: string;
      retryAfter?: string | undefined;
      secret: boolean;
      warnings?: readonly string[];
    },
  ) {
    const status = readStatus(answer.body);
    const said = sayStatus(status, answer);
    super(`Cannot ${what}: ${said}`, { ...advise(answer.status) });
    this.status = answer.status;
    this.concernsEveryRequest = answer.status === 401;
    this.reason = status.reason ?? "";
    this.causes = (status.details?.causes ?? []).map((cause) => cause.reason ?? "");
    this.said = said;
    this.warnings = answer.warnings ?? [];
    this.noDryRunWebhook = NO_DRY_RUN.exec(status.message ?? "")?.[1];
    this.lacksRight = answer.status === 403 && NO_RIGHT.test(status.message ?? "");
    this.exceedsQuota = QUOTA_EXCEEDED.test(status.message ?? "");
    const { reason, causes } = this;
    this.waitsFor = healsWithTime({ status: answer.status, reason, causes, message: status.message ?? "" });
    const seconds = Number(answer.retryAfter);
    this.retryAfter = answer.retryAfter !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
  }
}

/** The API server could not be reached, or the connection broke. */
export class ConnectionError extends OperatorError {
  override name = "ConnectionError";

  constructor(what: string, server: string, cause: unknown) {
    super(`Cannot ${what}: the API server ${server} does not answer: ${reasonOf(cause)}`, {
      cause,
      advice: "Check the context, the address in the kubeconfig and that the API server runs",
    });
  }
}

function readStatus(body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && (parsed as Status).kind === "Status")
      return parsed as Status;
  } catch {
    // A proxy or a load balancer answered, not the API server.
  }
  return {};
}

/**
 * The server's message may quote the value that it refuses, and an admission webhook may quote
 * anything: of an answer about a Secret only the reason and the fields are shown.
 */
function sayStatus(status: Status, answer: { status: number; secret: boolean }): string {
  if (answer.secret) {
    const fields = (status.details?.causes ?? [])
      .map((cause) => cause.field)
      .filter((field) => field !== undefined);
    const reason = status.reason ?? "refused";
    return `${reason}${fields.length > 0 ? ` (${fields.join(", ")})` : ""} (HTTP ${answer.status})`;
  }
  return status.message !== undefined && status.message !== ""
    ? `${status.message} (HTTP ${answer.status})`
    : `HTTP ${answer.status}${status.reason === undefined ? "" : ` ${status.reason}`}`;
}

function advise(status: number): { advice?: string } {
  if (status === 401)
    return {
      advice: "The credentials in the kubeconfig are not accepted: log in again, or choose another --context",
    };
  if (status === 403)
    return {
      advice:
        "Give the user or the ServiceAccount this right (docs/in-cluster.md lists what is needed for what)",
    };
  return {};
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // undici wraps what happened on the socket; a refusal on several addresses is an AggregateError without message.
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
  return inner.message !== "" ? inner.message : code;
}
