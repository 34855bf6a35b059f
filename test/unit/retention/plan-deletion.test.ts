import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Judgment } from "../../../src/retention/judgment.ts";
import { type ApartBackup, planDeletion } from "../../../src/retention/plan-deletion.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { StoredBackup } from "../../../src/store/contract/store.ts";

const NOW = new Date("2026-03-31T12:00:00Z");
const HOUR = 3_600_000;

/** `rotten`: its manifest alone is valid. A number is a valid one's objects. */
type Behind =
  | number
  | "rotten"
  | "damaged"
  | "gone"
  | { of: string; objects?: number; incomplete?: boolean; tags?: string[] };

function judgmentOf(behind: Behind, check: boolean): Judgment | undefined {
  if (behind === "gone") return undefined;
  if (behind === "damaged" || (behind === "rotten" && check))
    return { state: "damaged", reason: "it is bad" };
  if (behind === "rotten") return { state: "valid", cluster: "blue", objects: 10 };
  if (typeof behind === "number") return { state: "valid", cluster: "blue", objects: behind };
  const { of, objects = 10, incomplete = false, tags } = behind;
  return { state: "valid", cluster: of, objects, incomplete, tags };
}

interface PlanCase {
  names: readonly number[];
  minAge?: number;
  acceptSmaller?: number;
  /** A backup that delete markers hide, or that nobody vouches for. */
  apart?: Behind;
  reasons?: readonly string[];
  /** The tags of the second that were set later. */
  later?: readonly string[];
  /** The tags of the second that its note has. */
  noted?: readonly string[];
  /** Whether this machine's clock is so far behind that all of them are from the future. */
  early?: boolean;
}

/** Plans for backups an hour apart, the newest first; each objection by the index of the backup, -1 of what is apart. */
async function plan(
  behind: readonly Behind[],
  { names, minAge = 0, acceptSmaller, apart, reasons = [], later = [], noted = [], early }: PlanCase,
) {
  const backupOf = (index: number): StoredBackup => {
    const time = new Date(NOW.getTime() - (index + 2) * HOUR);
    return { name: backupName(time), time, size: 1, lastModified: time, etag: `${index}` };
  };
  const backups = behind.map((_, index) => backupOf(index));
  const checked: number[] = [];
  const indexOf = (backup: StoredBackup) => backups.findIndex(({ name }) => name === backup.name);
  const others: ApartBackup[] =
    apart === undefined
      ? []
      : [{ backup: backupOf(-1), judgment: judgmentOf(apart, false) as Judgment, reasons }];
  const planned = await planDeletion(
    {
      names: new Set([
        ...names.map((index) => backupOf(index).name),
        ...others.map(({ backup }) => backup.name),
      ]),
      backups,
      apart: others,
      judge: {
        look: async (backup) => judgmentOf(behind[indexOf(backup)] ?? "gone", false),
        check: async (backup) => {
          checked.push(indexOf(backup));
          return judgmentOf(behind[indexOf(backup)] ?? "gone", true);
        },
      },
      tags: {
        tagged: async () => new Set([backupOf(1).name]),
        laterOf: async (of) =>
          new Map(of.filter((each) => indexOf(each) === 1).map(({ name }) => [name, later])),
        givenByNote: async (backup) => (indexOf(backup) === 1 ? noted : []),
      },
      policy: {
        minAge,
        acceptSmaller: acceptSmaller === undefined ? undefined : backupOf(acceptSmaller).name,
      },
      now: early === true ? new Date(NOW.getTime() - 100 * HOUR) : NOW,
    },
    new AbortController().signal,
  );
  return {
    checked,
    objections: planned.map(({ backup, objections }) => [indexOf(backup), objections.join("; ")]),
  };
}

describe("a plan of deletion", () => {
  const rows: [title: string, behind: readonly Behind[], given: PlanCase, ...expected: [number, RegExp][]][] =
    [
      ["lets an old one go", [10, 10, 10], { names: [2] }, [2, /^$/]],
      ["lets several go", [10, 10, 10], { names: [1, 2] }, [2, /^$/], [1, /^$/]],
      [
        "keeps what was given the tag keep",
        [10, { of: "blue", tags: ["keep"] }],
        { names: [1] },
        [1, /^it has the tag keep$/],
      ],
      [
        "keeps what has got the tag keep later",
        [10, 10],
        { names: [1], later: ["keep"] },
        [1, /^it has the tag keep$/],
      ],
      [
        "keeps what was given the tag keep and is damaged, by its note",
        [10, "damaged", 10],
        { names: [1], noted: ["keep"] },
        [1, /^it has the tag keep$/],
      ],
      [
        "keeps what has the tag keep and is from the future",
        [10, 10, 10],
        { names: [1], noted: ["keep"], early: true },
        [1, /it has the tag keep$/],
      ],
      [
        "keeps what has got the tag keep later and is from the future",
        [10, 10, 10],
        { names: [1], later: ["keep"], early: true },
        [1, /it has the tag keep$/],
      ],
      ["goes by no other tag", [10, 10], { names: [1], later: ["release"] }, [1, /^$/]],
      ["keeps the newest valid", [10, 10], { names: [0] }, [0, /^it is the newest valid backup of blue$/]],
      ["keeps the last", [10], { names: [0] }, [0, /^no valid backup of blue would be left$/]],
      [
        "counts what is named together",
        [10, 10],
        { names: [0, 1] },
        [1, /^$/],
        [0, /^no valid backup of blue would be left$/],
      ],
      ["lets the newest go where it is damaged", ["damaged", 10, 10], { names: [0] }, [0, /^$/]],
      ["lets the newest go where its bytes are damaged", ["rotten", 10, 10], { names: [0] }, [0, /^$/]],
      [
        "takes no damaged one for what is left",
        ["rotten", 10],
        { names: [1] },
        [1, /^no valid backup of blue would be left$/],
      ],
      [
        "keeps the last of each cluster",
        [{ of: "green" }, 10],
        { names: [1] },
        [1, /^no valid backup of blue would be left$/],
      ],
      [
        "keeps the newest complete",
        [{ of: "blue", incomplete: true }, 10, 10],
        { names: [1] },
        [1, /newest complete/],
      ],
      [
        "lets nothing go where nothing can be read",
        ["damaged", "damaged"],
        { names: [1] },
        [1, /^none of the backups/],
      ],
      [
        "keeps what was the newest within the minimum age",
        [10, 10, 10],
        { names: [2], minAge: 3.5 * HOUR },
        [2, /may be under restore/],
      ],
      ["lets go what was older then", [10, 10, 10, 10], { names: [3], minAge: 3.5 * HOUR }, [3, /^$/]],
      [
        "keeps what holds more than twice the newest",
        [4, 9, 9],
        { names: [2] },
        [2, /less than half of the 9/],
      ],
      ["lets a small one go beside it", [4, 9, 5], { names: [2] }, [2, /^$/]],
      [
        "lets it go where somebody has accepted the loss",
        [4, 9, 9],
        { names: [2], acceptSmaller: 0 },
        [2, /^$/],
      ],
      ["leaves out what is gone", [10, "gone"], { names: [1] }],
      ["lets go what was removed already", [10], { names: [], apart: 10 }, [-1, /^$/]],
      [
        "keeps what was removed and had the tag keep",
        [10],
        { names: [], apart: { of: "blue", tags: ["keep"] } },
        [-1, /^it has the tag keep$/],
      ],
      [
        "keeps what was removed where nothing else is left of its cluster",
        [10],
        { names: [], apart: { of: "green" } },
        [-1, /^no valid backup of green would be left$/],
      ],
      [
        "says why not of what nobody vouches for",
        [10],
        { names: [], apart: 10, reasons: ["why"] },
        [-1, /^why$/],
      ],
    ];
  for (const [title, behind, given, ...expected] of rows) {
    it(title, async () => {
      const { objections } = await plan(behind, given);
      assert.deepEqual(
        objections.map(([index]) => index),
        expected.map(([index]) => index),
      );
      for (const [at, [, pattern]] of expected.entries()) assert.match(String(objections[at]?.[1]), pattern);
    });
  }

  it("reads the newest valid one whole, and not the named one", async () => {
    assert.deepEqual((await plan([10, 10, 10, { of: "green" }], { names: [1] })).checked, [0]);
  });
});
