import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { horizonDays } from "../../../src/settings/object-lock.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { s3Policy } from "../../../src/store/s3/access/s3-policy.ts";
import { parseCalendarLength } from "../../../src/time/calendar-length.ts";

function read(environment: Record<string, string>) {
  return readSettings({ environment, flags: {}, needs: [] }).objectLock;
}

function problemsOf(environment: Record<string, string>): string {
  try {
    read(environment);
    return "";
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems.join("\n");
  }
}

const LOCK = { OBJECT_LOCK: "governance", OBJECT_LOCK_DAYS: "30" };

describe("the object lock", () => {
  it("is none where nothing is said", () => assert.equal(read({}), undefined));
  it("has a mode, in any case, and days", () => {
    assert.deepEqual(read(LOCK), { mode: "governance", days: 30 });
    const compliance = { OBJECT_LOCK: "COMPLIANCE", OBJECT_LOCK_DAYS: "1", S3TARGET: "s3://backups" };
    assert.deepEqual(read(compliance), { mode: "compliance", days: 1 });
  });
  const rows: [title: string, environment: Record<string, string>, problem: RegExp | undefined][] = [
    [
      "another mode",
      { ...LOCK, OBJECT_LOCK: "yes" },
      /OBJECT_LOCK .*"yes" is none of governance and compliance/,
    ],
    ["no days", { OBJECT_LOCK: "governance" }, /OBJECT_LOCK_DAYS is missing/],
    ["no mode", { OBJECT_LOCK_DAYS: "3" }, /OBJECT_LOCK is missing/],
    ["days below 1", { ...LOCK, OBJECT_LOCK_DAYS: "0" }, /is no number of days from 1 to 36500/],
    ["days that are no number", { ...LOCK, OBJECT_LOCK_DAYS: "30d" }, /is no number of days/],
    ["a folder", { ...LOCK, S3TARGET: "file:///b" }, /S3TARGET is a folder/],
    ["no rule of retention", LOCK, undefined],
    ["as long as retention", { ...LOCK, KEEP_DAILY: "30" }, undefined],
    ["longer than retention", { ...LOCK, KEEP_DAILY: "29" }, /keep backups for 29 days at the most/],
    ["longer, and confirmed", { ...LOCK, KEEP_DAILY: "29", OBJECT_LOCK_CONFIRM: "true" }, undefined],
    ["the longest rule counts", { ...LOCK, KEEP_LAST: "1", FREQUENCY: "60", KEEP_WEEKLY: "5" }, undefined],
    ["a number of backups without their interval", { ...LOCK, KEEP_LAST: "1" }, undefined],
    ["a number of backups with it", { ...LOCK, KEEP_LAST: "24", FREQUENCY: "60" }, /for 1 days at the most/],
  ];
  for (const [title, environment, problem] of rows) {
    it(`and retention: ${title}`, () => {
      if (problem === undefined) assert.equal(problemsOf(environment), "");
      else assert.match(problemsOf(environment), problem);
    });
  }
});

describe("for how many days rules keep a backup at the most", () => {
  const rows: [
    rules: Parameters<typeof horizonDays>[0],
    frequency: number | undefined,
    days: number | undefined,
  ][] = [
    [undefined, 60, undefined],
    [{ daily: 7 }, undefined, 7],
    [{ hourly: 25 }, undefined, 2],
    [{ weekly: 2, daily: 7 }, undefined, 14],
    [{ monthly: 2 }, undefined, 62],
    [{ yearly: 1 }, undefined, 366],
    [{ daily: Number.POSITIVE_INFINITY }, undefined, undefined],
    [{ within: parseCalendarLength("1mo12h") ?? assert.fail() }, undefined, 31],
  ];
  for (const [rules, frequency, days] of rows) {
    it(JSON.stringify([rules, frequency]), () => assert.equal(horizonDays(rules, frequency), days));
  }
});

it("the policy of a locked store has the rights to lock, and to see locks", () => {
  const lock = { mode: "compliance", days: 1 } as const;
  const place = { bucket: "b", keyPrefix: "blue/", region: "eu-west-1" };
  const actions = (jobs: Parameters<typeof s3Policy>[0]["jobs"], write: object = { lock }) =>
    JSON.stringify(s3Policy({ ...place, write, jobs }));
  assert.match(actions(["backup"]), /s3:GetBucketObjectLockConfiguration.*s3:PutObjectRetention/);
  assert.doesNotMatch(actions(["backup"]), /GetObjectRetention/);
  assert.match(actions(["prune"]), /s3:GetObjectRetention","s3:GetObjectLegalHold/);
  assert.doesNotMatch(actions(["restore"]), /Lock|Retention/);
  assert.doesNotMatch(actions(["backup", "prune"], {}), /Lock|Retention/);
});
