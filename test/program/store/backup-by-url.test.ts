/** A backup by its URL in a bucket, at a real server: S3TARGET need not be set, and a URL wins over it. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { parseTarget } from "../../../src/store/contract/target.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { runProgram } from "../../support/program/program.ts";
import { putShopBackup } from "../../support/samples/shop-backup.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const { signal } = new AbortController();

let minio: S3Server;
let folder: string;
let env: Record<string, string>;
const names: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-url-"));
  minio = await startMinio();
  await minio.createBucket("backups");
  for (const [prefix, day, replicas] of [
    ["clusters/blue", 30, 1],
    ["clusters/red", 31, 7],
  ] as const) {
    const name = await putShopBackup(folder, new Date(`2026-01-${day}T12:00:00Z`), { replicas });
    const parsed = parseTarget(`s3://backups/${prefix}`);
    const target = "target" in parsed ? parsed.target : assert.fail(parsed.problem);
    const store = await openStore({
      target,
      endpoint: new URL(minio.endpoint),
      credentials: { accessKeyId: minio.accessKeyId, secretAccessKey: minio.secretAccessKey },
      log: { debug() {}, warn() {} },
    });
    const bytes = await readFile(path.join(folder, `${name}.zip`));
    await store.put(
      name,
      (async function* () {
        yield bytes;
      })(),
      signal,
    );
    await store.close();
    names[prefix] = name;
  }
  await writeFile(path.join(folder, "kubeconfig"), "{}");
  env = {
    ...{ KUBECONFIG: path.join(folder, "kubeconfig"), ENDPOINT_URI: minio.endpoint },
    ...{ AWS_ACCESS_KEY_ID: minio.accessKeyId, AWS_SECRET_ACCESS_KEY: minio.secretAccessKey },
    LOG_FORMAT: "text",
  };
});

after(async () => {
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

const urlOf = (prefix: string) => `s3://backups/${prefix}/${names[prefix]}.zip`;

test("without S3TARGET the URL says the store", async () => {
  for (const words of [["-b", urlOf("clusters/red")], [urlOf("clusters/red").replace(/\.zip$/, "")]]) {
    const line = ["get", ...words, "deploy/web", "-n", "shop", "-o", "jsonpath={.spec.replicas}"];
    const { status, stdout, stderr } = await runProgram(line, { env });
    assert.deepEqual([status, stdout, stderr], [0, "7", ""]);
  }
  const { stdout } = await runProgram(["describe", urlOf("clusters/red"), "-o", "json"], { env });
  assert.equal(JSON.parse(stdout).store, "s3://backups/clusters/red");
});

test("with S3TARGET the URL wins, and that is said; two backups may be in two places", async () => {
  const blue = { ...env, S3TARGET: "s3://backups/clusters/blue" };
  const line = ["diff", names["clusters/blue"] ?? "", urlOf("clusters/red"), "deploy/web", "-n", "shop"];
  const { status, stdout, stderr } = await runProgram(line, { env: blue });
  assert.equal(status, 1, stderr);
  assert.match(stdout, /spec\.replicas: 1 → 7/);
  assert.match(
    stderr,
    /is read from s3:\/\/backups\/clusters\/red, and not from S3TARGET, which is s3:\/\/backups\/clusters\/blue/,
  );
});

test("a prefix is no backup, and a backup that is not there is an error that names the place", async () => {
  const store = await runProgram(["verify", "s3://backups/clusters/red"], { env });
  assert.equal(store.status, 2);
  assert.match(store.stderr, /is a store and no backup of it: add the backup's name to it/);
  const missing = await runProgram(["verify", "s3://backups/clusters/red/backup_20200101T000000Z.zip"], {
    env,
  });
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /s3:\/\/backups\/clusters\/red holds no such backup/);
});
