/** `kube-backup prune` in buckets that do not give away what is in them: no right to delete, object lock. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { backupName, backupTime } from "../../../src/store/contract/backup-name.ts";
import { runProgram } from "../../support/program/program.ts";
import { backupBytes, hoursAgo } from "../../support/samples/sample-backups.ts";
import { noteText } from "../../support/samples/sample-notes.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { assumeRole, type Session } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "backups";
const LOCKED = "locked";

let minio: S3Server;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  await minio.client.send(new CreateBucketCommand({ Bucket: LOCKED, ObjectLockEnabledForBucket: true }));
  await minio.client.send(
    new PutObjectLockConfigurationCommand({
      Bucket: LOCKED,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } },
      },
    }),
  );
});

after(() => minio?.stop());

/** Puts four backups below a prefix, the oldest first. */
async function putFour(bucket: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (const hours of [72, 48, 24, 1]) {
    const time = hoursAgo(hours);
    const name = backupName(time);
    const Body = await backupBytes(time);
    await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${name}.zip`, Body }));
    names.push(name);
  }
  return names;
}

/** The program's environment, with an access key that may do everything, or that of a session. */
function environment(bucket: string, prefix: string, session?: Session): Record<string, string> {
  return {
    S3TARGET: `s3://${bucket}/${prefix}`,
    ENDPOINT_URI: minio.endpoint,
    AWS_ACCESS_KEY_ID: session?.accessKeyId ?? minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session?.secretAccessKey ?? minio.secretAccessKey,
    ...(session === undefined ? {} : { AWS_SESSION_TOKEN: session.sessionToken }),
  };
}

// What a test has just written has been in the bucket for no time.
const PRUNE = ["prune", "--keep-last", "1", "--min-age", "0", "--yes", "-o", "json"];

async function listed(env: Record<string, string>): Promise<string[]> {
  const { stdout } = await runProgram(["list", "-o", "json"], { env });
  return JSON.parse(stdout).backups.map(({ name }: { name: string }) => name);
}

test("backups that may be deleted are", async () => {
  const names = await putFour(BUCKET, "allowed");
  const env = environment(BUCKET, "allowed");
  const { status, stderr } = await runProgram(PRUNE, { env });
  assert.equal(status, 0, stderr);
  assert.deepEqual(await listed(env), names.slice(3));
});

test("one that may not is told, keeps no other from it, and the exit status is 3", async () => {
  const names = await putFour(BUCKET, "denied");
  const session = await assumeRole(minio, ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"], new Date(), [
    `arn:aws:s3:::${BUCKET}/denied/${names[1]}.zip`,
  ]);
  const env = environment(BUCKET, "denied", session);
  const { status, stdout, stderr } = await runProgram(PRUNE, { env });
  assert.equal(status, 3, stderr);
  const { backups: pruned } = JSON.parse(stdout);
  assert.deepEqual(
    pruned.map(({ outcome }: { outcome: string }) => outcome),
    ["removed", "failed", "removed", "kept"],
  );
  assert.equal(
    pruned[1].reason,
    `Cannot remove ${names[1]} from s3://${BUCKET}/denied: access denied (AccessDenied: Access Denied.)`,
  );
  assert.match(stderr, /Allow .*s3:DeleteObject/);
  assert.match(stderr, /Cannot remove 1 of 3 backups/);
  assert.deepEqual(await listed(env), [names[1], names[3]]);
});

test("without any right to delete, every backup is told and stays", async () => {
  const names = await putFour(BUCKET, "read-only");
  const session = await assumeRole(minio, ["s3:ListBucket", "s3:GetObject"]);
  const env = environment(BUCKET, "read-only", session);
  const { status, stdout } = await runProgram(["prune", "--keep-last", "1", "--min-age", "0", "--yes"], {
    env,
  });
  assert.equal(status, 1);
  assert.equal(
    stdout.match(/^Cannot remove backup_\w+ from .*: access denied \(AccessDenied: .*\)$/gm)?.length,
    3,
  );
  assert.match(stdout, /^3 not removed, 1 kept$/m);
  assert.deepEqual(await listed(env), names);
});

test("in a bucket whose default is the object lock they stay, and are told", async () => {
  const names = await putFour(LOCKED, "blue");
  const env = environment(LOCKED, "blue");
  const { status, stdout, stderr } = await runProgram(PRUNE, { env });
  assert.equal(status, 0, stderr);
  const outcomes = JSON.parse(stdout).backups.map(({ outcome }: { outcome: string }) => outcome);
  assert.deepEqual(outcomes, ["locked", "locked", "locked", "kept"]);
  assert.deepEqual(await listed(env), names);
  const Key = `blue/${names[0]}.zip`;
  const { Versions, DeleteMarkers } = await minio.client.send(
    new ListObjectVersionsCommand({ Bucket: LOCKED, Prefix: Key }),
  );
  assert.deepEqual([Versions?.length, DeleteMarkers], [1, undefined]);
  // Who does not know of the lock, or has stolen the key, hides it; the version cannot be removed.
  await minio.client.send(new DeleteObjectCommand({ Bucket: LOCKED, Key }));
  assert.deepEqual(await listed(env), names.slice(1));
  const { VersionId } = Versions?.[0] ?? {};
  await assert.rejects(
    minio.client.send(new DeleteObjectCommand({ Bucket: LOCKED, Key, VersionId })),
    /WORM protected/,
  );
  const kept = await minio.client.send(new GetObjectCommand({ Bucket: LOCKED, Key, VersionId }));
  assert.deepEqual(
    Buffer.from((await kept.Body?.transformToByteArray()) ?? []),
    await backupBytes(backupTime(names[0] ?? "") ?? new Date()),
  );
});

test("old notes and reports go after their backups; one that may not is a failure, and keeps no other", async () => {
  const names = await putFour(BUCKET, "records");
  const put = async (key: string, Body: string) =>
    await minio.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `records/${key}`, Body }));
  const notes = [];
  for (const hours of [900, 800, 700]) {
    const time = hoursAgo(hours);
    notes.push(`notes/${backupName(time)}.note`);
    await put(`notes/${backupName(time)}.note`, noteText(time, "blue"));
  }
  const report = `reports/${names[0]}.checked`;
  await put(report, "{}");
  // They are as old as they have been in the store.
  const young = await runProgram(PRUNE, { env: environment(BUCKET, "records") });
  assert.equal(young.status, 0, young.stderr);
  assert.deepEqual(JSON.parse(young.stdout).records, []);
  await sleep(1_500);
  const session = await assumeRole(minio, ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"], new Date(), [
    `arn:aws:s3:::${BUCKET}/records/${notes[0]}`,
  ]);
  const args = [...PRUNE, "--keep-reports", "1s"];
  const { status, stdout, stderr } = await runProgram(args, { env: environment(BUCKET, "records", session) });
  assert.equal(status, 3, stderr);
  const records = JSON.parse(stdout).records.map(({ object, outcome }: Record<string, string>) => [
    object,
    outcome,
  ]);
  assert.deepEqual(records, [
    [notes[0], "failed"],
    [notes[1], "removed"],
    [report, "removed"],
  ]);
  assert.match(stderr, /Cannot remove 1 of 3 old notes and reports/);
  const again = await runProgram(args, { env: environment(BUCKET, "records") });
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(JSON.parse(again.stdout).records, [
    { object: notes[0], outcome: "removed", reason: null },
  ]);
});
