/** What `list` says of the change log, on a store without a cluster. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { runProgram } from "../../support/program/program.ts";
import { beginTimeline, objectOf, putBackupOf } from "../../support/samples/sample-history.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 14, minute));

let folder: string;
let env: Record<string, string>;
const timelines: string[] = [];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-coverage-"));
  env = { S3TARGET: `file://${folder}` };
  const store = new FileStore({ folder });
  for (const [began, ended] of [
    [0, 10],
    [12, 20],
    [21, 30],
  ] as const) {
    const [base, revision] = [
      await putBackupOf(store, at(began), 1000 + began * 10, HELD),
      1000 + began * 10,
    ];
    const timeline = await beginTimeline(store, { began: at(began), base, revision, writer: "00000001" });
    await timeline.add(at(ended), 1000 + ended * 10, []);
    timelines.push(timeline.name);
  }
});

after(() => rm(folder, { recursive: true, force: true }));

const HELD = [objectOf("namespaces", "shop")];

test("list says which moments there are, and the gaps", async () => {
  const { status, stdout, stderr } = await runProgram(["list"], { env });
  assert.equal(status, 0, stderr);
  const said = stdout.replaceAll(/\s+/g, " ");
  assert.match(
    said,
    /--at is any moment from 2026-11-30T14:00:00Z to 2026-11-30T14:30:00Z, but for gaps: 2026-11-30T14:10:00Z to 2026-11-30T14:12:00Z, 2026-11-30T14:20:00Z to 2026-11-30T14:21:00Z/,
  );
  const json = JSON.parse((await runProgram(["list", "-o", "json", "--last", "1"], { env })).stdout);
  assert.equal(json.backups.length, 1);
  assert.deepEqual(json.changeLog.earlierTimelines, 0);
  assert.deepEqual(
    json.changeLog.ranges.map(({ timeline, until }: { timeline: string; until: string }) => [
      timeline,
      until,
    ]),
    timelines.map((timeline, index) => [timeline, at([10, 20, 30][index] as number).toISOString()]),
  );
});

test("names alone have nothing of it", async () => {
  const { stdout } = await runProgram(["list", "-o", "name"], { env });
  assert.equal(stdout.trim().split("\n").length, 3);
});
