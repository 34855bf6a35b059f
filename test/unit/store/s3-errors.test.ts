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

const SAID = "the server's own words";

const TABLE: [string, Error, string | RegExp][] = [
  ["NoSuchBucket", sdkError("NoSuchBucket", 404), `there is no bucket backups (NoSuchBucket: ${SAID})`],
  ["AccessDenied", sdkError("AccessDenied", 403), `access denied (AccessDenied: ${SAID})`],
  ["403 without a body", sdkError("UnknownError", 403, "UnknownError"), "access denied (HTTP status 403)"],
  ["403 with a code alone", sdkError("AccessDenied", 403, ""), "access denied (AccessDenied)"],
  ["InvalidAccessKeyId", sdkError("InvalidAccessKeyId", 403), /^the server does not know the access key \(/],
  ["SignatureDoesNotMatch", sdkError("SignatureDoesNotMatch", 403), /^the secret key does not belong/],
  ["ExpiredToken", sdkError("ExpiredToken", 400), /^the session token has expired \(ExpiredToken: /],
  ["ExpiredTokenException", sdkError("ExpiredTokenException", 400), /^the session token has expired \(/],
  ["InvalidToken", sdkError("InvalidToken", 400), /^the session token is not valid \(InvalidToken: /],
  ["RequestTimeTooSkewed", sdkError("RequestTimeTooSkewed", 403), /clock and the server's differ/],
  ["PermanentRedirect", sdkError("PermanentRedirect", 301), /^the bucket backups is in another region \(/],
  [
    "301 without a body",
    sdkError("301", 301, ""),
    "the bucket backups is in another region (HTTP status 301)",
  ],
  [
    "AuthorizationHeaderMalformed",
    sdkError("AuthorizationHeaderMalformed", 400),
    /expects another region \(/,
  ],
  ["InvalidBucketName", sdkError("InvalidBucketName", 400), /^backups is no valid bucket name \(/],
  ["InvalidObjectState", sdkError("InvalidObjectState", 403), /archive storage class \(InvalidObjectState: /],
  ["BadDigest", sdkError("BadDigest", 400), /changed on its way/],
  ["CredentialsProviderError", sdkError("CredentialsProviderError"), "no credentials were found"],
  ["SlowDown", sdkError("SlowDown", 503), /fewer requests \(SlowDown: /],
  [
    "another code",
    sdkError("KeyTooLongError", 400),
    `the server at http://server:9000 answers KeyTooLongError (KeyTooLongError: ${SAID})`,
  ],
  ["502", sdkError("502", 502, "UnknownError"), /answers 502 \(HTTP status 502\)$/],
  [
    "path style refused, by the code of OSS",
    sdkError("SecondLevelDomainForbidden", 403, "Please use virtual hosted style to access."),
    "the server takes no requests that name the bucket in their path (SecondLevelDomainForbidden: Please use virtual hosted style to access.)",
  ],
  [
    "path style refused, by the code of COS",
    sdkError("PathStyleDomainForbidden", 403),
    /^the server takes no requests that name the bucket in their path \(PathStyleDomainForbidden: /,
  ],
  [
    "path style refused, in the server's words alone",
    sdkError("AccessDenied", 403, "Please use virtual hosted style"),
    "the server takes no requests that name the bucket in their path (AccessDenied: Please use virtual hosted style)",
  ],
  [
    "words that would move a terminal's cursor",
    sdkError("AccessDenied", 403, "no\n\u001b[2Jsuch\r\u0007 luck"),
    "access denied (AccessDenied: no [2Jsuch luck)",
  ],
  [
    "ECONNREFUSED",
    networkError("ECONNREFUSED"),
    /^the server at http:\/\/server:9000 refuses the connection$/,
  ],
  [
    "ECONNREFUSED on the way through a proxy",
    Object.assign(networkError("ECONNREFUSED"), { proxy: "proxy:3128" }),
    "the proxy at proxy:3128, or the server at http://server:9000 behind it, refuses the connection",
  ],
  [
    "a proxy that wants a password",
    Object.assign(
      new Error(
        "Failed to establish tunnel to server:443 via http://proxy:3128/: HTTP/1.1 407 Proxy Authentication Required",
      ),
      {
        code: "ERR_PROXY_TUNNEL",
        proxy: "proxy:3128",
      },
    ),
    "the proxy at proxy:3128 refuses the way to the server (407 Proxy Authentication Required)",
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
      const found = s3Problem(error, PLACE).reason;
      if (typeof reason === "string") assert.equal(found, reason);
      else assert.match(found, reason);
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

  test("comes with advice that names the setting", () => {
    const rows: [Error, RegExp][] = [
      [sdkError("SecondLevelDomainForbidden", 403), /S3_ADDRESSING to virtual/],
      [networkError("SELF_SIGNED_CERT_IN_CHAIN"), /AWS_CA_BUNDLE/],
      [Object.assign(networkError("ENOTFOUND"), { proxy: "proxy:3128" }), /HTTPS_PROXY.*NO_PROXY/],
    ];
    for (const [error, advice] of rows) assert.match(s3Problem(error, PLACE).advice ?? "", advice);
    const virtual = { ...PLACE, addressing: "virtual" } as const;
    assert.match(s3Problem(networkError("ENOTFOUND"), virtual).advice ?? "", /S3_ADDRESSING/);
    assert.match(s3Problem(new SyntaxError("Unclosed XML tag"), virtual).advice ?? "", /S3_ADDRESSING/);
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
