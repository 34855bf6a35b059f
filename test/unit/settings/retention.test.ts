import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { keepReportsOf } from "../../../src/settings/retention.ts";
import { readSettings } from "../../../src/settings/settings.ts";

function read(environment: Record<string, string>, flags: Record<string, unknown> = {}) {
  return readSettings({ environment, flags, needs: [] }).retention;
}

describe("the rules of what to keep", () => {
  it("come from variables and flags, of which flags win", () => {
    assert.deepEqual(
      read(
        { KEEP_LAST: "3\n", KEEP_HOURLY: "24", KEEP_DAILY: "7", KEEP_WEEKLY: "5", KEEP_WITHIN: "1mo12h" },
        { "keep-last": "4", "keep-monthly": "12", "keep-yearly": "unlimited" },
      ),
      {
        last: 4,
        hourly: 24,
        daily: 7,
        weekly: 5,
        monthly: 12,
        yearly: Number.POSITIVE_INFINITY,
        within: { years: 0, months: 1, weeks: 0, days: 0, hours: 12, minutes: 0, seconds: 0 },
      },
    );
  });

  it("are not there where none is set", () =>
    assert.equal(read({ KEEP_LAST: "", KEEP_WITHIN: " " }), undefined));

  for (const [flag, text, problem] of [
    ["keep-within", "30m", "has 30m in it, which may be months or minutes: write 30mo or 30min"],
    ["keep-within", "90d12h30m", "has 30m in it, which may be months or minutes: write 30mo or 30min"],
    ["min-age", "1m", "has 1m in it, which may be months or minutes: write 1mo or 1min"],
    ["keep-within", "0d", "is no length of time: "],
    ["keep-within", "1d1d", "is no length of time: "],
  ] as const) {
    it(`--${flag} ${text} ${problem}`, () =>
      assert.throws(
        () => read({}, { [flag]: text }),
        (error) =>
          error instanceof UsageError && error.problems[0]?.includes(`"${text}" ${problem}`) === true,
      ));
  }

  it("take each unit, and months as months", () => {
    const { within } = read({ KEEP_WITHIN: "1y2mo3w4d5h6min7s" }) ?? {};
    assert.deepEqual(Object.values(within ?? {}), [1, 2, 3, 4, 5, 6, 7]);
  });

  it("are judged with all other settings, each wrong one named", () => {
    const environment = {
      FREQUENCY: "ten",
      KEEP_LAST: "0",
      KEEP_DAILY: "-1",
      KEEP_YEARLY: "1.5",
      KEEP_WITHIN: "3x",
    };
    assert.throws(
      () =>
        read(environment, { "keep-hourly": "x", "keep-weekly": ["1", "2"], "keep-monthly": "9999999999" }),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.deepEqual(
          error.problems.map((line) => line.split(" ").slice(0, 3).join(" ")),
          [
            'FREQUENCY (--frequency) "ten"',
            'KEEP_LAST (--keep-last) "0"',
            '--keep-hourly (KEEP_HOURLY) "x"',
            'KEEP_DAILY (--keep-daily) "-1"',
            "--keep-weekly (KEEP_WEEKLY) is",
            '--keep-monthly (KEEP_MONTHLY) "9999999999"',
            'KEEP_YEARLY (--keep-yearly) "1.5"',
            'KEEP_WITHIN (--keep-within) "3x"',
          ],
        );
        return true;
      },
    );
  });
});

describe("how old notes and reports become", () => {
  const DAYS = { years: 0, months: 0, weeks: 0, days: 400, hours: 0, minutes: 0, seconds: 0 };
  const rows: [given: Record<string, string>, expected: object | undefined][] = [
    [{}, DAYS],
    [{ KEEP_REPORTS: "" }, DAYS],
    [{ KEEP_REPORTS: "2y" }, { ...DAYS, days: 0, years: 2 }],
    [{ KEEP_REPORTS: "1mo12h" }, { ...DAYS, days: 0, months: 1, hours: 12 }],
    [{ KEEP_REPORTS: "Unlimited" }, undefined],
    [{ KEEP_REPORTS: "2y", KUBE_BACKUP_KEEP_REPORTS: "unlimited" }, undefined],
  ];
  for (const [environment, expected] of rows) {
    it(JSON.stringify(environment), () => {
      const settings = readSettings({ environment, flags: {}, needs: [] });
      assert.deepEqual(keepReportsOf(settings), expected);
      assert.equal(settings.retention, undefined, "that is no rule for backups");
    });
  }

  for (const [text, problem] of [
    [
      "0",
      'KEEP_REPORTS (--keep-reports) "0" is no length of time: write for example 400d or 1y6mo, or unlimited',
    ],
    [
      "6m",
      'KEEP_REPORTS (--keep-reports) "6m" has 6m in it, which may be months or minutes: write 6mo or 6min',
    ],
  ] as const) {
    it(`not ${text}`, () =>
      assert.throws(
        () => readSettings({ environment: { KEEP_REPORTS: text }, flags: {}, needs: [] }),
        (error) => error instanceof UsageError && error.problems.join() === problem,
      ));
  }
});

describe("the tags that keep backups", () => {
  const tags = (environment: Record<string, string>, flags: Record<string, unknown> = {}) =>
    readSettings({ environment, flags, needs: [] }).keepTags;

  it("come from KEEP_TAG or --keep-tag, and are no rule", () => {
    assert.deepEqual(tags({ KEEP_TAG: "release, before-upgrade," }), ["release", "before-upgrade"]);
    assert.deepEqual(tags({ KEEP_TAG: "release" }, { "keep-tag": "a,b" }), ["a", "b"]);
    assert.equal(tags({}), undefined);
    assert.equal(read({ KEEP_TAG: "release" }), undefined);
  });

  for (const [text, problem] of [
    [",", "names no tag: write for example before-upgrade"],
    ["a,b c", 'has "b c" in it, which is no tag: write letters, digits'],
  ] as const) {
    it(`KEEP_TAG "${text}" ${problem}`, () =>
      assert.throws(
        () => tags({ KEEP_TAG: text }),
        (error) => error instanceof UsageError && error.problems[0]?.includes(problem) === true,
      ));
  }
});
