import assert from "node:assert/strict";
import { test } from "node:test";
import { describePlainEndpoint } from "../../../src/command-line/plain-endpoint.ts";

test("an endpoint without TLS that is not this machine is warned of", () => {
  for (const [endpoint, warned] of [
    [undefined, false],
    ["https://minio.storage:9000", false],
    ["http://localhost:9000", false],
    ["http://LOCALHOST.", false],
    ["http://s3.localhost:9000", false],
    ["http://127.0.0.1:9000", false],
    ["http://127.8.8.8", false],
    ["http://2130706433", false],
    ["http://[::1]:9000", false],
    ["http://[0:0:0:0:0:0:0:1]", false],
    ["http://minio.storage:9000", true],
    ["http://10.0.0.7:9000", true],
    ["http://[fd00::1]", true],
    ["http://127.0.0.1.example.com", true],
    ["http://localhost.example.com", true],
    ["http://notlocalhost", true],
  ] as const) {
    const told = describePlainEndpoint(endpoint === undefined ? undefined : new URL(endpoint));
    assert.equal(told !== undefined, warned, endpoint);
    if (told !== undefined) assert.ok(told.includes(new URL(endpoint ?? "").host));
  }
});
