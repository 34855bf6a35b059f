/** What of an error may be told to more people than those who may read the log. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import { OperatorError } from "../../../src/errors.ts";
import { publicReason } from "../../../src/monitoring/public-reason.ts";

function refusal(message: string, { secret = false } = {}): ApiError {
  const body = JSON.stringify({ kind: "Status", reason: "Forbidden", message });
  return new ApiError("create secret shop/database", { status: 403, body, secret });
}

const QUOTING = 'admission webhook "w.example.com" denied the request: password is "hunter2"';

const CASES: [title: string, error: unknown, expected: string][] = [
  [
    "a refusal: what was asked, and the status",
    refusal(QUOTING),
    "Cannot create secret shop/database: Forbidden (HTTP 403)",
  ],
  [
    "of a Secret, where the error says as little already",
    refusal(QUOTING, { secret: true }),
    "Cannot create secret shop/database: Forbidden (HTTP 403)",
  ],
  [
    "an error that a refusal has caused, and that quotes it",
    new OperatorError(`Cannot back up: ${QUOTING}`, { cause: refusal(QUOTING) }),
    "Cannot create secret shop/database: Forbidden (HTTP 403)",
  ],
  [
    "a reason that is no word",
    new ApiError("list secrets", {
      status: 500,
      body: JSON.stringify({ kind: "Status", reason: "hunter2 it is", message: "x" }),
      secret: false,
    }),
    "Cannot list secrets: HTTP 500",
  ],
  [
    "no answer",
    new ConnectionError("list pods", "https://10.0.0.1:6443", new Error("connect ECONNREFUSED")),
    "Cannot list pods: the API server https://10.0.0.1:6443 does not answer: connect ECONNREFUSED",
  ],
  [
    "the store's: as it is",
    new OperatorError("Cannot list backups in s3://bucket/: access denied", {
      cause: new Error("hunter2"),
    }),
    "Cannot list backups in s3://bucket/: access denied",
  ],
  ["several lines become one", new OperatorError("Cannot x:\n  y"), "Cannot x: y"],
  ["a defect", new TypeError("hunter2 is undefined"), "the log of the program says why"],
  ["no error at all", "hunter2", "the log of the program says why"],
  ["a long one", new OperatorError("x".repeat(400)), `${"x".repeat(299)}…`],
];

for (const [title, error, expected] of CASES)
  test(title, () => {
    assert.equal(publicReason(error), expected);
    assert.doesNotMatch(publicReason(error), /hunter2/);
  });
