import { OperatorError } from "../../errors.ts";
import type { S3Addressing } from "../contract/s3-options.ts";
import {
  type Facts,
  factsOf,
  isRefusal,
  isUnreadable,
  oneLine,
  serverWords,
  wantsVirtualHost,
} from "./s3-error-facts.ts";

/** Where the failed request was sent. */
export interface S3Place {
  /** Bucket name or access point ARN. */
  bucket: string;
  /** ENDPOINT_URI, if set. */
  endpoint?: string | undefined;
  /** S3_ADDRESSING, if set. */
  addressing?: S3Addressing | undefined;
}

/** Why a request failed, and what to do. */
export interface S3Problem {
  reason: string;
  advice?: string;
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
      "Allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on its objects; kube-backup check-access says which of them is missing, and prints the policy",
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
  SecondLevelDomainForbidden: () => ({
    reason: "the server takes no requests that name the bucket in their path",
    advice: "Set S3_ADDRESSING to virtual",
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
  PathStyleDomainForbidden: "SecondLevelDomainForbidden",
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

/**
 * Explains an error of the S3 SDK. A refusal keeps the words of the server: they may know the policy, the key or the
 * header that is meant. Neither credentials nor the body of the request get into the explanation.
 */
export function s3Problem(error: unknown, place: S3Place): S3Problem {
  const { reason, advice } = problemOf(factsOf(error), place);
  return { reason: `${reason}${serverWords(error)}`, ...(advice === undefined ? {} : { advice }) };
}

function problemOf(facts: Facts, place: S3Place): S3Problem {
  const server = place.endpoint === undefined ? "the S3 server" : `the server at ${place.endpoint}`;
  const code = wantsVirtualHost(facts) ? "SecondLevelDomainForbidden" : facts.name;
  const problem = BY_CODE[SAME_CODE[code] ?? code];
  if (problem !== undefined) return problem(place);
  const network =
    BY_NETWORK_CODE[facts.code ?? ""] ?? (facts.name === "TimeoutError" ? "does not answer" : undefined);
  if (network !== undefined) return networkProblem(facts, { server, network, place });
  if (facts.code === "ERR_PROXY_TUNNEL") return refusedByProxy(facts);
  const byStatus = BY_CODE[BY_STATUS[facts.status ?? 0] ?? ""];
  if (byStatus !== undefined) return byStatus(place);
  if (facts.name === "ForeignAnswerError") return notS3(place, facts.message);
  if (isUnreadable(facts)) return notS3(place);
  if (isRefusal(facts)) return { reason: `${server} answers ${facts.name}` };
  return { reason: facts.message === "" ? facts.name : oneLine(facts.message) };
}

/** A fault on the way to the server. With a proxy, only TLS is the server's: the proxy resolves names and connects. */
function networkProblem(
  { proxy }: Facts,
  { server, network, place }: { server: string; network: string; place: S3Place },
): S3Problem {
  if (network.includes("does not trust")) {
    const advice = "Name the file of the authority's certificate in AWS_CA_BUNDLE";
    return { reason: `${server} ${network}`, advice };
  }
  if (proxy !== undefined && !network.includes("certificate")) {
    const advice = "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy runs";
    return { reason: `the proxy at ${proxy}, or ${server} behind it, ${network}`, advice };
  }
  const host =
    place.addressing === "virtual" ? ", S3_ADDRESSING, which puts the bucket before the host," : "";
  return { reason: `${server} ${network}`, advice: `Check the network, ENDPOINT_URI${host} and AWS_REGION` };
}

/** The proxy has answered CONNECT with another status than 200; the message has it at its end. */
function refusedByProxy({ message, proxy = "" }: Facts): S3Problem {
  const status = /HTTP\/1\.\d (\d{3}[^\r\n]*)/.exec(message)?.[1]?.trim() ?? "no";
  return {
    reason: `the proxy at ${proxy} refuses the way to the server (${oneLine(status)})`,
    advice:
      "Check HTTPS_PROXY, with a name and password where the proxy wants them, or except the server with NO_PROXY",
  };
}

/**
 * An answer that is not of an S3 server, such as the login page of a proxy.
 *
 * @param what what it answers with: "an element html".
 */
export function notS3(place: S3Place, what?: string): S3Problem {
  const server = place.endpoint === undefined ? "what answers" : `what answers at ${place.endpoint}`;
  const host = place.addressing === "virtual" ? ", S3_ADDRESSING" : "";
  const why = what === undefined ? "" : ` (it answers with ${oneLine(what)})`;
  return {
    reason: `${server} is no S3 server${why}`,
    advice: `Check ENDPOINT_URI${host}, and proxies on the way`,
  };
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
