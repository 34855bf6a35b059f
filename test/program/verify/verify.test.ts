/** `kube-backup verify` finds what is damaged, and nothing else. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { unzip } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";

const COPY = "backup_20260101T000000Z";
const DAMAGED = "backup_20260102T000000Z";
const REPLICA_SETS = "namespaces/shop/replicasets.apps.json";

let cluster: ControlPlane;
let folder: string;
let env: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  await loadApplication(cluster, "shop");
});

/** What is said of a whole backup, taken from its file. */
async function factsOf(file: string): Promise<{ objects: number; line: string }> {
  const bytes = await readFile(path.join(folder, file));
  const { counts } = JSON.parse((await unzip(bytes)).get("MANIFEST") ?? "");
  const objects = Object.values(counts as Record<string, number>).reduce((sum, count) => sum + count, 0);
  return { objects, line: `${objects} objects, ${(bytes.length / 1024).toFixed(1)} KiB` };
}

test("with no backup there is nothing to verify", async () => {
  const result = await runProgram(["verify"], { env });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /No backups in /);
});

test("a backup is whole, also under another name, and one with a changed byte is not", async () => {
  assert.equal((await runProgram(["backup"], { env })).status, 0);
  const [file = ""] = await backupFiles(folder);
  const bytes = await readFile(path.join(folder, file));
  await writeFile(path.join(folder, `${COPY}.zip`), bytes);
  // Within a file's content, which follows its name.
  const content = bytes.indexOf(REPLICA_SETS) + REPLICA_SETS.length + 20;
  bytes[content] = (bytes[content] ?? 0) ^ 0xff;
  await writeFile(path.join(folder, `${DAMAGED}.zip`), bytes);

  const whole = file.replace(/\.zip$/, "");
  const newest = await runProgram(["verify"], { env });
  assert.equal(newest.status, 0);
  const { objects, line } = await factsOf(file);
  assert.equal(newest.stdout, `${whole} is whole: ${line}\n`);
  const copy = await runProgram(["verify", COPY], { env });
  assert.deepEqual([copy.status, copy.stdout], [0, `${COPY} is whole: ${line}\n`]);
  const all = await runProgram(["verify", "--all", "-o", "json"], { env });
  assert.equal(all.status, 1);
  const [first, second, third, ...more] = JSON.parse(all.stdout).backups;
  assert.deepEqual(more, []);
  const facts = {
    state: "valid",
    asNoted: null,
    reason: null,
    objects,
    sizeBytes: bytes.length,
    scope: null,
    missing: [],
    excluded: {},
    warnings: [],
    kubernetes: null,
  };
  assert.deepEqual(first, { name: COPY, ...facts });
  assert.deepEqual(third, { name: whole, ...facts });
  assert.match(second.reason, new RegExp(`${DAMAGED}.*damaged: ${REPLICA_SETS}`));
  assert.deepEqual(second, {
    name: DAMAGED,
    state: "damaged",
    asNoted: null,
    reason: second.reason,
    objects: null,
    sizeBytes: bytes.length,
    scope: null,
    missing: null,
    excluded: null,
    warnings: null,
    kubernetes: null,
  });
  assert.match(all.stderr, /Cannot restore from 1 of 3 backups checked/);
});

test("the latest is the newest that is there, damaged or not; --at chooses like it", async () => {
  const text = await runProgram(["verify", "--all"], { env });
  assert.equal(text.status, 1);
  assert.deepEqual(
    text.stdout
      .trim()
      .split("\n")
      .map((line) => line.includes(" is whole: ")),
    [true, false, true],
  );
  const newest = await runProgram(["verify", "--at", "2026-01-01T00:00:00Z", "-o", "json"], { env });
  assert.deepEqual([newest.status, JSON.parse(newest.stdout).backups[0].name], [0, COPY]);
  const damaged = await runProgram(["verify", "--at", "2026-01-02T00:00:00Z", "-o", "json"], { env });
  assert.deepEqual([damaged.status, JSON.parse(damaged.stdout).backups[0].name], [1, DAMAGED]);
  const none = await runProgram(["verify", "--at", "2025-01-01T00:00:00Z"], { env });
  assert.equal(none.status, 1);
  assert.match(none.stderr, /holds no backups of 2025-01-01T00:00:00.000Z or earlier/);
  const absent = await runProgram(["verify", "backup_20260101T000001Z"], { env });
  assert.equal(absent.status, 1);
  assert.match(absent.stderr, /no such backup/);
  const both = await runProgram(["verify", COPY, "--all", "--at", "1h", "--rehearse"], { env });
  assert.equal(both.status, 2);
  const rehearsed = await runProgram(["verify", DAMAGED, "--rehearse", "-o", "json"], { env });
  assert.equal(rehearsed.status, 1);
  assert.match(JSON.parse(rehearsed.stdout).error, /damaged/);
});

test("a store that cannot be read is an error, not a damaged backup", async () => {
  const result = await runProgram(["verify", "-o", "json"], {
    env: { S3TARGET: `file://${folder}/missing` },
  });
  assert.equal(result.status, 1);
  assert.match(JSON.parse(result.stdout).error, /^Cannot list backups/);
  const unknown = await runProgram(["verify", "yesterday"], { env });
  assert.equal(unknown.status, 2);
});

test("status tells when every byte of the newest was last found valid, and of no other bytes", async () => {
  const newestOf = async () => {
    const { stdout, stderr } = await runProgram(["status", "-o", "json"], { env });
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout).newest;
  };
  const begun = Date.now();
  assert.equal((await runProgram(["backup"], { env })).status, 0);
  const before = await newestOf();
  assert.deepEqual([before.state, before.checked], ["ok", null]);
  const file = path.join(folder, `${before.name}.zip`);
  assert.equal((await runProgram(["verify", before.name], { env })).status, 0);
  const after = await newestOf();
  assert.equal(after.state, "valid");
  assert.ok(new Date(after.checked).getTime() >= begun - 1000, after.checked);
  await writeFile(file, await readFile(file));
  const replaced = await newestOf();
  assert.deepEqual([replaced.state, replaced.checked], ["ok", null], "the file was written anew");
});
