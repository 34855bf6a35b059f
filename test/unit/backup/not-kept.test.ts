import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepsOthers, mayList } from "../../../src/backup/not-kept.ts";
import type { AccessRule } from "../../../src/cluster/access-review.ts";

describe("what may be counted", () => {
  const jobs = { group: "batch", resource: "cronjobs" };
  const rule = { verbs: ["get", "list"], apiGroups: ["batch"], resources: ["cronjobs"] };
  const rows: [title: string, rules: AccessRule[], expected: boolean][] = [
    ["nothing without rules", [], false],
    ["what a rule names", [rule], true],
    ["everything", [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }], true],
    ["not what may only be read", [{ ...rule, verbs: ["get"] }], false],
    ["not another group's", [{ ...rule, apiGroups: ["example.com"] }], false],
    ["not some by name", [{ ...rule, resourceNames: ["a"] }], false],
    ["not what has no resources", [{ verbs: ["list"] }], false],
  ];
  for (const [title, rules, expected] of rows) it(title, () => assert.equal(mayList(rules, jobs), expected));
});

describe("the loop says what it does not keep where that changes", () => {
  const a = { resource: "cronjobs.batch", kind: "CronJob", objects: 1 };
  const b = { resource: "serviceaccounts", kind: "ServiceAccount" };
  it("first", () => assert.equal(keepsOthers(undefined, [a]), true));
  it("with another kind", () => assert.equal(keepsOthers([a], [a, b]), true));
  it("without a kind", () => assert.equal(keepsOthers([a, b], [a]), true));
  it("not for another count", () => assert.equal(keepsOthers([a], [{ ...a, objects: 2 }]), false));
});
