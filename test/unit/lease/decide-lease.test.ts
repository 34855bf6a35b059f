import assert from "node:assert/strict";
import { test } from "node:test";
import { decideLease, type LeaseDecision, type LeaseFacts } from "../../../src/lease/decide-lease.ts";

const OTHER = { holder: "other", term: 60_000 };
const FACTS: LeaseFacts = {
  record: OTHER,
  own: "own",
  unchangedFor: 0,
  holderIsGone: false,
  term: 10_000,
};

const CASES: [name: string, facts: Partial<LeaseFacts>, decision: LeaseDecision][] = [
  ["there is none", { record: undefined }, { action: "create" }],
  ["nobody holds it", { record: { holder: "", term: 60_000 } }, { action: "take", because: "free" }],
  [
    "its holder was this pod before its container started again",
    { record: { holder: "own", term: 60_000 } },
    { action: "take", because: "own" },
  ],
  ["its holder has just been seen", {}, { action: "wait", left: 60_000 }],
  [
    "its holder is a process of this machine that has ended",
    { holderIsGone: true },
    { action: "take", because: "gone" },
  ],
  ["it is unchanged for less than its term", { unchangedFor: 59_999 }, { action: "wait", left: 1 }],
  [
    "it is unchanged for its term, which is not this process's",
    { unchangedFor: 60_000 },
    { action: "take", because: "expired" },
  ],
  [
    "it says no term, and is unchanged for less than this process's",
    { record: { holder: "other", term: undefined }, unchangedFor: 9_000 },
    { action: "wait", left: 1_000 },
  ],
  [
    "it says no term, and is unchanged for this process's",
    { record: { holder: "other", term: undefined }, unchangedFor: 10_000 },
    { action: "take", because: "expired" },
  ],
];

for (const [name, facts, decision] of CASES) {
  test(`a Lease is wanted, and ${name}`, () => {
    assert.deepEqual(decideLease({ ...FACTS, ...facts }), decision);
  });
}
