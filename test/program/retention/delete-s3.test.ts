/** `kube-backup delete` in buckets: versions, delete markers, object lock, and rights that are missing. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { runProgram } from "../../support/program/program.ts";
import { backupBytes, hoursAgo } from "../../support/samples/sample-backups.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { assumeRole, type Session } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const DAY = 86_400_000;

let minio: S3Server;
let bucket: string;
let made = 0;

before(async () => {
  minio = await startMinio();
});
after(() => minio?.stop());
beforeEach(async () => {
  made += 1;
  bucket = `delete-${made}`;
  // With it comes versioning.
  await minio.client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
});

const keyOf = (name: string) => `blue/${name}.zip`;

async function put(hours: number): Promise<string> {
  const time = hoursAgo(hours);
  const name = backupName(time);
  await minio.client.send(
    new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body: await backupBytes(time) }),
  );
  return name;
}

/** Hides it, as `prune` does. */
async function hide(name: string): Promise<void> {
  await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
}

/** `v` for each version of a key below the prefix, `m` for each delete marker. */
async function stored(of = ""): Promise<string> {
  const { Versions = [], DeleteMarkers = [] } = await minio.client.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: `blue/${of}` }),
  );
  return "v".repeat(Versions.length) + "m".repeat(DeleteMarkers.length);
}

function environment(session?: Session): Record<string, string> {
  return {
    S3TARGET: `s3://${bucket}/blue`,
    ENDPOINT_URI: minio.endpoint,
    AWS_ACCESS_KEY_ID: session?.accessKeyId ?? minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session?.secretAccessKey ?? minio.secretAccessKey,
    ...(session === undefined ? {} : { AWS_SESSION_TOKEN: session.sessionToken }),
    PRUNE_MIN_AGE: "0",
  };
}

async function run(args: string[], { session, status = 0 }: { session?: Session; status?: number } = {}) {
  const result = await runProgram(["delete", "--yes", "-o", "json", ...args], { env: environment(session) });
  assert.equal(result.status, status, `${args.join(" ")}\n${result.stdout}${result.stderr}`);
  const { backups = [] } = result.stdout === "" ? {} : JSON.parse(result.stdout);
  return { stderr: result.stderr, outcomes: backups as Record<string, string | number | null>[] };
}

async function listed(...args: string[]): Promise<string[]> {
  const { stdout } = await runProgram(["list", "-o", "json", ...args], { env: environment() });
  return JSON.parse(stdout).backups.map(({ name }: { name: string }) => name);
}

test("a plain deletion in a bucket with versions says that the bytes stay; --all-versions removes them then", async () => {
  const [first, newest] = [await put(48), await put(1)];
  const { stdout } = await runProgram(["delete", first, "--yes"], { env: environment() });
  assert.match(stdout, /^1 deleted from every list$/m);
  assert.match(stdout, new RegExp(`delete marker.*kube-backup delete --all-versions ${first}`));
  assert.deepEqual(await listed(), [newest]);
  assert.equal(await stored(first), "vm");
  const note = { Bucket: bucket, Key: `blue/notes/${first}.note` };
  await minio.client.send(new PutObjectCommand({ ...note, Body: "a note" }));

  const { outcomes } = await run([first, "--all-versions"]);
  const { outcome, versions, cluster } = outcomes[0] ?? {};
  assert.deepEqual([outcome, versions, typeof cluster], ["deleted", 1, "object"]);
  assert.equal(await stored(first), "");
  assert.equal(await stored("notes/"), "v", "the note outlives it");
  assert.deepEqual(await listed("--deleted"), []);
  const gone = await run([first, "--all-versions"], { status: 1 });
  assert.match(gone.stderr, /holds no such backup/);
  assert.equal((await run([await put(30)])).outcomes[0]?.["outcome"], "hidden");
});

test("without versions there is one, and it is gone", async () => {
  bucket = `plain-${made}`;
  await minio.createBucket(bucket);
  const [first, second] = [await put(48), await put(47)];
  await put(1);
  assert.equal((await run([first])).outcomes[0]?.["outcome"], "deleted");
  assert.deepEqual((await run([second, "--all-versions"])).outcomes[0]?.["versions"], 1);
  assert.equal(await stored(), "v");
});

test("every version and marker goes, of both forms, and nothing else", async () => {
  const [first, second] = [await put(48), await put(47)];
  await put(1);
  await hide(first);
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `blue/${first}.zip.age`, Body: "x" }));
  await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `blue/${first}.zip.age` }));
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(first), Body: "planted" }));
  await minio.client.send(
    new PutObjectCommand({ Bucket: bucket, Key: `blue/${first}.zip.sha256`, Body: "x" }),
  );
  assert.equal(await stored(first), "vvvvmm");
  const dry = await run([first, "--all-versions", "--dry-run"]);
  assert.deepEqual([dry.outcomes[0]?.["outcome"], dry.outcomes[0]?.["versions"]], ["planned", 3]);
  assert.equal(await stored(first), "vvvvmm");
  await run([first, "--all-versions"]);
  assert.equal(await stored(first), "v", "what has another name stays");
  assert.equal(await stored(second), "v");
});

test("where two forms are visible, nothing of either goes", async () => {
  const first = await put(48);
  await put(1);
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `blue/${first}.zip.age`, Body: "x" }));
  for (const more of [[], ["--all-versions"]]) {
    const { outcomes } = await run([first, ...more], { status: 1 });
    assert.equal(outcomes[0]?.["outcome"], "refused");
    assert.match(String(outcomes[0]?.["reason"]), /one of them may be somebody else's/);
  }
  assert.equal(await stored(first), "vv");
});

test("what is locked stays and is told; nothing hidden appears again", async () => {
  const [locked, held, free] = [await put(50), await put(49), await put(48)];
  const newest = await put(1);
  const until = new Date(Date.now() + 2 * DAY);
  await minio.client.send(
    new PutObjectRetentionCommand({
      ...{ Bucket: bucket, Key: keyOf(locked) },
      Retention: { Mode: "GOVERNANCE", RetainUntilDate: until },
    }),
  );
  await minio.client.send(
    new PutObjectLegalHoldCommand({ Bucket: bucket, Key: keyOf(held), LegalHold: { Status: "ON" } }),
  );
  // Above the locked version: a delete marker, another version, and one more marker.
  await hide(locked);
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(locked), Body: "planted" }));
  await hide(locked);
  const day = until.toISOString().slice(0, 10);
  const { outcomes } = await run([locked, held, free, "--all-versions"]);
  assert.deepEqual(
    outcomes.map(({ name, outcome, reason }) => [name, outcome, reason?.toString().replace(/^.*: /, "")]),
    [
      [locked, "locked", `it is locked until ${day}`],
      [held, "locked", "it is locked by a legal hold"],
      [free, "deleted", undefined],
    ],
  );
  assert.equal(await stored(locked), "vm");
  assert.deepEqual(await listed(), [held, newest]);
  const plain = await run([held]);
  assert.equal(plain.outcomes[0]?.["outcome"], "locked");
  assert.deepEqual(await listed(), [held, newest]);
});

test("what was removed is refused where it is all that is left of its cluster", async () => {
  const time = hoursAgo(48);
  const green = backupName(time);
  const Body = await backupBytes(time, 10, { clusterId: "green" });
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(green), Body }));
  await hide(green);
  await put(1);
  const refused = await run([green, "--all-versions"], { status: 1 });
  assert.match(refused.stderr, /no valid backup of green would be left; nothing is deleted/);
  assert.equal(await stored(green), "vm");
  await run([green, "--all-versions", "--force"]);
  assert.equal(await stored(green), "");
});

test("without the right to remove versions each is told and stays", async () => {
  await minio.client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const first = await put(48);
  await put(1);
  const session = await assumeRole(minio, [
    ...["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject"],
  ]);
  const { outcomes, stderr } = await run([first, "--all-versions"], { session, status: 1 });
  assert.equal(outcomes[0]?.["outcome"], "failed", stderr);
  assert.match(String(outcomes[0]?.["reason"]), /access denied/);
  assert.match(stderr, /Allow .*s3:DeleteObjectVersion/);
  const blind = await assumeRole(minio, ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"]);
  const unlisted = await run([first, "--all-versions"], { session: blind, status: 1 });
  assert.match(unlisted.stderr, /Allow s3:ListBucketVersions/);
  assert.equal(await stored(first), "v");
});
