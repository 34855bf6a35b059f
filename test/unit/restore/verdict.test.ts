import assert from "node:assert/strict";
import { test } from "node:test";
import { hasToLook, type Judgment, judge, type VerdictFacts } from "../../../src/restore/verdict.ts";

const RUNNING = { kind: "running", workload: "Deployment shop/web" } as const;
const NONE = { kind: "none", unseen: [] } as const;
const HIDDEN = { kind: "hidden", unseen: ["pods"] } as const;

/** Another cluster's backup, at the first start. */
const FACTS: VerdictFacts = {
  backup: "backup_x",
  madeBy: "there",
  here: "here",
  recorded: undefined,
  running: undefined,
  intoEmptyOnly: false,
};

interface Case {
  name: string;
  facts: Partial<VerdictFacts>;
  looks: boolean;
  judgment: Pick<Judgment, "kind"> & { verdict?: string; warns?: true; reason?: RegExp };
}

const refuse = (reason: RegExp) => ({ kind: "refuse", reason }) as const;
const restore = (verdict: string) => ({ kind: "restore", verdict }) as const;
const warn = (verdict: string) => ({ kind: "restore", verdict, warns: true }) as const;

const CASES: Case[] = [
  { name: "its own backup", facts: { here: "there" }, looks: false, judgment: restore("own cluster") },
  {
    name: "its own backup, whatever a record says, and whatever runs",
    facts: { here: "there", recorded: "workloads ran here", running: RUNNING, intoEmptyOnly: true },
    looks: false,
    judgment: restore("own cluster"),
  },
  {
    name: "another's, into an empty one",
    facts: { running: NONE, intoEmptyOnly: true },
    looks: true,
    judgment: restore("nothing ran here"),
  },
  {
    name: "another's, over workloads",
    facts: { running: RUNNING },
    looks: true,
    judgment: warn("workloads ran here"),
  },
  {
    name: "another's, over workloads, which is forbidden",
    facts: { running: RUNNING, intoEmptyOnly: true },
    looks: true,
    judgment: refuse(/already runs Deployment shop\/web, which RESTORE_INTO_EMPTY_ONLY forbids/),
  },
  {
    name: "another's, where nothing may be listed",
    facts: { running: HIDDEN },
    looks: true,
    judgment: restore("not known"),
  },
  {
    name: "another's, where nothing may be listed, and only an empty cluster will do",
    facts: { running: HIDDEN, intoEmptyOnly: true },
    looks: true,
    judgment: refuse(/without the right to list pods/),
  },
  {
    name: "perhaps another's, and nobody forbids",
    facts: { here: undefined },
    looks: false,
    judgment: restore("not known"),
  },
  {
    name: "perhaps another's, over workloads, which is forbidden",
    facts: { here: undefined, running: RUNNING, intoEmptyOnly: true },
    looks: true,
    judgment: refuse(/whether backup_x was made by this cluster is not known.* already runs/),
  },
  // The second start, when the restore's own work runs already.
  {
    name: "again, begun in an empty cluster",
    facts: { recorded: "nothing ran here", intoEmptyOnly: true },
    looks: false,
    judgment: restore("nothing ran here"),
  },
  {
    name: "again, begun over workloads, which was and is allowed",
    facts: { recorded: "workloads ran here" },
    looks: false,
    judgment: warn("workloads ran here"),
  },
  {
    name: "again, begun over workloads, which is forbidden by now",
    facts: { recorded: "workloads ran here", intoEmptyOnly: true },
    looks: false,
    judgment: refuse(/ran workloads when the restore began, which RESTORE_INTO_EMPTY_ONLY forbids/),
  },
  {
    name: "again, nobody looked then, and it is forbidden by now",
    facts: { recorded: "not known", running: RUNNING, intoEmptyOnly: true },
    looks: true,
    judgment: refuse(/already runs/),
  },
  {
    name: "again, begun as its own backup, and another's by now",
    facts: { recorded: "own cluster", running: RUNNING, intoEmptyOnly: true },
    looks: true,
    judgment: refuse(/already runs/),
  },
];

for (const { name, facts, looks, judgment } of CASES) {
  test(`a restore into a cluster: ${name}`, () => {
    const all = { ...FACTS, ...facts };
    assert.equal(hasToLook(all), looks);
    const found = judge(all);
    assert.equal(found.kind, judgment.kind);
    if (found.kind === "refuse") assert.match(found.reason, judgment.reason ?? /^$/);
    else {
      assert.equal(found.verdict, judgment.verdict);
      assert.equal(found.warning !== undefined, judgment.warns ?? false);
    }
  });
}
