import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findObstacle } from "../../../src/retention/guard.ts";
import type { Judgment } from "../../../src/retention/judgment.ts";
import { type TagSource, tagReasons } from "../../../src/retention/keep-tags.ts";
import { planPruning } from "../../../src/retention/plan.ts";
import type { KeepRules } from "../../../src/retention/rules.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { StoredBackup } from "../../../src/store/contract/store.ts";
import { parseCalendarLength } from "../../../src/time/calendar-length.ts";

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

const HOUR = 3_600_000;

/** What is behind a backup: a number is a valid one's objects, `rotten` one whose manifest alone is valid. */
type Behind =
  | number
  | "rotten"
  | "damaged"
  | "newer format"
  | "changed"
  | "gone"
  | ({ of: string; objects: number } & Pick<
      Judgment & { state: "valid" },
      "parent" | "incomplete" | "byHand" | "kinds" | "tags"
    >);

interface PlanCase {
  rules?: KeepRules;
  minAge?: number;
  removeDamaged?: boolean;
  cluster?: string;
  acceptSmaller?: string;
  /** How long ago each came into the store, in hours, where that is not what its name says. */
  came?: readonly (number | "unknown" | undefined)[];
  /** How long ago the first is, in hours. */
  firstHoursAgo?: number;
  keepTags?: readonly string[];
  /** The tags of each that were set later, and those that its note has. */
  later?: readonly (readonly string[] | undefined)[];
  noted?: readonly (readonly string[] | undefined)[];
}

/** Plans for backups an hour apart, the newest first. */
async function plan(
  behind: readonly Behind[],
  {
    rules = { last: 1 },
    minAge = 0,
    removeDamaged,
    cluster,
    acceptSmaller,
    came = [],
    firstHoursAgo = 1,
    keepTags,
    later = [],
    noted = [],
  }: PlanCase = {},
) {
  const backups = behind.map((_, index): StoredBackup => {
    const time = new Date(NOW.getTime() - (firstHoursAgo + index) * HOUR);
    const ago = came[index];
    const lastModified =
      ago === "unknown" ? undefined : ago === undefined ? time : new Date(NOW.getTime() - ago * HOUR);
    return { name: backupName(time), time, size: 1, lastModified, etag: `${index}` };
  });
  const looked: number[] = [];
  const checked: number[] = [];
  const judge = (into: number[], rotten: Judgment["state"]) => async (backup: StoredBackup) => {
    const index = backups.indexOf(backup);
    into.push(index);
    const state = behind[index];
    if (typeof state === "number") return valid(state);
    if (typeof state === "object") {
      const { of, ...said } = state;
      return { ...valid(state.objects), ...said, cluster: of };
    }
    if (state === "rotten" && rotten === "valid") return valid(10);
    if (state === "gone" || state === undefined) return undefined;
    return { state: state === "rotten" ? "damaged" : state, reason: "it is bad" } as Judgment;
  };
  const notes: number[] = [];
  const indexOf = ({ name }: { name: string }) => backups.findIndex((each) => each.name === name);
  const tags: TagSource = {
    tagged: async () =>
      new Set(backups.filter((_, index) => later[index] !== undefined).map(({ name }) => name)),
    laterOf: async (of, tagged) =>
      new Map(
        of.filter(({ name }) => tagged.has(name)).map((each) => [each.name, later[indexOf(each)] ?? []]),
      ),
    givenByNote: async (backup) => {
      notes.push(indexOf(backup));
      return noted[indexOf(backup)] ?? [];
    },
  };
  const { decisions, heldBack } = await planPruning(
    {
      policy: { rules, keepTags, minAge, removeDamaged, cluster, acceptSmaller },
      now: NOW,
      backups,
      judge: { look: judge(looked, "valid"), check: judge(checked, "damaged") },
      tags,
    },
    new AbortController().signal,
  );
  const kept = decisions.filter(({ keep }) => keep).map(({ backup }) => backups.indexOf(backup));
  const reasons = new Map(decisions.map((each) => [backups.indexOf(each.backup), each.reasons.join()]));
  return { looked: looked.sort((a, b) => a - b), checked, notes, kept, reasons, heldBack };
}

function valid(objects: number): Judgment & { state: "valid" } {
  return { state: "valid", cluster: "blue", objects };
}

describe("a plan", () => {
  it("reads nothing where the rules keep all", async () => {
    const { looked, checked, kept } = await plan([10, 10, 10], { rules: { last: 3 } });
    assert.deepEqual({ looked, checked, kept }, { looked: [], checked: [], kept: [2, 1, 0] });
  });

  it("reads what makes room and what it is compared with, whole, and the removed ones not", async () => {
    const { looked, checked, kept, heldBack } = await plan([10, 10, 10, 10]);
    assert.deepEqual(
      { looked, checked, kept, heldBack },
      { looked: [0, 1, 2, 3], checked: [0], kept: [0], heldBack: [] },
    );
    assert.deepEqual((await plan([10, 10, 10, 10, 10], { rules: { last: 3 } })).checked, [0, 1, 2]);
    assert.deepEqual((await plan([10, 10, 10, 10, 10], { rules: { yearly: 2 } })).checked, [0, 4]);
  });

  it("removes nothing for a newest whose bytes are damaged, though its manifest is whole", async () => {
    const { kept, reasons, checked } = await plan(["rotten", 10]);
    assert.deepEqual({ kept, checked }, { kept: [1, 0], checked: [0] });
    assert.equal(reasons.get(0), "damaged");
  });

  it("looks on below what cannot be read, which stays and takes no place", async () => {
    const { kept, reasons, heldBack } = await plan([
      ...(["damaged", "newer format", "gone", "rotten", "changed"] as const),
      ...[10, 10, "damaged", 10],
    ] as Behind[]);
    assert.deepEqual(kept, [7, 5, 4, 3, 1, 0]);
    assert.deepEqual(
      [0, 1, 3, 4, 5, 7].map((index) => reasons.get(index)),
      ["damaged", "newer format", "damaged", "changed", "last 1,newest valid", "damaged"],
    );
    assert.deepEqual(heldBack, []);
  });

  it("compares the newest with the largest until somebody acknowledges", async () => {
    const twice = await plan([4, 4, 10, 10]);
    assert.match(twice.heldBack[0]?.reason ?? "", /holds 4 objects, less than half of the 10 in backup_/);
    const acceptSmaller = backupName(new Date(NOW.getTime() - 2 * HOUR));
    assert.match(twice.heldBack[0]?.advice ?? "", /ACCEPT_SMALLER=backup_20260331T110000Z/);
    assert.deepEqual((await plan([4, 4, 10, 10], { acceptSmaller })).heldBack, []);
    assert.equal((await plan([1, 4, 10, 10], { acceptSmaller })).heldBack.length, 1, "a further loss");
  });

  it("keeps the newest of each lineage, until somebody names the cluster", async () => {
    const green = { of: "green", objects: 10 };
    const restored = "2026-03-31T10:30:00Z";
    const child = { of: "child", objects: 10, parent: { cluster: "green", backup: "backup_x", restored } };
    const one = await plan([child, green, green]);
    assert.deepEqual(one.kept, [0], "the old cluster has ended where the new one goes on");
    const both = await plan([child, 10, green]);
    assert.deepEqual(both.kept, [1, 0]);
    const named = await plan([10, green, green], { rules: {}, cluster: "green" });
    assert.deepEqual(named.kept, [0]);
    assert.deepEqual(named.reasons.get(0), "of another cluster");
    assert.deepEqual((await plan([10, green, green], { cluster: "green" })).kept, [1, 0]);
  });

  it("keeps the newest that lacks no kind", async () => {
    const lacking = { of: "blue", objects: 10, incomplete: true };
    const { kept, reasons } = await plan([lacking, lacking, 10, 10], { rules: { last: 2 } });
    assert.deepEqual(kept, [2, 1, 0]);
    assert.equal(reasons.get(2), "newest complete");
  });

  it("keeps the newest that was asked for as many kinds as others, where a person takes fewer", async () => {
    const all = { of: "blue", objects: 10, kinds: ["configmaps", "deployments.apps", "secrets"] };
    const few = { ...all, kinds: ["configmaps", "secrets"] };
    const rows: [title: string, behind: Behind[], kept: number[]][] = [
      ["a few kinds by hand", [{ ...few, byHand: true }, all, all], [1, 0]],
      [
        "a few kinds by hand among others by hand",
        [few, all, all].map((each) => ({ ...each, byHand: true })),
        [1, 0],
      ],
      ["a loop whose KINDS says less today", [few, all, all], [0]],
      ["other kinds by hand", [{ ...all, byHand: true, kinds: ["jobs.batch"] }, few], [0]],
      ["all kinds by hand", [{ ...all, byHand: true }, few, few], [0]],
    ];
    for (const [title, behind, expected] of rows) {
      const { kept, reasons } = await plan(behind, { rules: { last: 1 } });
      assert.deepEqual(kept, expected, title);
      if (expected.length === 2) assert.equal(reasons.get(1), "newest complete", title);
    }
  });

  it("compares the newest that can be read with the largest, and holds back what is of that cluster alone", async () => {
    const blue = await plan(["damaged", 4, "damaged", 10, 10]);
    assert.match(blue.heldBack[0]?.reason ?? "", /holds 4 objects, less than half of the 10 in backup_/);
    const green = (objects: number) => ({ of: "green", objects });
    const both = await plan([4, green(7), 10, green(7), 10, green(7)]);
    assert.deepEqual(
      both.heldBack.map(({ names }) => names.length),
      [2],
    );
    assert.deepEqual(both.kept, [1, 0]);
  });

  it("judges each cluster's backups apart", async () => {
    const green = { of: "green", objects: 10 };
    const { kept } = await plan([10, 10, 10, green, green], { rules: { last: 2 } });
    assert.deepEqual(kept, [4, 3, 1, 0]);
  });

  it("removes nothing where none can be read, also not what is damaged and to be removed", async () => {
    for (const removeDamaged of [false, true]) {
      const { heldBack } = await plan(["damaged", "damaged"], { removeDamaged });
      assert.equal(heldBack[0]?.reason, "none of the backups can be read");
    }
    assert.deepEqual((await plan(["damaged"])).heldBack, [], "no rule would remove anything");
  });

  it("removes what is damaged where a person says so, and nothing of a newer format", async () => {
    const { kept, reasons } = await plan([10, "damaged", "newer format", "rotten", 10], {
      removeDamaged: true,
      rules: { last: 9 },
    });
    assert.deepEqual(kept, [4, 3, 2, 0], "only a check of every byte would know of the rotten one");
    assert.equal(reasons.get(1), "damaged");
  });

  it("does not take one from the future for the newest valid", async () => {
    const { looked, kept } = await plan([10, "damaged", 10, 10], { firstHoursAgo: -1 });
    assert.deepEqual({ looked, kept }, { looked: [1, 2, 3], kept: [2, 1, 0] });
  });
});

describe("the minimum age", () => {
  const rows: [what: string, behind: readonly Behind[], options: PlanCase, kept: Record<number, string>][] = [
    [
      "keeps what has been the newest within it, and lets that take no place",
      [10, 10, 10, 10, 10, 10],
      { minAge: 2.5 * HOUR },
      {
        0: "may be under restore,newest valid",
        1: "may be under restore",
        2: "last 1,may be under restore",
      },
    ],
    [
      "keeps the newest of before also where no rule does",
      [10, 10, 10, 10],
      { minAge: HOUR, rules: { within: parseCalendarLength("1h") ?? assert.fail() } },
      { 0: "within 1h,newest valid,may be under restore" },
    ],
    [
      "passes over a damaged one: what a restore falls back upon stays",
      [10, 10, "rotten", 10, 10],
      { minAge: 2.5 * HOUR },
      {
        0: "may be under restore,newest valid",
        1: "may be under restore",
        2: "damaged",
        3: "last 1,may be under restore",
      },
    ],
    [
      "lets three that were merely put into the store displace none of five",
      [10, 10, 10, 10, 10, 10, 10, 10],
      { minAge: 24 * HOUR, rules: { last: 3 }, came: [0, 0, 0], firstHoursAgo: 25 },
      {
        0: "may be under restore,newest valid",
        1: "may be under restore",
        2: "may be under restore",
        3: "last 3,may be under restore",
        4: "last 3",
        5: "last 3",
      },
    ],
    [
      "lets old names that came just now displace none either",
      [10, 10, 10, 10],
      { minAge: 24 * HOUR, rules: { last: 2 }, came: [undefined, 0, 0], firstHoursAgo: 25 },
      {
        0: "last 2,newest valid,may be under restore",
        1: "stored within 1d",
        2: "stored within 1d",
        3: "last 2",
      },
    ],
    [
      "is counted from the name where the store does not say when a backup came",
      [10, 10, 10],
      { minAge: HOUR, came: ["unknown", "unknown", "unknown"] },
      { 0: "last 1,newest valid,may be under restore" },
    ],
    ["of 0 holds back nothing", [10, 10, 10], { minAge: 0, came: [0, 0, 0] }, { 0: "last 1,newest valid" }],
    [
      "keeps damaged ones from being removed on request, too",
      [10, "damaged", "damaged"],
      { minAge: 2 * HOUR, removeDamaged: true, came: [3, 1, 3] },
      { 0: "last 1,newest valid,may be under restore", 1: "damaged" },
    ],
  ];
  for (const [what, behind, options, expected] of rows) {
    it(what, async () => {
      const { kept, reasons } = await plan(behind, options);
      const found = Object.fromEntries(kept.map((index) => [index, reasons.get(index)]));
      assert.deepEqual(found, expected);
    });
  }
});

describe("the tags that keep a backup", () => {
  const rows: [tags: string[], keepTags: string[] | undefined, reasons: string[]][] = [
    [[], undefined, []],
    [["keep"], undefined, ["tag keep"]],
    [["before-upgrade"], undefined, []],
    [["before-upgrade"], ["before-upgrade"], ["tag before-upgrade"]],
    [["Keep", "KEEP", "keep-"], undefined, []],
    [
      ["z", "keep", "a", "keep"],
      ["a", "z", "b"],
      ["tag a", "tag keep", "tag z"],
    ],
  ];
  for (const [tags, keepTags, reasons] of rows) {
    it(`${tags.join() || "none"}, where ${keepTags?.join() ?? "nothing"} is asked for`, () =>
      assert.deepEqual(tagReasons(tags, keepTags), reasons));
  }
});

describe("a plan with tags", () => {
  /** A backup whose archive says that it was given these tags. */
  const given = (...tags: string[]): Behind => ({ of: "blue", objects: 10, tags });

  it("keeps by tags that were set later, besides what the rules keep, and says which", async () => {
    const later = [undefined, ["before-upgrade", "x"], ["keep"], undefined];
    const { kept, reasons } = await plan([10, 10, 10, 10], { later, keepTags: ["before-upgrade"] });
    assert.deepEqual(kept, [2, 1, 0]);
    assert.deepEqual(Object.fromEntries(reasons), {
      0: "last 1,newest valid",
      1: "tag before-upgrade",
      2: "tag keep",
      3: "no rule keeps it",
    });
  });

  it("keeps by tags that the archive has, whatever lies beside it or does not", async () => {
    const { kept, reasons } = await plan([10, 10, given("keep")]);
    assert.deepEqual(kept, [2, 0]);
    assert.equal(reasons.get(2), "tag keep");
  });

  it("takes what a tag keeps for no other's place, and counts it for the rules as without the tag", async () => {
    const rules = { last: 2 };
    const without = await plan([10, 10, 10, 10], { rules });
    const kept = await plan([10, 10, 10, 10], { rules, later: [undefined, ["keep"], undefined, ["keep"]] });
    assert.deepEqual(without.kept, [1, 0]);
    assert.deepEqual(kept.kept, [3, 1, 0]);
    assert.equal(kept.reasons.get(1), "last 2,tag keep");
    assert.deepEqual(
      kept.checked,
      without.checked,
      "what only a tag keeps justifies no removal, and is not read whole",
    );
  });

  it("opens no archive where tags keep all that would go", async () => {
    const byNote = { noted: [undefined, ["keep"], ["a"]], keepTags: ["a"] };
    const { looked, checked, kept, notes, reasons } = await plan([10, 10, 10], byNote);
    assert.deepEqual(
      { looked, checked, kept, notes },
      { looked: [], checked: [], kept: [2, 1, 0], notes: [1, 2] },
    );
    assert.equal(reasons.get(2), "tag a");
    const byLater = await plan([10, 10, 10], { later: [undefined, ["keep"], ["keep"]] });
    assert.deepEqual([byLater.looked, byLater.notes, byLater.kept], [[], [], [2, 1, 0]]);
  });

  it("reads one note where the newest of the removals has no tag, and then goes by the archives", async () => {
    const { notes, looked, kept } = await plan([10, 10, 10, 10], { noted: [undefined, undefined, ["keep"]] });
    assert.deepEqual({ notes, looked, kept }, { notes: [1], looked: [0, 1, 2, 3], kept: [0] });
  });

  it("asks for no tags where the rules keep all", async () => {
    const { kept, reasons, notes } = await plan([10, 10], {
      rules: { last: 2 },
      later: [["keep"], ["keep"]],
    });
    assert.deepEqual([kept, notes, reasons.get(0)], [[1, 0], [], "last 2,newest valid"]);
  });

  it("keeps them of a cluster that somebody names, too", async () => {
    const { kept, reasons } = await plan([given("keep"), given()], { cluster: "blue", rules: {} });
    assert.deepEqual([kept, reasons.get(0)], [[0], "tag keep"]);
  });

  it("keeps a damaged one that has the tag, also where damaged ones are to go", async () => {
    const { kept, reasons } = await plan([10, "damaged", "damaged", "damaged"], {
      removeDamaged: true,
      later: [undefined, ["keep"]],
      noted: [undefined, undefined, ["keep"]],
    });
    assert.deepEqual(kept, [2, 1, 0]);
    assert.deepEqual([reasons.get(1), reasons.get(2)], ["damaged,tag keep", "damaged,tag keep"]);
  });

  it("keeps it also where only the check of every byte finds the damage", async () => {
    const { checked, kept, reasons } = await plan(["rotten", 10, 10], {
      removeDamaged: true,
      noted: [["keep"]],
    });
    assert.deepEqual([checked, kept, reasons.get(0)], [[0, 1], [1, 0], "damaged,tag keep"]);
  });
});
