import assert from "node:assert/strict";
import { test } from "node:test";
import { completeRecord } from "../../../src/restore-gate/restore-record.ts";

const RECORD = {
  backup: "backup_20260131T120000Z",
  store: "s3://backups/blue",
  manifest: "a".repeat(64),
  judged: "nothing ran here",
  begun: "2026-01-31T12:00:00.000Z",
  holder: "laptop_1_0123456789ab",
} as const;

test("a record that says all that the gate writes is complete", () => {
  assert.deepEqual(completeRecord(RECORD), RECORD);
});

const MOMENT = {
  timeline: "20260131T120000000Z-aaaaaaaa-00000001",
  revision: "4711",
  moment: "2026-01-31T12:34:56.789Z",
};

test("a record names the moment that is restored", () => {
  const { timeline, revision } = MOMENT;
  const moment = { timeline, revision, time: new Date(MOMENT.moment), backup: RECORD.backup };
  assert.deepEqual(completeRecord({ ...RECORD, ...MOMENT }), { ...RECORD, moment });
});

const INCOMPLETE: [name: string, data: Parameters<typeof completeRecord>[0]][] = [
  ["with half of a moment", { ...RECORD, ...MOMENT, revision: "" }],
  ["with a moment of no timeline", { ...RECORD, revision: MOMENT.revision, moment: MOMENT.moment }],
  ["with a moment of no time", { ...RECORD, ...MOMENT, moment: "then" }],
  ["of before there was a verdict", { backup: RECORD.backup, store: RECORD.store, begun: RECORD.begun }],
  ["without anything", {}],
  ["with a verdict that the gate never writes", { ...RECORD, judged: "anything goes" }],
  ["without a store", { ...RECORD, store: "" }],
  ["without a backup", { ...RECORD, backup: "" }],
  ["with what is no checksum", { ...RECORD, manifest: "A".repeat(64) }],
  ["with what is no time", { ...RECORD, begun: "then" }],
];

for (const [name, data] of INCOMPLETE) {
  test(`a record allows nothing ${name}`, () => {
    assert.equal(completeRecord(data), undefined);
  });
}
