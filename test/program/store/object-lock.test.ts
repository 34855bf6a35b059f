/** Object lock and versions, on a real MinIO: what is locked stays, and what was removed comes back. */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from "@aws-sdk/client-s3";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { parseTarget } from "../../../src/store/contract/target.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { backupBytes, hoursAgo } from "../../support/samples/sample-backups.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const DAY = 86_400_000;

let cluster: ControlPlane;
let minio: S3Server;
let bucket: string;
let made = 0;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
});
after(async () => {
  await cluster?.stop();
  await minio?.stop();
});
beforeEach(async () => {
  made += 1;
  bucket = `locked-${made}`;
  // With it comes versioning.
  await minio.client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `s3://${bucket}/blue`,
    ENDPOINT_URI: minio.endpoint,
    AWS_ACCESS_KEY_ID: minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
    ...more,
  };
}

async function run(args: string[], more: Record<string, string> = {}, status = 0) {
  const result = await runProgram(args, { env: environment(more) });
  assert.equal(result.status, status, `${args.join(" ")}\n${result.stdout}${result.stderr}`);
  return result;
}

async function names(...args: string[]): Promise<string[]> {
  const { stdout } = await run(["list", "-o", "json", ...args]);
  return JSON.parse(stdout).backups.map(({ name }: { name: string }) => name);
}

/** Stores a backup of that time as the program does, locked for so many days. */
async function put(
  hours: number,
  lock?: { mode: "governance" | "compliance"; days: number },
  clusterId?: string,
): Promise<string> {
  const time = hoursAgo(hours);
  const target = parseTarget(`s3://${bucket}/blue`);
  assert.ok("target" in target);
  const { accessKeyId, secretAccessKey, endpoint } = minio;
  const store = await openStore({
    ...{ target: target.target, endpoint: new URL(endpoint), credentials: { accessKeyId, secretAccessKey } },
    ...{ write: lock === undefined ? {} : { lock }, log: { debug() {}, warn() {} } },
  });
  try {
    const bytes = await backupBytes(time, 3, clusterId === undefined ? {} : { clusterId });
    const content = (async function* () {
      yield bytes;
    })();
    await store.put(backupName(time), content, new AbortController().signal);
    return backupName(time);
  } finally {
    await store.close();
  }
}

const keyOf = (name: string) => `blue/${name}.zip`;

for (const mode of ["governance", "compliance"] as const) {
  test(`a backup is stored with the lock that is asked for: ${mode}`, async () => {
    const lock = { OBJECT_LOCK: mode, OBJECT_LOCK_DAYS: "30" };
    const { stdout } = await run(["backup", "-o", "json"], lock);
    const { name } = JSON.parse(stdout);
    for (const Key of [keyOf(name), `blue/notes/${name}.note`]) {
      const { Retention } = await minio.client.send(new GetObjectRetentionCommand({ Bucket: bucket, Key }));
      assert.equal(Retention?.Mode, mode.toUpperCase(), Key);
      const days = ((Retention?.RetainUntilDate?.getTime() ?? 0) - Date.now()) / DAY;
      assert.ok(days > 29.9 && days <= 30, `${days} days`);
    }
    const { Versions = [] } = await minio.client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const VersionId = Versions.find(({ Key }) => Key === keyOf(name))?.VersionId;
    const removal = new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name), VersionId });
    await assert.rejects(minio.client.send(removal), "the server keeps the version");
  });
}

test("retention leaves what is locked, says so, and removes the rest", async () => {
  const lock = { mode: "compliance", days: 2 } as const;
  const open = await put(30);
  const locked = await put(29, lock);
  const held = await put(28);
  const newest = await put(1);
  const LegalHold = { Status: "ON" } as const;
  await minio.client.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key: keyOf(held), LegalHold }));
  const prune = ["prune", "--keep-last", "1", "--min-age", "0", "--yes"];
  const { stdout, stderr } = await run([...prune, "-o", "json"]);
  const outcomes = JSON.parse(stdout).backups.map(({ name, outcome, reason }: Record<string, string>) => [
    name,
    outcome,
    reason?.replace(/^.*: /, "") ?? null,
  ]);
  const day = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10);
  assert.deepEqual(
    outcomes,
    [
      [open, "removed", null],
      [locked, "locked", `it is locked until ${day}`],
      [held, "locked", "it is locked by a legal hold"],
      [newest, "kept", null],
    ],
    stderr,
  );
  assert.deepEqual(await names(), [locked, held, newest]);
  const text = await run(prune);
  assert.match(text.stdout, /2 locked, 1 kept\n$/);
});

test("a loop goes on over what is locked, and says that it stays", async () => {
  const flag = "/api/v1/namespaces/backuprestore-donotuse";
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  const { uid } = (await cluster.request("GET", "/api/v1/namespaces/kube-system")).metadata;
  const locked = await put(30, { mode: "governance", days: 2 }, uid);
  const open = await put(29, undefined, uid);
  const rules = {
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
    KEEP_LAST: "1",
    PRUNE_MIN_AGE: "0",
  };
  const running = startProgram(["run"], { env: environment(rules) });
  try {
    await running.saw(/Backups stay, since an object lock keeps them/);
    await running.saw(/Backups removed/);
    const { stderr } = running.output();
    assert.doesNotMatch(stderr, /"level":"error"/);
    const [stays, newest, ...more] = await names();
    assert.deepEqual([stays, more], [locked, []]);
    assert.ok(newest !== undefined && newest > open);
  } finally {
    running.child.kill();
    await running.ended;
    await cluster.request("DELETE", flag);
  }
});

test("a bucket without the lock is an error before anything is read, and so is a lock beyond retention", async () => {
  await minio.createBucket("plain");
  const lock = { OBJECT_LOCK: "governance", OBJECT_LOCK_DAYS: "30" };
  const { stderr } = await run(["backup"], { ...lock, S3TARGET: "s3://plain/blue" }, 1);
  assert.match(stderr, /Cannot lock backups in s3:\/\/plain\/blue: the bucket plain has no object lock/);
  assert.match(stderr, /leave OBJECT_LOCK out/);
  const rules = { ...lock, KEEP_DAILY: "7" };
  const refused = await run(["backup"], rules, 2);
  assert.match(refused.stderr, /OBJECT_LOCK_DAYS is 30, and the rules of retention keep backups for 7 days/);
  await run(["backup"], { ...rules, OBJECT_LOCK_CONFIRM: "true" });
});

describe("what was removed", () => {
  test("is listed, checked and restored, with the lock and without", async () => {
    const namespace = "/api/v1/namespaces/undelete";
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "undelete" } });
    await cluster.request("POST", `${namespace}/configmaps`, {
      metadata: { name: "kept" },
      data: { a: "1" },
    });
    const taken = await run(["backup", "-o", "json"], { OBJECT_LOCK: "governance", OBJECT_LOCK_DAYS: "1" });
    const { name } = JSON.parse(taken.stdout);
    // As whoever has stolen the program's key would: a plain removal of all that there is.
    for (const Key of [keyOf(name), `blue/notes/${name}.note`])
      await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    const newer = await put(-0.001);
    assert.deepEqual(await names(), [newer]);
    assert.deepEqual(await names("--deleted"), [name]);
    const { stdout } = await run(["list", "--deleted", "--long", "-o", "json"]);
    const [hidden] = JSON.parse(stdout).backups;
    assert.equal(hidden.state, "ok");
    assert.match(hidden.deleted, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match((await run(["list", "--deleted"])).stdout, /DELETED \(UTC\)/);
    assert.match((await run(["verify", name, "--deleted"])).stdout, /is whole/);

    await cluster.request("DELETE", `${namespace}/configmaps/kept`);
    const refused = await runProgram(["restore", name, "-n", "undelete", "--yes"], { env: environment() });
    assert.equal(refused.status, 1, refused.stderr);
    await run(["restore", name, "--deleted", "-n", "undelete", "--yes"]);
    const { data } = await cluster.request("GET", `${namespace}/configmaps/kept`);
    assert.deepEqual(data, { a: "1" });
    assert.deepEqual(await names("--deleted"), [name], "a restore changes nothing in the store");
  });

  test("is nothing where nothing was removed, and where the versions are gone", async () => {
    const name = await put(2);
    assert.deepEqual(await names("--deleted"), []);
    const { stdout } = await run(["list", "--deleted"]);
    assert.match(stdout, /No backups that were removed from s3:\/\/locked-\d+\/blue can be read any more/);
    await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
    assert.deepEqual(await names("--deleted"), [name]);
    const { Versions = [] } = await minio.client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    for (const { Key, VersionId } of Versions)
      await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
    assert.deepEqual(await names("--deleted"), []);
    const { stderr } = await run(["restore", name, "--deleted", "--yes"], {}, 1);
    assert.match(stderr, /Cannot .*/);
  });

  test("of two forms is not believed", async () => {
    const name = await put(2);
    const other = { Bucket: bucket, Key: `blue/${name}.zip.age` };
    await minio.client.send(new PutObjectCommand({ ...other, Body: "planted" }));
    for (const Key of [keyOf(name), other.Key])
      await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    assert.deepEqual(await names("--deleted"), [name]);
    const { stderr } = await run(["restore", name, "--deleted", "--yes"], {}, 1);
    assert.match(stderr, /one of them may be somebody else's/);
  });

  test("cannot be had from a folder", async () => {
    const { stderr } = await run(["list", "--deleted"], { S3TARGET: "file:///tmp" }, 1);
    assert.match(stderr, /a folder keeps nothing of it/);
  });
});
