/** Which metrics there are, by what is known. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Happening } from "../../../src/monitoring/happenings.ts";
import { type Known, knownAfter, NOTHING_KNOWN, type StoreFacts } from "../../../src/monitoring/known.ts";
import { figuresOf } from "../../../src/monitoring/metrics/figures.ts";
import { Metrics } from "../../../src/monitoring/metrics/metrics.ts";

const AT = new Date("2026-03-01T12:00:00Z");
const FIXED = { version: "1.2.3", commit: "abcdef", interval: 900, changeLog: true };
const STORED = {
  ...{ kind: "backup stored", backup: "backup_20260301T115955Z", time: new Date("2026-03-01T11:59:55Z") },
  ...{ objects: 851, size: 20_000, seconds: 5, missing: 1, warnings: 2 },
} as const satisfies Happening;
const STORE: StoreFacts = {
  backups: 3,
  oldest: new Date("2026-02-01T00:00:00Z"),
  newest: { time: new Date("2026-03-01T11:45:00Z"), objects: 850, size: 19_000, missing: 0, warnings: 1 },
  verified: new Date("2026-02-20T00:00:00Z"),
  rehearsed: { time: new Date("2026-02-21T00:00:00Z"), refused: 0 },
};

/** All samples of a scrape but those of every process. */
async function samples(
  known: Known,
  { certain, changeLog = true }: { certain?: Date; changeLog?: boolean } = {},
): Promise<Record<string, number>> {
  const metrics = new Metrics(() => figuresOf(known, { ...FIXED, changeLog }, certain));
  const { text } = await metrics.scrape();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const entries = lines.map((line): [string, number] => {
    const [, name = "", value] = /^kube_backup_(.*) (\S+)$/.exec(line) ?? [];
    return [name, Number(value)];
  });
  return Object.fromEntries(
    entries.filter(([name, value]) => !(name.startsWith("gate_state") && value === 0)),
  );
}

const ALWAYS = {
  'build_info{version="1.2.3",commit="abcdef"}': 1,
  expected_interval_seconds: 900,
  'attempts_total{result="success"}': 0,
  'attempts_total{result="failure"}': 0,
  'gate_state{state="pending"}': 1,
  log_gaps_total: 0,
};
const OF_STORE = {
  last_success_timestamp_seconds: Date.parse("2026-03-01T11:45:00Z") / 1000,
  backups: 3,
  oldest_timestamp_seconds: Date.parse("2026-02-01T00:00:00Z") / 1000,
  last_objects: 850,
  last_bytes: 19_000,
  last_missing_kinds: 0,
  last_warnings: 1,
  verify_last_success_timestamp_seconds: Date.parse("2026-02-20T00:00:00Z") / 1000,
  rehearse_last_success_timestamp_seconds: Date.parse("2026-02-21T00:00:00Z") / 1000,
  rehearse_last_refused: 0,
};

function after(known: Known, ...happenings: Happening[]): Known {
  return happenings.reduce((before, happening) => knownAfter(before, happening, AT), known);
}

const STARTED: Known = { ...NOTHING_KNOWN, store: STORE, storeUp: true };

describe("What is there", () => {
  const cases: [title: string, known: Known, expected: Record<string, number>][] = [
    ["at the start: nothing that is not known", NOTHING_KNOWN, ALWAYS],
    [
      "the store does not answer from the start on",
      { ...NOTHING_KNOWN, storeUp: false },
      { ...ALWAYS, store_up: 0 },
    ],
    ["the store has answered", STARTED, { ...ALWAYS, ...OF_STORE, store_up: 1 }],
    [
      "an empty store",
      {
        ...NOTHING_KNOWN,
        storeUp: true,
        store: {
          backups: 0,
          oldest: undefined,
          newest: undefined,
          verified: undefined,
          rehearsed: undefined,
        },
      },
      { ...ALWAYS, store_up: 1, backups: 0 },
    ],
    [
      "a backup is stored",
      after(STARTED, { kind: "gate passed", because: "flag" }, STORED),
      {
        ...{ ...ALWAYS, ...OF_STORE, store_up: 1 },
        'attempts_total{result="success"}': 1,
        last_success_timestamp_seconds: STORED.time.getTime() / 1000,
        last_attempt_timestamp_seconds: AT.getTime() / 1000,
        last_attempt_success: 1,
        last_objects: 851,
        last_bytes: 20_000,
        last_duration_seconds: 5,
        last_missing_kinds: 1,
        last_warnings: 2,
        'gate_state{state="flag"}': 1,
      },
    ],
    [
      "a backup has failed: the newest stays what it was",
      after(STARTED, { kind: "backup failed", failures: 1, reason: "" }),
      {
        ...{ ...ALWAYS, ...OF_STORE, store_up: 1 },
        'attempts_total{result="failure"}': 1,
        last_attempt_timestamp_seconds: AT.getTime() / 1000,
        last_attempt_success: 0,
      },
    ],
    [
      "a rehearsal was refused: it is no success",
      { ...STARTED, store: { ...STORE, rehearsed: { time: AT, refused: 4 } } },
      {
        ...{ ...ALWAYS, ...OF_STORE, store_up: 1 },
        rehearse_last_success_timestamp_seconds: Number.NaN,
        rehearse_last_refused: 4,
      },
    ],
    [
      "a rehearsal of this process counts before the store tells of it, and one without a result does not",
      after(
        STARTED,
        { kind: "rehearsed", backup: "b", objects: 41, refused: 0, before: "taken" },
        { kind: "rehearsal failed", reason: "", before: "taken" },
      ),
      {
        ...{ ...ALWAYS, ...OF_STORE, store_up: 1 },
        rehearse_last_success_timestamp_seconds: AT.getTime() / 1000,
      },
    ],
    [
      "the change log has ended twice",
      after(
        NOTHING_KNOWN,
        { kind: "log begun" },
        { kind: "log gap", until: AT, isExpected: false, isFinal: false },
        { kind: "log gap", until: undefined, isExpected: true, isFinal: false },
      ),
      { ...ALWAYS, log_gaps_total: 2 },
    ],
  ];
  for (const [title, known, expected] of cases) {
    test(title, async () => {
      const wanted = Object.entries(expected).filter(([name, value]) => {
        const gone = name === 'gate_state{state="pending"}' && known.gate !== "pending";
        return !gone && !Number.isNaN(value);
      });
      assert.deepEqual(await samples(known), Object.fromEntries(wanted));
    });
  }

  test("a change log that nobody asked for has no figure", async () => {
    const found = await samples(NOTHING_KNOWN, { changeLog: false });
    assert.ok(!Object.keys(found).some((name) => name.startsWith("log_")));
    const certain = await samples(NOTHING_KNOWN, { certain: AT });
    assert.equal(certain["log_certain_timestamp_seconds"], AT.getTime() / 1000);
  });

  const states: [happening: Happening, state: string][] = [
    [{ kind: "gate passed", because: "flag" }, "flag"],
    [{ kind: "gate passed", because: "no backups" }, "no_backups"],
    [{ kind: "restore begun", backup: "b", resumed: false }, "restoring"],
    [{ kind: "restore ended", backup: "b", objects: 2, refused: 0 }, "restored"],
    [{ kind: "start failed", how: "refused", reason: "" }, "refused"],
    [{ kind: "start failed", how: "restore failed", reason: "" }, "failed"],
    [{ kind: "start failed", how: "failed", reason: "" }, "failed"],
  ];
  for (const [happening, state] of states) {
    test(`the gate: ${JSON.stringify(happening)}`, async () => {
      const found = await samples(after(NOTHING_KNOWN, happening));
      assert.deepEqual(
        Object.keys(found).filter((name) => name.startsWith("gate_state")),
        [`gate_state{state="${state}"}`],
      );
    });
  }
});

test("a figure that is not known any more is gone with the next scrape", async () => {
  let known = STARTED;
  const metrics = new Metrics(() => figuresOf(known, FIXED, undefined));
  assert.match((await metrics.scrape()).text, /^kube_backup_backups 3$/m);
  known = NOTHING_KNOWN;
  assert.doesNotMatch((await metrics.scrape()).text, /^kube_backup_backups/m);
});

test("answers are counted by what they were", async () => {
  const metrics = new Metrics(() => []);
  metrics.answered("api", 0.2, 201);
  metrics.answered("s3", 3, undefined);
  const { text, contentType } = await metrics.scrape();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^kube_backup_api_request_duration_seconds_bucket\{le="0\.25",code="2xx"\} 1$/m);
  assert.match(text, /^kube_backup_s3_request_duration_seconds_count\{code="none"\} 1$/m);
});
