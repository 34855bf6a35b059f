/** What the status page says in every state, as JSON and as HTML. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Status } from "../../../../src/commands/status/gather-status.ts";
import type { PageFacts } from "../../../../src/commands/status-page/page-facts.ts";
import { headline, pageHtml } from "../../../../src/commands/status-page/page-html.ts";
import { type PageKnowledge, viewPage } from "../../../../src/commands/status-page/page-view.ts";
import { schemaOf } from "../../../support/program/json-document.ts";

const MINUTE = 60_000;
const NOW = new Date("2026-03-01T12:00:00.500Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE);

const NEWEST: NonNullable<Status["newest"]> = {
  name: "backup_20260301T115000Z",
  time: new Date("2026-03-01T11:50:00Z"),
  age: 10 * MINUTE,
  size: 482_133,
  objects: 851,
  cluster: { id: "0a1b2c3d-id", name: "blue" },
  checked: undefined,
  missing: [],
  notKept: [{ resource: "cronjobs.batch", kind: "CronJob" }],
};

const STATUS: Status = {
  cluster: { context: "blue-admin", server: "https://10.0.0.1:6443", id: "0a1b2c3d-id", name: "blue" },
  store: "s3://backups/blue",
  flag: { state: "present", facts: { reason: "restored" } },
  begun: undefined,
  newest: NEWEST,
  foreign: undefined,
  unreadable: [],
  none: undefined,
  gate: { action: "none", because: "flag" },
  freshness: { maxRestoreAge: undefined, interval: undefined },
  due: new Date("2026-03-01T12:05:00Z"),
  copies: undefined,
  changeLog: { state: "off", timeline: undefined, certain: undefined, gap: undefined },
};

const TIMELINE = "20260301T100000Z-0a1b2c3d-ffff";

function factsOf(status: Partial<Status> = {}, more: Partial<PageFacts> = {}): PageFacts {
  return {
    status: { ...STATUS, ...status },
    rounds: [{ time: NEWEST.time, size: NEWEST.size }],
    coverage: { ranges: [], earlier: 0 },
    readAt: ago(1),
    ...more,
  };
}

function view(knowledge: Partial<PageKnowledge>, tells: "counts" | "names" = "counts") {
  const found = viewPage(
    {
      facts: factsOf(),
      readFailed: false,
      known: { storeUp: true, attempt: undefined },
      durations: new Map(),
      interval: 15 * MINUTE,
      maxRestoreAge: 60 * MINUTE,
      ...knowledge,
    },
    { asOf: NOW, tells },
  );
  assert.deepEqual(schemaOf("status-page").parse(found), found);
  return found;
}

const range = (from: Date, until: Date, cluster = "0a1b2c3d") => ({
  timeline: TIMELINE,
  cluster,
  from,
  until,
});
const covered = (...ranges: ReturnType<typeof range>[]) => factsOf({}, { coverage: { ranges, earlier: 0 } });

const STATES: [title: string, knowledge: Partial<PageKnowledge>, first: RegExp, problems: RegExp[]][] = [
  [
    "nothing was read yet",
    { facts: undefined, known: { storeUp: undefined, attempt: undefined } },
    /^Not known yet/,
    [],
  ],
  [
    "the store has been away from the start",
    {
      facts: undefined,
      readFailed: true,
      known: { storeUp: false, attempt: { time: ago(1), success: false } },
    },
    /^Not known yet/,
    [
      /^The store did not answer when it was last asked$/,
      /^The last backup failed, at 2026-03-01T11:59:00Z$/,
    ],
  ],
  ["a backup", {}, /^Restorable: the newest backup, of 2026-03-01 11:50:00$/, []],
  [
    "the store went away",
    { readFailed: true, known: { storeUp: false, attempt: undefined } },
    /^Restorable: the newest backup/,
    [/^The store did not answer .*; what follows is of 2026-03-01T11:59:00Z$/],
  ],
  [
    "the cluster did not answer",
    { readFailed: true },
    /^Restorable: the newest backup/,
    [/^The cluster or the store did not answer/],
  ],
  [
    "no backup",
    { facts: factsOf({ newest: undefined }, { rounds: [] }) },
    /^Nothing can be restored/,
    [/^Nobody should rely on the backups: there is none of this cluster/],
  ],
  [
    "it got old since it was read",
    { facts: factsOf({ newest: { ...NEWEST, time: ago(61), age: 0 } }) },
    /^Restorable: the newest backup/,
    [/rely on the backups: .* MAXRESTOREAGE is 1h$/],
  ],
  [
    "more than two intervals old",
    { facts: factsOf({ newest: { ...NEWEST, time: ago(31) } }) },
    /^Restorable: the newest backup/,
    [/more than two intervals of 15m$/],
  ],
  [
    "a change log",
    { facts: covered(range(ago(300), ago(0))) },
    /^Restorable: any second from 2026-03-01 07:00:00 to 2026-03-01 12:00:00$/,
    [],
  ],
  [
    "a change log after a gap: from its end on",
    { facts: covered(range(ago(900), ago(600)), range(ago(300), ago(1))) },
    /^Restorable: any second from 2026-03-01 07:00:00 to 2026-03-01 11:59:00$/,
    [],
  ],
  [
    "a change log that ended before the newest backup",
    { facts: covered(range(ago(300), ago(100))) },
    /^Restorable: the newest backup, of 2026-03-01 11:50:00$/,
    [],
  ],
  [
    "another cluster's change log",
    { facts: covered(range(ago(300), ago(0), "ffffffff")) },
    /^Restorable: the newest backup, of 2026-03-01 11:50:00$/,
    [],
  ],
  [
    "a change log that has stopped",
    {
      facts: factsOf({
        changeLog: { state: "stopped", timeline: TIMELINE, certain: ago(20), gap: undefined },
      }),
    },
    /^Restorable: the newest backup/,
    [/^The change log has stopped$/],
  ],
  [
    "the gate would refuse",
    { facts: factsOf({ gate: { action: "error", because: "several clusters" } as Status["gate"] }) },
    /^Restorable: the newest backup/,
    [/^A new cluster would get nothing back: error: several clusters wrote/],
  ],
  [
    "kinds are missing",
    { facts: factsOf({ newest: { ...NEWEST, missing: [{ resource: "secrets", reason: "forbidden" }] } }) },
    /^Restorable: the newest backup/,
    [/^The newest backup lacks 1 kind that could not be read$/],
  ],
];

describe("the status page", () => {
  for (const [title, knowledge, first, problems] of STATES)
    test(title, () => {
      const found = view(knowledge);
      assert.match(headline(found), first);
      assert.equal(found.problems.length, problems.length, found.problems.join("\n"));
      for (const [index, problem] of problems.entries()) assert.match(found.problems[index] ?? "", problem);
      const html = pageHtml(found);
      // One judgment: nothing is good beside something that is not.
      assert.equal(html.includes('class="verdict good"'), problems.length === 0 && found.readAt !== null);
      assert.equal(html.includes('class="verdict bad"'), problems.length > 0);
    });

  test("names are told where they may be, and nowhere else", () => {
    const facts = factsOf({
      newest: { ...NEWEST, missing: [{ resource: "secrets", reason: "hunter2" }] },
      changeLog: { state: "recording", timeline: TIMELINE, certain: ago(0), gap: undefined },
    });
    const named = /blue|s3:|cronjobs|secrets|0a1b2c3d|10\.0\.0\.1/;
    for (const text of [JSON.stringify(view({ facts })), pageHtml(view({ facts }))])
      assert.doesNotMatch(text, named);
    const { names } = view({ facts }, "names");
    assert.deepEqual(names, {
      clusterName: "blue",
      store: "s3://backups/blue",
      backup: NEWEST.name,
      kindsMissing: ["secrets"],
      kindsNotKept: ["cronjobs.batch"],
    });
    const html = pageHtml(view({ facts }, "names"));
    for (const name of ["blue", "s3://backups/blue", "secrets", "cronjobs.batch"])
      assert.ok(html.includes(name));
    // What an API server said.
    assert.doesNotMatch(html, /hunter2/);
  });

  test("a name of the store is text", () => {
    const html = pageHtml(view({ facts: factsOf({ store: "s3://a/<script>alert(1)</script>" }) }, "names"));
    assert.doesNotMatch(html, /<script/);
  });

  test("the strip has a bar for each backup, and one for how long it took where that is known", () => {
    const rounds = Array.from({ length: 96 }, (_, index) => ({
      time: ago(15 * (96 - index)),
      size: 1_000 + index,
    }));
    const durations = new Map([[rounds[95]?.time.getTime() ?? 0, 12.5]]);
    const found = view({ facts: factsOf({}, { rounds }), durations });
    assert.deepEqual(found.rounds.at(-1)?.seconds, 12.5);
    assert.equal(found.rounds[0]?.seconds, null);
    const html = pageHtml(found);
    assert.equal(html.match(/<rect class="size"/g)?.length, 96);
    assert.equal(html.match(/<rect class="long"/g)?.length, 1);
    assert.doesNotMatch(html, /NaN|undefined/);
  });
});
