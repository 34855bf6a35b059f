/** `kube-backup verify` finds what is damaged, and nothing else. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { loadApplication } from "./cluster-contents.ts";
import { runProgram } from "./program.ts";

const COPY = "backup_20260101T000000Z";
const DAMAGED = "backup_20260102T000000Z";

let cluster: ControlPlane;
let folder: string;
let env: Record<string, string>;

before(async () => {
  cluster = await startControlPlane();
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-verify-"));
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  await loadApplication(cluster, "shop");
});

after(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("with no backup there is nothing to verify", async () => {
  const result = await runProgram(["verify"], { env });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /holds no backups/);
});

test("a backup is whole, also under another name, and one with a changed byte is not", async () => {
  assert.equal((await runProgram(["backup"], { env })).status, 0);
  const [file = ""] = await readdir(folder);
  const bytes = await readFile(path.join(folder, file));
  await writeFile(path.join(folder, `${COPY}.zip`), bytes);
  const middle = Math.floor(bytes.length / 4);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  await writeFile(path.join(folder, `${DAMAGED}.zip`), bytes);

  const newest = await runProgram(["verify"], { env });
  assert.deepEqual([newest.status, newest.stdout], [0, `${file.replace(/\.zip$/, "")} is whole\n`]);
  assert.equal((await runProgram(["verify", COPY], { env })).status, 0);
  const all = await runProgram(["verify", "--all", "-o", "json"], { env });
  assert.equal(all.status, 1);
  assert.deepEqual(
    JSON.parse(all.stdout).map(({ name, valid }: { name: string; valid: boolean }) => [name, valid]),
    [
      [COPY, true],
      [DAMAGED, false],
      [file.replace(/\.zip$/, ""), true],
    ],
  );
  assert.match(all.stderr, /Cannot restore from 1 of 3 backups checked/);
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
