import { factsOf, isConditionFailed, isConditionUnknown, isDenied, isMissing } from "../s3-error-facts.ts";
import { type S3Place, s3Error, s3Problem } from "../s3-errors.ts";

/** How a request ended that was sent to see whether it is allowed. */
export interface Attempt {
  /** Undefined where the answer says neither. */
  allowed: boolean | undefined;
  /** Our words and the server's; empty for what is allowed. */
  why: string;
  /** The right that the server names as the missing one, where it names one: `kms:GenerateDataKey`. */
  named?: string | undefined;
}

/** An attempt that was not made. */
export function untried(why: string): Attempt {
  return { allowed: undefined, why };
}

/**
 * Sends a request and judges the answer. That something is not there, or there already, is said only to who may ask.
 *
 * @throws {OperatorError} where the answer is one that every request would get: no server, an unknown key, no bucket.
 * @throws the signal's reason where the signal aborts.
 */
export async function attempt(
  place: S3Place,
  signal: AbortSignal,
  send: () => Promise<unknown>,
): Promise<Attempt> {
  signal.throwIfAborted();
  try {
    await send();
    return { allowed: true, why: "" };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isConditionFailed(error) || isMissing(error)) return { allowed: true, why: "" };
    const { status } = factsOf(error);
    if (status === undefined || concernsEveryRequest(error)) {
      throw s3Error("Cannot check the rights on S3", error, place);
    }
    const why = s3Problem(error, place).reason;
    return { allowed: isDenied(error) ? false : undefined, why, named: rightNamed(error) };
  }
}

/** Sends a write with the precondition that nothing is there, or without where the server knows no conditions. */
export async function unlessThere(
  write: (condition: { IfNoneMatch?: "*" }) => Promise<unknown>,
): Promise<unknown> {
  return await write({ IfNoneMatch: "*" }).catch((error: unknown) => {
    if (!isConditionUnknown(error)) throw error;
    return write({});
  });
}

const OF_CREDENTIALS_OR_BUCKET =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken(Exception)?|TokenRefreshRequired|RequestTimeTooSkewed|RequestExpired|NoSuchBucket|InvalidBucketName|PermanentRedirect|AuthorizationHeaderMalformed|(SecondLevelDomain|PathStyleDomain)Forbidden)$/;

function concernsEveryRequest(error: unknown): boolean {
  const { name, status = 0 } = factsOf(error);
  return OF_CREDENTIALS_OR_BUCKET.test(name) || status < 400 || status === 503;
}

/** Amazon says which right is missing. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function rightNamed(error: unknown): string | undefined {
  return /not authorized to perform: ([a-z0-9]+:\w+)/.exec(factsOf(error).message)?.[1];
}
