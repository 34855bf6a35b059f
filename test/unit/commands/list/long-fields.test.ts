import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Inspection } from "../../../../src/catalog/inspection.ts";
import type { Look } from "../../../../src/catalog/look-at-backups.ts";
import { describeState, longFields } from "../../../../src/commands/list/long-fields.ts";
import type { Note } from "../../../../src/notes/note.ts";
import type { Belief } from "../../../../src/trust/judge-backup.ts";

const NAME = "backup_20260131T120000Z";
const BACKUP = { name: NAME, time: new Date("2026-01-31T12:00:00Z"), size: 100 };

const NOTE: Note = {
  ...{ object: `${NAME}.zip`, bytes: 100, sha256: "a".repeat(64), manifest: "b".repeat(64) },
  ...{ time: "2026-01-31T12:00:00Z", cluster: { id: "uid-1", name: "blue" }, kubernetesVersion: "v1.36.3" },
  ...{ revision: "12", oneMoment: true, counts: { Namespace: 2, Secret: 3 }, missing: [], excluded: 0 },
  ...{ warnings: 0, recipients: [], program: { version: "1", commit: "c" }, counter: 1 },
};

const BELIEVED: Belief = { believed: true, note: NOTE, noteSha256: "" };

function noted(change: Partial<Note> = {}, other: Partial<Look> = {}): Look {
  const note = { ...NOTE, ...change };
  const reading = { state: "read", note, text: "", signature: undefined, sha256: "" } as const;
  return { backup: BACKUP, reading, facts: { note }, checked: undefined, ...other };
}

function inspected(inspection: Inspection): Look {
  return { backup: BACKUP, reading: { state: "none" }, facts: { inspection }, checked: undefined };
}

describe("list --long", () => {
  const rows: [state: string, Look][] = [
    ["ok", noted()],
    ["valid", noted({}, { checked: new Date("2026-02-01T00:00:00Z") })],
    ["ok, encrypted", noted({}, { backup: { ...BACKUP, form: "zip.age" } })],
    [
      "ok, a partial backup, only of the namespaces shop, not of one moment, without secrets, 4 left out by a label, 2 warnings",
      noted({
        scope: { includeNamespaces: ["shop"] },
        ...{ oneMoment: false, missing: ["secrets"], excluded: 4, warnings: 2 },
      }),
    ],
    [
      "not used: its note is not signed",
      noted({}, { belief: { believed: false, reason: "its note is not signed" } }),
    ],
    ["ok", noted({}, { belief: BELIEVED })],
    [
      `ok, encrypted, ${NAME}.zip beside it is ignored`,
      noted({}, { backup: { ...BACKUP, form: "zip.age" }, belief: BELIEVED, ignored: `${NAME}.zip` }),
    ],
    ["damaged: it is no zip", inspected({ state: "damaged", reason: "it is no zip" })],
    ["encrypted: no key", inspected({ state: "encrypted", reason: "no key", manifest: undefined })],
  ];
  for (const [state, look] of rows) {
    test(`says: ${state}`, () => assert.equal(describeState(longFields(look)), state));
  }

  test("has the facts of the note", () => {
    assert.deepEqual(longFields(noted()), {
      ...{ state: "ok", reason: null, encrypted: false, note: "ok", checked: null },
      ...{ objects: 5, namespaces: 2, cluster: { id: "uid-1", name: "blue" }, kubernetesVersion: "v1.36.3" },
      ...{ oneMoment: true, scope: null, missingResources: [], excludedObjects: 0, warningCount: 0 },
    });
  });
});
