import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { ApiError, ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import { warnOfMissingFlag } from "../../../src/restore-gate/missing-flag.ts";
import type { Log } from "../../../src/terminal/log/log.ts";

const answer = (status: number) => new ApiError("read namespace", { status, body: "{}", secret: false });

const CASES: [title: string, error: Error, warnings: number][] = [
  ["there is none", answer(404), 1],
  ["it may not be read", answer(403), 0],
  ["the API server fails", answer(500), 0],
  ["the API server is away", new ConnectionError("read namespace", "https://blue", new Error("refused")), 0],
];

for (const [title, error, expected] of CASES) {
  test(`a stored backup stays one where the restore flag is looked for: ${title}`, async () => {
    let warnings = 0;
    const log = { warn: () => (warnings += 1), debug: () => undefined } as unknown as Log;
    const client = { send: () => Promise.reject(error) } as unknown as ApiClient;
    await warnOfMissingFlag({ client, log }, new AbortController().signal);
    assert.equal(warnings, expected);
  });
}
