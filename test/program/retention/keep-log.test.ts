/** `kube-backup prune` with KEEP_LOG, on a store with backups and a change log between them. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { runProgram } from "../../support/program/program.ts";
import { beginTimeline, objectOf, putBackupOf } from "../../support/samples/sample-history.ts";

const HOUR = 3_600_000;

let folder: string;
let env: Record<string, string>;
let start: number;
let names: string[];
let timeline: string;

/** So many hours after the first backup, which is nine hours old. */
const at = (hours: number) => new Date(start + hours * HOUR);

/** Backups every two hours, the last one an hour ago, and a change log with a segment each half an hour. */
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-keep-log-"));
  env = { S3TARGET: `file://${folder}`, PRUNE_MIN_AGE: "0" };
  start = Math.floor(Date.now() / 1000) * 1000 - 9 * HOUR;
  const store = new FileStore({ folder });
  const objects = (hour: number) => [
    objectOf("namespaces", "shop"),
    objectOf("configMaps", "shop/web", { data: { hour: String(hour) } }),
  ];
  names = [await putBackupOf(store, at(0), 1000, objects(0))];
  const opened = await beginTimeline(store, { began: at(0), base: names[0] as string, revision: 1000 });
  timeline = opened.name;
  for (let hour = 0.5; hour <= 8.5; hour += 0.5) {
    const base =
      hour % 2 === 0 ? await putBackupOf(store, at(hour), 1000 + hour * 10, objects(hour)) : undefined;
    if (base !== undefined) names.push(base);
    const content = { data: { hour: String(hour) } };
    await opened.add(
      at(hour),
      1000 + hour * 10,
      [
        {
          ...{ at: at(hour), revision: 1000 + hour * 10 },
          operation: "update",
          kind: "configMaps",
          path: "shop/web",
          content,
        },
      ],
      base,
    );
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function segments(): Promise<number> {
  return (await readdir(path.join(folder, "log", timeline))).length;
}

async function prune(...args: string[]) {
  const { status, stdout, stderr } = await runProgram(["prune", "-o", "json", ...args], { env });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

async function hourAt(hours: number) {
  const args = ["get", "cm/web", "-n", "shop", "-o", "json", "--at", at(hours).toISOString()];
  const { status, stdout, stderr } = await runProgram(args, { env });
  return status === 0 ? Number(JSON.parse(stdout).data.hour) : stderr;
}

test("the newest backup before the range stays, and what is older than that goes", async () => {
  // The newest backup is of hour 8: the range begins at hour 5, and what leads there is the backup of hour 4.
  const before = await segments();
  const rules = ["--keep-last", "1", "--keep-log", "3h"];
  const planned = await prune(...rules, "--dry-run");
  assert.equal(await segments(), before);
  const { backups, timelines } = await prune(...rules, "--yes");
  assert.deepEqual(
    backups.map(({ name, reasons, outcome }: { name: string; reasons: string[]; outcome: string }) => [
      name,
      reasons.join(),
      outcome,
    ]),
    [
      [names[0], "no rule keeps it", "removed"],
      [names[1], "no rule keeps it", "removed"],
      [names[2], "log", "kept"],
      [names[3], "no rule keeps it", "removed"],
      [names[4], "last 1,newest valid", "kept"],
    ],
  );
  const until = at(3.5).toISOString();
  assert.deepEqual(timelines, [{ timeline, segments: 8, until, outcome: "removed", reason: null }]);
  assert.deepEqual(
    planned.timelines.map(({ segments, outcome }: { segments: number; outcome: string }) => [
      segments,
      outcome,
    ]),
    [[8, "planned"]],
  );
  assert.equal(await segments(), before - 8);
  for (const hour of [5, 6.1, 8.4]) assert.equal(await hourAt(hour), Math.floor(hour * 2) / 2);
  assert.match(String(await hourAt(3)), /no backup .* is left that the change log could start from/);
  // Nothing more to do.
  assert.deepEqual((await prune(...rules, "--yes")).timelines, []);
});

test("without KEEP_LOG, the change log goes as far back as backups do", async () => {
  const { timelines } = await prune("--keep-last", "2", "--yes");
  assert.equal(timelines[0].segments, 12);
  assert.equal(await hourAt(6.5), 6.5);
});

test("KEEP_LOG alone removes no backup", async () => {
  env["KEEP_LOG"] = "1h";
  const { backups, timelines } = await prune("--yes");
  assert.ok(backups.every(({ keep }: { keep: boolean }) => keep));
  assert.equal(timelines[0].segments, 12);
  assert.equal(await hourAt(7.5), 7.5);
});

test("the minimum age is added: somebody may be reading", async () => {
  env["PRUNE_MIN_AGE"] = "24h";
  const { timelines } = await prune("--keep-last", "1", "--keep-log", "1h", "--yes");
  assert.deepEqual(timelines, []);
});

test("in the table, for people", async () => {
  const { status, stdout, stderr } = await runProgram(
    ["prune", "--keep-last", "1", "--keep-log", "3h", "--yes"],
    { env },
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /8 segments of the change log removed/);
});
