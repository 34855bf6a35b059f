import { OperatorError } from "../../errors.ts";

/** Where the failed request was sent. */
export interface S3Place {
  /** Bucket name or access point ARN. */
  bucket: string;
  /** ENDPOINT_URI, if set. */
  endpoint?: string | undefined;
}

/** Why a request failed, and what to do. */
export interface S3Problem {
  reason: string;
  advice?: string;
}

/** The fields of an error that are read. Not all errors are of the SDK's class. */
interface Facts {
  name: string;
  message: string;
  code: string | undefined;
  status: number | undefined;
}

const KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/** By the error code of the server. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const BY_CODE: Readonly<Record<string, (place: S3Place) => S3Problem>> = {
  NoSuchBucket: ({ bucket }) => ({
    reason: `there is no bucket ${bucket}`,
    advice: "Create it, or correct S3TARGET; it is never created by this program",
  }),
  AccessDenied: () => ({
    reason: "access denied",
    advice:
      "Allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on its objects",
  }),
  InvalidAccessKeyId: () => ({ reason: "the server does not know the access key", advice: `Check ${KEYS}` }),
  SignatureDoesNotMatch: () => ({
    reason: "the secret key does not belong to the access key",
    advice: `Check ${KEYS}`,
  }),
  InvalidToken: () => ({ reason: "the session token is not valid", advice: "Check AWS_SESSION_TOKEN" }),
  ExpiredToken: () => ({ reason: "the session token has expired", advice: "Get new credentials" }),
  RequestTimeTooSkewed: () => ({
    reason: "this machine's clock and the server's differ too much",
    advice: "Set the clock of the machine, for example by NTP",
  }),
  PermanentRedirect: ({ bucket }) => ({
    reason: `the bucket ${bucket} is in another region`,
    advice: "Set AWS_REGION to the bucket's region",
  }),
  AuthorizationHeaderMalformed: () => ({
    reason: "the server expects another region",
    advice: "Set AWS_REGION to the bucket's region",
  }),
  InvalidBucketName: ({ bucket }) => ({
    reason: `${bucket} is no valid bucket name`,
    advice: "Correct S3TARGET",
  }),
  InvalidObjectState: () => ({
    reason: "the object is in an archive storage class",
    advice: "Restore the object in S3 first, and keep lifecycle rules from archiving backups",
  }),
  InvalidRange: () => ({ reason: "the object is empty" }),
  SlowDown: () => ({ reason: "the server asks for fewer requests" }),
  QuotaExceeded: () => ({ reason: "the server's quota is used up" }),
  XMinioStorageFull: () => ({ reason: "the server has no space left" }),
  BadDigest: () => ({ reason: "the data was changed on its way to the server", advice: "Check the network" }),
  CredentialsProviderError: () => ({
    reason: "no credentials were found",
    advice: `Set ${KEYS}, or give the process a profile, a web identity or a role`,
  }),
};

/** Other codes with the same meaning. */
const SAME_CODE: Readonly<Record<string, string>> = {
  AllAccessDisabled: "AccessDenied",
  Forbidden: "AccessDenied",
  TokenRefreshRequired: "ExpiredToken",
  ExpiredTokenException: "ExpiredToken",
  MovedPermanently: "PermanentRedirect",
  Redirect: "PermanentRedirect",
  IllegalLocationConstraintException: "PermanentRedirect",
  RequestExpired: "RequestTimeTooSkewed",
  XAmzContentChecksumMismatch: "BadDigest",
  TokenProviderError: "CredentialsProviderError",
  XMinioAdminBucketQuotaExceeded: "QuotaExceeded",
};

/** Answers without a body, and those of a proxy in front of the server, have no S3 error code. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  307: "PermanentRedirect",
  401: "AccessDenied",
  403: "AccessDenied",
  507: "XMinioStorageFull",
};

/** By the code of a network error. */
const BY_NETWORK_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses the connection",
  ENOTFOUND: "has a name that cannot be resolved",
  EAI_AGAIN: "has a name that cannot be resolved just now",
  ECONNRESET: "closed the connection",
  EPIPE: "closed the connection",
  ETIMEDOUT: "does not answer",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached",
  EPROTO: "does not speak TLS as asked",
  CERT_HAS_EXPIRED: "has an expired certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a certificate that this machine does not trust",
  SELF_SIGNED_CERT_IN_CHAIN: "has a certificate that this machine does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "has a certificate that this machine does not trust",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "has a certificate that this machine does not trust",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another name",
};

/** Explains an error of the S3 SDK. Neither credentials nor the body of the request get into the explanation. */
export function s3Problem(error: unknown, place: S3Place): S3Problem {
  const facts = factsOf(error);
  const server = place.endpoint === undefined ? "the S3 server" : `the server at ${place.endpoint}`;
  const problem = BY_CODE[SAME_CODE[facts.name] ?? facts.name];
  if (problem !== undefined) return problem(place);
  const network =
    BY_NETWORK_CODE[facts.code ?? ""] ?? (facts.name === "TimeoutError" ? "does not answer" : undefined);
  if (network?.includes("does not trust") === true) {
    const advice = "Name the file of the authority's certificate in NODE_EXTRA_CA_CERTS";
    return { reason: `${server} ${network}`, advice };
  }
  if (network !== undefined) {
    return { reason: `${server} ${network}`, advice: "Check the network, ENDPOINT_URI and AWS_REGION" };
  }
  const byStatus = BY_CODE[BY_STATUS[facts.status ?? 0] ?? ""];
  if (byStatus !== undefined) return byStatus(place);
  if (isUnreadable(facts)) return notS3(place);
  if (facts.status !== undefined && facts.status >= 300) {
    return { reason: `${server} answers ${facts.name} (HTTP status ${facts.status})` };
  }
  return { reason: facts.message === "" ? facts.name : oneLine(facts.message) };
}

/** An answer that is not of an S3 server, such as the login page of a proxy. */
export function notS3(place: S3Place): S3Problem {
  const server = place.endpoint === undefined ? "what answers" : `what answers at ${place.endpoint}`;
  return { reason: `${server} is no S3 server`, advice: "Check ENDPOINT_URI, and proxies on the way" };
}

/** The error for the operator. The cause is a copy of what may be shown: the SDK's own error carries headers and keys. */
export function s3Error(task: string, error: unknown, place: S3Place): OperatorError {
  if (error instanceof OperatorError) return error;
  const { reason, advice } = s3Problem(error, place);
  const { name, message, code, status } = factsOf(error);
  const cause = new Error(oneLine(message), {
    cause: [code, status].filter((fact) => fact !== undefined).join(" "),
  });
  cause.name = name;
  return new OperatorError(`${task}: ${reason}`, { cause, ...(advice === undefined ? {} : { advice }) });
}

/** Whether the server does not support conditional writes (`If-None-Match`). */
export function isConditionUnknown(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "NotImplemented" || status === 501;
}

/** Whether the server refused a write because its precondition failed, or because another write is in flight. */
export function isConditionFailed(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return status === 412 || status === 409 || name === "PreconditionFailed";
}

/** Whether an object, or an upload, does not exist. A bucket that does not exist is another error. */
export function isMissing(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "NoSuchKey" || name === "NoSuchUpload" || (status === 404 && name === "NotFound");
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), code: undefined, status: undefined };
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  // A connection that was tried at several addresses fails with an AggregateError without a message.
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  const message = error.message === "" && first instanceof Error ? first.message : error.message;
  return {
    name: error.name,
    message,
    code: typeof code === "string" ? code : undefined,
    status: $metadata?.httpStatusCode,
  };
}

/** Whether the SDK could not parse an answer. */
function isUnreadable({ message, status }: Facts): boolean {
  return (
    /Deserialization error|xml|Unexpected token|Unclosed|closing tag|char '/i.test(message) &&
    (status ?? 200) < 300
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 300);
}
