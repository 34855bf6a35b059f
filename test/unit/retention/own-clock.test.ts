import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decidePruning } from "../../../src/retention/decide.ts";
import { byOwnClock } from "../../../src/retention/own-clock.ts";

const HOUR = 3_600_000;
const NOW = new Date("2026-01-31T12:00:00Z");
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
const VALID = { state: "valid", cluster: "blue", objects: 3 } as const;

describe("how long a backup has been in the store, by this machine's clock", () => {
  /** By how many hours the store's clock is ahead, when the second of three came by it, and whether that has its minimum age. */
  const rows: [title: string, skew: number | undefined, came: number, isOld: boolean][] = [
    ["both clocks agree, and it is old enough", 0, 25, true],
    ["both clocks agree, and it is not", 0, 23, false],
    ["the store has told no time", undefined, 25, true],
    ["the store is behind: it seems to have been there for longer", -3, 25, false],
    ["the store is behind, and it is old enough all the same", -3, 28, true],
    ["the store is ahead: it seems to have come just now", 3, 22, true],
    ["the store is ahead, and it is not old enough", 3, 20, false],
  ];
  for (const [title, skew, came, isOld] of rows) {
    it(title, () => {
      const backups = [
        { name: "first", size: 1, time: ago(60), lastModified: ago(60) },
        { name: "second", size: 1, time: ago(50), lastModified: ago(came) },
        { name: "third", size: 1, time: ago(40), lastModified: ago(40) },
      ];
      const listed = byOwnClock(backups, skew === undefined ? undefined : skew * HOUR);
      const judged = listed.map((backup) => ({ backup, judgment: VALID }));
      const { decisions } = decidePruning(judged, { rules: { last: 1 }, minAge: 24 * HOUR }, NOW);
      const second = decisions.find(({ backup }) => backup.name === "second");
      assert.equal(second?.keep, !isOld, second?.reasons.join("; "));
    });
  }

  it("leaves what has no such time", () => {
    const backup = { name: "first", size: 1, time: ago(60), lastModified: undefined };
    assert.deepEqual(byOwnClock([backup], HOUR), [backup]);
  });
});
