import assert from "node:assert/strict";
import { test } from "node:test";
import { isExceeded } from "../../../src/restore/rounds/quota-counts.ts";

const COUNTS = new Map([
  ["deployments.apps", 3],
  ["configmaps", 900],
]);

const CASES: [hard: Record<string, unknown>, exceeded: boolean][] = [
  [{}, false],
  [{ "count/deployments.apps": "3" }, false],
  [{ "count/deployments.apps": "2" }, true],
  [{ "count/deployments.apps": 2 }, true],
  [{ "count/configmaps": "1k", pods: "0" }, false],
  [{ "count/jobs.batch": "0" }, false],
  [{ "count/jobs.batch": "0", "count/configmaps": "800" }, true],
  // What comes before quotas, and amounts, are not counted here.
  [{ pods: "0", "requests.cpu": "1", "count/deployments.apps": "many" }, false],
];

for (const [hard, exceeded] of CASES)
  test(`${JSON.stringify(hard)} is ${exceeded ? "" : "not "}exceeded`, () => {
    assert.equal(isExceeded(hard, COUNTS), exceeded);
  });
