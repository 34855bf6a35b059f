import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { notesToRemove, outlived } from "../../../src/retention/old-records.ts";
import type { SidePlace } from "../../../src/store/contract/side-objects.ts";

const BEFORE = new Date("2026-01-31T12:00:00Z");

const nameOf = (day: string) => `backup_${day.replaceAll("-", "")}T120000Z`;
const noteOf = (day: string): SidePlace => ({ folder: "notes", backup: nameOf(day), suffix: "note" });

describe("what lies beside backups has outlived its own", () => {
  const rows: [title: string, day: string, came: string | undefined, isStored: boolean, goes: boolean][] = [
    ["where it is gone, and both times are old", "2026-01-30", "2026-01-30T12:00:01Z", false, true],
    ["not where the backup exists", "2026-01-30", "2026-01-30T12:00:01Z", true, false],
    ["not where its name is younger", "2026-02-01", "2026-01-30T12:00:01Z", false, false],
    ["not where the moment is its own", "2026-01-31", "2026-01-30T12:00:01Z", false, false],
    ["not where it came later: a copy, or a forgery", "2024-01-30", "2026-02-01T12:00:01Z", false, false],
    ["by its name where nothing else is known", "2026-01-30", undefined, false, true],
  ];
  for (const [title, day, came, isStored, goes] of rows) {
    it(title, () => {
      const place = noteOf(day);
      const lastModified = came === undefined ? undefined : new Date(came);
      const stored = new Set(isStored ? [nameOf(day)] : [nameOf("2025-01-01")]);
      assert.deepEqual(outlived([{ place, lastModified }], { stored, before: BEFORE }), goes ? [place] : []);
    });
  }
});

describe("of old notes the newest of each cluster stays", () => {
  /** `1b`: the note of day 1, of the cluster blue; `2-` one that cannot be read. */
  const rows: [title: string, notes: string, removed: string][] = [
    ["none", "", ""],
    ["the only one", "1b", ""],
    ["of several", "1b 2b 3b", "1b 2b"],
    ["in whichever order", "3b 1b 2b", "1b 2b"],
    ["of each", "1b 2g 3b 4g 5r", "1b 2g"],
    ["what cannot be read stays, and is nobody's newest", "1b 2b 3-", "1b"],
    ["and all that cannot be read", "1- 2-", ""],
  ];
  for (const [title, text, removed] of rows) {
    it(title, () => {
      const words = text.split(" ").filter((word) => word !== "");
      const notes = words.map((word) => ({
        place: noteOf(`2026-01-0${word[0]}`),
        cluster: word[1] === "-" ? undefined : word[1],
      }));
      const gone = notesToRemove(notes).map(({ backup }) =>
        words.find((word) => backup.includes(`010${word[0]}T`)),
      );
      assert.deepEqual(gone.sort().join(" "), removed);
    });
  }
});
