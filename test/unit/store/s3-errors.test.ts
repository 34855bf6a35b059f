import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { s3Error, s3Problem } from "../../../src/store/s3/s3-errors.ts";

const PLACE = { bucket: "backups", endpoint: "http://server:9000" };

/** An error as the SDK throws it. */
function sdkError(name: string, status?: number, message = "the server's own words"): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** An error as Node throws it. */
function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:9000`), { code });
}

const TABLE: [string, Error, RegExp][] = [
  ["NoSuchBucket", sdkError("NoSuchBucket", 404), /^there is no bucket backups$/],
  ["AccessDenied", sdkError("AccessDenied", 403), /^access denied$/],
  ["403 without a body", sdkError("UnknownError", 403), /^access denied$/],
  ["InvalidAccessKeyId", sdkError("InvalidAccessKeyId", 403), /^the server does not know the access key$/],
  ["SignatureDoesNotMatch", sdkError("SignatureDoesNotMatch", 403), /^the secret key does not belong/],
  ["ExpiredToken", sdkError("ExpiredToken", 400), /^the session token has expired$/],
  ["ExpiredTokenException", sdkError("ExpiredTokenException", 400), /^the session token has expired$/],
  ["InvalidToken", sdkError("InvalidToken", 400), /^the session token is not valid$/],
  ["RequestTimeTooSkewed", sdkError("RequestTimeTooSkewed", 403), /clock and the server's differ/],
  ["PermanentRedirect", sdkError("PermanentRedirect", 301), /^the bucket backups is in another region$/],
  ["301 without a body", sdkError("301", 301), /^the bucket backups is in another region$/],
  ["AuthorizationHeaderMalformed", sdkError("AuthorizationHeaderMalformed", 400), /expects another region$/],
  ["InvalidBucketName", sdkError("InvalidBucketName", 400), /^backups is no valid bucket name$/],
  ["InvalidObjectState", sdkError("InvalidObjectState", 403), /archive storage class$/],
  ["BadDigest", sdkError("BadDigest", 400), /changed on its way/],
  ["CredentialsProviderError", sdkError("CredentialsProviderError"), /^no credentials were found$/],
  ["SlowDown", sdkError("SlowDown", 503), /fewer requests$/],
  [
    "another code",
    sdkError("KeyTooLongError", 400),
    /^the server at http:\/\/server:9000 answers KeyTooLongError \(HTTP status 400\)$/,
  ],
  ["502", sdkError("502", 502), /answers 502 \(HTTP status 502\)$/],
  [
    "ECONNREFUSED",
    networkError("ECONNREFUSED"),
    /^the server at http:\/\/server:9000 refuses the connection$/,
  ],
  ["ENOTFOUND", networkError("ENOTFOUND"), /cannot be resolved$/],
  ["a self-signed certificate", networkError("DEPTH_ZERO_SELF_SIGNED_CERT"), /does not trust$/],
  ["a timeout", sdkError("TimeoutError"), /^the server at http:\/\/server:9000 does not answer$/],
  [
    "an answer that cannot be read",
    new SyntaxError("Unclosed XML tag 'br'.\n  Deserialization error"),
    /is no S3 server$/,
  ],
  [
    "an error of many addresses",
    Object.assign(new AggregateError([networkError("ECONNREFUSED")], "all failed"), { code: "ECONNREFUSED" }),
    /refuses the connection$/,
  ],
];

describe("A failed request of S3", () => {
  for (const [what, error, reason] of TABLE) {
    test(`is explained: ${what}`, () => {
      assert.match(s3Problem(error, PLACE).reason, reason);
      const shown = s3Error("Cannot list backups in s3://backups", error, PLACE);
      assert.match(shown.message, /^Cannot list backups in s3:\/\/backups: [^\n]*[^.\n]$/);
    });
  }

  test("is explained without an endpoint", () => {
    assert.equal(
      s3Problem(networkError("ECONNREFUSED"), { bucket: "b" }).reason,
      "the S3 server refuses the connection",
    );
  });

  test("shows nothing that was sent, however it is printed", () => {
    const secret = "FwoGZXIvYXdzEJr-session-token";
    const error = Object.assign(sdkError("SignatureDoesNotMatch", 403), {
      StringToSign: `x-amz-security-token:${secret}`,
      $response: { headers: { authorization: secret } },
    });
    const shown = inspect(s3Error("Cannot list backups in s3://backups", error, PLACE), { depth: 10 });
    assert.ok(!shown.includes(secret), shown);
    assert.match(shown, /the server's own words/);
  });
});
