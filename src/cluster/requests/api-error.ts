import { OperatorError } from "../../errors.ts";
import {
  type CertificateFault,
  certificateFault,
  describeCertificate,
  type PeerCertificate,
} from "./certificate-faults.ts";
import { parseRetryAfter } from "./rate-limit.ts";
import { transientCause } from "./transient-refusals.ts";
import { adviseOnUserCertificate, type UserCertificate } from "./user-certificate.ts";

/** The Status object of the API server (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). */
interface Status {
  kind?: string;
  reason?: string;
  message?: string;
  metadata?: { continue?: string };
  details?: { causes?: { reason?: string; field?: string }[] };
}

/** The API server's own words, in which no part of the object but its name can occur. */
const NO_DRY_RUN = /^admission webhook "([^"]+)" does not support dry run$/;
const NO_RIGHT = /^\S+(?: "[^"]*")? is forbidden: User "[^"]*" cannot /;
const DENIED =
  /^(?:admission webhook "[^"]+" denied the request(?:: |$)|\S+ "[^"]*" is (?:forbidden|invalid): .*ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request: )/s;
const QUOTA_EXCEEDED = /^\S+ "[^"]*" is forbidden: exceeded quota: /;

/** An answer of the API server that is no success. */
export class ApiError extends OperatorError {
  override name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /**
   * Whether the answer concerns every request, and not only this one: the credentials are refused (401), and all
   * further requests would be refused. Work that continues with the next object after other answers must end then.
   */
  readonly concernsEveryRequest: boolean;
  /** The reason of the Status object, `AlreadyExists`, or "" where the answer has none. */
  readonly reason: string;
  /** The reasons of the causes of the Status object, `NamespaceTerminating`. */
  readonly causes: readonly string[];
  /** The Retry-After of the answer, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** The API server's message, without "Cannot …". */
  readonly said: string;
  /** The continue token for the rest of a list that is too old to be continued at its own resource version (410). */
  readonly continueToken: string | undefined;
  /** The `Warning` headers in the API server's words. */
  readonly warnings: readonly string[];
  /** The admission webhook that does not support dry run, where that is the reason; for Secrets too. */
  readonly noDryRunWebhook: string | undefined;
  /** Whether the user lacks a right, so that the next such request would be refused as well; for Secrets too. */
  readonly lacksRight: boolean;
  /** Whether a ResourceQuota is exceeded; for Secrets too. */
  readonly exceedsQuota: boolean;
  /** Whether an admission webhook or an admission policy denies the object, by its own rules; for Secrets too. */
  readonly denied: boolean;
  /** What to wait for before the write is retried; undefined where the refusal is not transient. For Secrets too. */
  readonly waitsFor: string | undefined;

  constructor(
    what: string,
    answer: {
      status: number;
      body: string;
      retryAfter?: string | undefined;
      secret: boolean;
      warnings?: readonly string[];
      /** The certificate that was shown with a request that is refused for its credentials. */
      user?: UserCertificate | undefined;
    },
  ) {
    const status = readStatus(answer.body);
    const said = sayStatus(status, answer);
    const lacksRight = answer.status === 403 && NO_RIGHT.test(status.message ?? "");
    super(`Cannot ${what}: ${said}`, { ...advise(answer, lacksRight) });
    this.status = answer.status;
    this.concernsEveryRequest = answer.status === 401;
    this.reason = status.reason ?? "";
    this.causes = (status.details?.causes ?? []).map((cause) => cause.reason ?? "");
    this.said = said;
    this.continueToken = status.metadata?.continue || undefined;
    this.warnings = answer.warnings ?? [];
    this.noDryRunWebhook = NO_DRY_RUN.exec(status.message ?? "")?.[1];
    this.lacksRight = lacksRight;
    this.exceedsQuota = QUOTA_EXCEEDED.test(status.message ?? "");
    this.denied = DENIED.test(status.message ?? "");
    const { reason, causes } = this;
    this.waitsFor = transientCause({ status: answer.status, reason, causes, message: status.message ?? "" });
    this.retryAfter = parseRetryAfter(answer.retryAfter);
  }
}

/** A request took longer than --request-timeout. */
export class RequestTimeout extends Error {
  override name = "RequestTimeout";

  /** @param limit in milliseconds. */
  constructor(limit: number) {
    super(`it has not answered within ${limit / 1000}s, the --request-timeout`);
  }
}

/** The API server cannot be reached, or the connection broke. */
export class ConnectionError extends OperatorError {
  override name = "ConnectionError";
  /** Why, in the words of the network. */
  readonly reason: string;
  /** Whether another attempt can succeed: none can where a certificate is not accepted. */
  readonly transient: boolean;

  /** @param certificates those that may be the reason, as far as they are known. */
  constructor(what: string, server: string, cause: unknown, certificates: Certificates = {}) {
    const fault = certificateFault(cause);
    const reason = fault === undefined ? reasonOf(cause) : sayFault(fault, server, certificates);
    super(
      fault === undefined
        ? `Cannot ${what}: the API server ${server} does not answer: ${reason}`
        : `Cannot ${what}: ${reason}`,
      {
        cause,
        advice:
          fault?.advice ??
          (cause instanceof RequestTimeout ? "Raise --request-timeout, or leave it out" : undefined) ??
          "Check the context, the address in the kubeconfig and that the API server runs",
      },
    );
    this.reason = reason;
    this.transient = fault === undefined && !(cause instanceof RequestTimeout);
  }
}

/** The certificates of both sides. */
interface Certificates {
  peer?: PeerCertificate | undefined;
  user?: UserCertificate | undefined;
}

function sayFault({ whose, reason }: CertificateFault, server: string, { peer, user }: Certificates): string {
  if (whose === "user") {
    const which = user === undefined ? "" : ` (${user.title})`;
    return `the API server ${server} does not accept the certificate of the user${which}: it ${reason}`;
  }
  if (whose !== "server") return `${reason} (${server})`;
  const which = peer === undefined ? "" : ` (${describeCertificate(peer)})`;
  return `the certificate of the API server ${server} ${reason}${which}`;
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
 * The message for people. The API server's message may quote the value that is refused, and an admission webhook may
 * quote anything: of an answer about a Secret, only the reason and the fields are shown.
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
    ? `${oneLine(status.message)} (HTTP ${answer.status})`
    : `HTTP ${answer.status}${status.reason === undefined ? "" : ` ${status.reason}`}`;
}

/** Policy engines lay their messages out over several lines, and a message here is part of one. */
function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, " ");
}

function advise(
  { status, user }: { status: number; user?: UserCertificate | undefined },
  lacksRight: boolean,
): { advice?: string } {
  if (status === 401 && user !== undefined) return { advice: adviseOnUserCertificate(user) };
  if (status === 401)
    return {
      advice: "The credentials in the kubeconfig are not accepted: log in again, or choose another --context",
    };
  // Admission refuses with 403 too: no right of anybody changes that.
  if (lacksRight)
    return {
      advice:
        "Give the user or the ServiceAccount this right (kube-backup check-access says which are missing for what)",
    };
  return {};
}

/** Where an API server is silent, by undici's codes. */
const SILENCE: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "it is silent, and no connection comes about",
  UND_ERR_HEADERS_TIMEOUT: "it takes requests and is silent",
  UND_ERR_BODY_TIMEOUT: "it has fallen silent in the middle of its answer",
};

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // undici wraps the error of the socket; a refusal on several addresses is an AggregateError without a message.
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
  const silence = SILENCE[code];
  if (silence !== undefined) return silence;
  return inner.message !== "" ? inner.message : code;
}
