import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inspection } from "../../../src/catalog/inspect-backup.ts";
import { findObstacle } from "../../../src/retention/guard.ts";
import { planPruning } from "../../../src/retention/plan.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";

const NOW = new Date("2026-03-31T12:00:00Z");

describe("nothing is removed where the newest backup", () => {
  const rows: [newest: number | undefined, before: number | undefined, obstacle: boolean][] = [
    [10, 10, false],
    [10, 20, false],
    [9, 19, true],
    [10, 21, true],
    [0, 1, true],
    [0, 0, false],
    [1000, 1, false],
    [1, undefined, false],
    [undefined, undefined, true],
  ];
  for (const [newest, before, obstacle] of rows) {
    const valid = (name: string, objects: number | undefined) =>
      objects === undefined ? undefined : { name, objects };
    it(`holds ${newest ?? "unknown"} objects and the one before ${before ?? "there is none"}: ${obstacle}`, () => {
      assert.equal(findObstacle(valid("new", newest), valid("old", before)) !== undefined, obstacle);
    });
  }
});

/** Plans with `last: 1`; states from the newest on, a number being a valid one's objects, negative hours the future. */
async function plan(states: readonly (number | "damaged" | "newer format" | "gone")[], firstHoursAgo = 1) {
  const backups = states.map((_, index) => {
    const time = new Date(NOW.getTime() - (firstHoursAgo + index) * 3_600_000);
    return { name: backupName(time), time, size: 1 };
  });
  const asked: number[] = [];
  const inspect = async (name: string): Promise<Inspection | undefined> => {
    const index = backups.findIndex((backup) => backup.name === name);
    asked.push(index);
    const state = states[index];
    if (typeof state === "number") {
      return { state: "valid", manifest: { counts: { Secret: state } } } as unknown as Inspection;
    }
    return state === "gone" || state === undefined ? undefined : { state, reason: "it is bad" };
  };
  const { decisions, obstacle } = await planPruning({ rules: { last: 1 }, now: NOW, backups, inspect });
  const kept = decisions.filter(({ keep }) => keep).map(({ backup }) => backups.indexOf(backup));
  return { asked, kept, obstacle: obstacle?.reason };
}

describe("a plan", () => {
  it("looks into the two newest and no more, where they are valid", async () => {
    assert.deepEqual(await plan([10, 10, 10, 10]), { asked: [0, 1], kept: [0], obstacle: undefined });
  });

  it("looks on below what cannot be read, and keeps the newest that can", async () => {
    const { asked, kept, obstacle } = await plan(["damaged", "newer format", "gone", 10, "damaged", 10, 10]);
    assert.deepEqual(
      { asked, kept, obstacle },
      { asked: [0, 1, 2, 3, 4, 5], kept: [3, 0], obstacle: undefined },
    );
  });

  it("compares the two newest that can be read", async () => {
    const { obstacle } = await plan(["damaged", 4, "damaged", 10, 10]);
    assert.match(obstacle ?? "", /holds 4 objects, less than half of the 10 in backup_/);
  });

  it("removes nothing where none can be read", async () => {
    assert.equal((await plan(["damaged", "damaged"])).obstacle, "none of the backups can be read");
  });

  it("finds no fault where nothing would be removed", async () => {
    assert.equal((await plan(["damaged"])).obstacle, undefined);
  });

  it("does not take one from the future for the newest valid", async () => {
    const { asked, kept } = await plan([10, "damaged", 10, 10], -1);
    assert.deepEqual({ asked, kept }, { asked: [1, 2, 3], kept: [2, 1, 0] });
  });
});
