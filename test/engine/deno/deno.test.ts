/** The same source under Deno takes a backup and restores it. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { clusterContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const DENO = path.join(ROOT, "node_modules", ".bin", "deno");

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-deno-"));
  await minio.createBucket("deno");
  await loadApplication(cluster, "shop");
});

after(async () => {
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** Runs the source under Deno and returns its standard output. */
async function deno(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(
    DENO,
    ["run", "--allow-all", "--node-modules-dir=manual", "src/main.ts", ...args],
    { cwd: ROOT, env: { PATH: process.env["PATH"], HOME: folder, DENO_NO_UPDATE_CHECK: "1", ...env } },
  );
  return stdout;
}

test("it runs under Deno", async () => {
  assert.match(await deno(["version"], {}), /deno/);
});

/** Where half of the unit tests' work is: damaged, forged and large archives. */
const HALF = "archive";

/** What these are about is the size of what they make, which takes minutes. Node runs them. */
const LARGE = ["archive/forged-memory.test.ts", "archive/zip64.test.ts"];

describe("the unit tests pass under Deno", { concurrency: true }, () => {
  for (const [title, isIncluded, least] of [
    ["of archives", (name: string) => name === HALF, 100],
    ["all others", (name: string) => name !== HALF, 200],
  ] as const)
    test(title, async (t) => {
      const folders = (await readdir(path.join(ROOT, "test/unit"))).filter(isIncluded);
      const { stdout } = await promisify(execFile)(
        DENO,
        [
          ...["test", "--allow-all", "--no-check", "--node-modules-dir=manual"],
          `--ignore=${LARGE.map((file) => `test/unit/${file}`).join()}`,
          ...folders.map((name) => `test/unit/${name}`),
        ],
        {
          cwd: ROOT,
          env: { PATH: process.env["PATH"], HOME: folder, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
          maxBuffer: 16 * 1024 * 1024,
        },
      );
      const [, passed, failed] = /ok \| (\d+) passed .*\| (\d+) failed/.exec(stdout) ?? [];
      t.diagnostic(`${passed} passed, ${failed} failed`);
      assert.ok(Number(passed) > least, stdout.slice(-1_000));
      assert.equal(failed, "0");
    });
});

test("a backup in a folder, taken and restored under Deno, brings back what was there", async () => {
  const environment = (store: string) => ({
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${folder}/${store}`,
  });
  await deno(["backup"], environment("first"));
  await remove(cluster, "/api/v1/namespaces/shop");
  const report = JSON.parse(await deno(["restore", "--yes", "-o", "json"], environment("first")));
  assert.deepEqual(report.failures, []);
  await deno(["backup"], environment("second"));
  const [first, second] = await Promise.all(
    ["first", "second"].map(async (store) => clusterContents(await unzipNewest(path.join(folder, store)))),
  );
  assert.ok(Object.keys(first ?? {}).length > 4);
  assert.deepEqual(second, first);
});

test("a backup in S3, taken and restored under Deno, brings back what was there", async () => {
  const env = programEnvironment(cluster, minio, "deno");
  await deno(["backup"], env);
  await remove(cluster, "/api/v1/namespaces/shop");
  const report = JSON.parse(await deno(["restore", "--yes", "-o", "json"], env));
  assert.deepEqual(report.failures, []);
  assert.equal(report.kinds.Deployment.created, 1);
});
