/**
 * What somebody who can write to the bucket can do where backups are signed: each attack against MinIO and an API server. The
 * table is that of docs/threat-model.md.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { exists, FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { runProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup, type Pair } from "../../support/samples/signed-backup.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "backups";
const SHOP = "/api/v1/namespaces/shop";
const OWN = new SigningKey(Buffer.alloc(32, 1));
const STRANGER = new SigningKey(Buffer.alloc(32, 2));

let cluster: ControlPlane;
let server: S3Server;
let signersFile: string;
let places = 0;
let prefix = "";

withTestBed(async (bed) => {
  ({ cluster } = bed);
  server = await startMinio();
  await server.createBucket(BUCKET);
  await server.client.send(
    new PutBucketVersioningCommand({
      Bucket: BUCKET,
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );
  signersFile = path.join(bed.folder, "allowed_signers");
  const key = OWN.publicKey.blob.toString("base64");
  await writeFile(signersFile, `blue namespaces="kube-backup" ssh-ed25519 ${key}\n`);
});
after(() => server?.stop());

beforeEach(async () => {
  prefix = `case-${++places}`;
  await remove(cluster, SHOP);
  await Promise.all([remove(cluster, FLAG), remove(cluster, RECORD)]);
});

/** A backup of the cluster "blue", with its note, signed by a key. */
const made: typeof notedBackup = (time, options) => notedBackup(time, { key: OWN, ...options });

async function putObject(key: string, Body: Buffer): Promise<void> {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${prefix}/${key}`, Body }));
}

async function put({ name, zip, note }: Pair): Promise<string> {
  await putObject(`${name}.zip`, zip);
  if (note !== undefined) await putObject(`notes/${name}.note`, note);
  return name;
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    ...programEnvironment(cluster, server, BUCKET),
    S3TARGET: `s3://${BUCKET}/${prefix}`,
    CLUSTER_NAME: "blue",
    ALLOWED_SIGNERS_FILE: signersFile,
    ...more,
  };
}

/** The gate of a cluster without a restore flag, which must end, and restore nothing. */
async function gateRefuses(more: Record<string, string> = {}): Promise<string> {
  const { status, stderr } = await runProgram(["run"], { env: environment(more) });
  assert.equal(status, 1, stderr);
  assert.equal(await exists(cluster, SHOP), false, "something was restored");
  assert.equal(await exists(cluster, FLAG), false, "the restore flag was written");
  assert.equal(await exists(cluster, RECORD), false, "a restore was begun");
  return stderr;
}

/** Which backup a restore by hand takes for the latest. */
async function latest(): Promise<string> {
  const args = ["restore", "latest", "--dry-run", "-o", "json", "--yes"];
  const { stdout, stderr } = await runProgram(args, { env: environment() });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout).backup;
}

/** What `prune --keep-last 1` leaves, and removes. */
async function prune(): Promise<{ kept: string[]; removed: string[] }> {
  const args = ["prune", "--keep-last", "1", "--min-age", "0", "--yes", "-o", "json"];
  const { status, stdout, stderr } = await runProgram(args, { env: environment() });
  assert.equal(status, 0, stderr);
  const backups: { name: string; outcome: string }[] = JSON.parse(stdout).backups;
  const of = (outcome: string) => backups.filter((each) => each.outcome === outcome).map(({ name }) => name);
  return { kept: of("kept"), removed: of("removed") };
}

const minutesAgo = (minutes: number) => hoursAgo(minutes / 60);

/** Each puts something into the bucket that is newer than the good one. Gives the name that must not be used. */
const ATTACKS: Record<string, (good: Pair) => Promise<string>> = {
  "an old backup renamed to now": (good) => put({ ...good, name: backupName(minutesAgo(1)) }),
  "an old archive renamed to now, without its note": (good) =>
    put({ ...good, name: backupName(minutesAgo(1)), note: undefined }),
  "an old archive renamed to now, with another time in its note": async (good) => {
    const name = backupName(minutesAgo(1));
    const time = minutesAgo(1).toISOString().replace(/\.\d+/, "");
    const note = good.note
      ?.toString()
      .replaceAll(good.name, name)
      .replace(/^time: .*$/m, `time: ${time}`);
    return await put({ ...good, name, note: Buffer.from(note ?? "") });
  },
  "a forged archive without a note": async () => put({ ...(await made(minutesAgo(1))), note: undefined }),
  "a forged archive with an unsigned note": async () => {
    const forged = await made(minutesAgo(1));
    const end = forged.note?.indexOf("-----BEGIN") ?? 0;
    return await put({ ...forged, note: forged.note?.subarray(0, end) });
  },
  "a forged archive with a stranger's signature": async () =>
    put(await made(minutesAgo(1), { key: STRANGER })),
  "a forged archive with an empty note": async () =>
    put({ ...(await made(minutesAgo(1))), note: Buffer.alloc(0) }),
  "a forged archive with the signed note of another": async (good) =>
    put({ ...(await made(minutesAgo(1))), note: good.note }),
  "a time in the future": async () => put(await made(minutesAgo(-300))),
  "both forms under one name, with a stranger's note": async () => {
    const newer = await made(minutesAgo(1), { key: STRANGER });
    await putObject(`${newer.name}.zip.age`, newer.zip);
    return await put(newer);
  },
};

describe("Where backups are signed, whoever writes to the bucket gets nothing restored by", () => {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    test(what, async () => {
      const stale = await made(hoursAgo(72));
      await put(stale);
      const bad = await attack(stale);
      const stderr = await gateRefuses();
      assert.match(
        stderr,
        /MAXRESTOREAGE|older than/,
        "the signed backup is too old, and counts as the newest",
      );
      assert.equal(await latest(), stale.name);
      assert.notEqual(bad, stale.name);
      assert.match(stderr, new RegExp(`"backup":"${bad}"`), "what was passed over is told");
    });
  }

  /** Each changes the newest backup itself, so that the one before counts. */
  const CHANGES: Record<string, (newest: Pair) => Promise<Pair>> = {
    "another archive of the same size under a signed note": async (newest) => {
      const other = await made(minutesAgo(1), { objects: 4 });
      const zip = Buffer.concat([other.zip, Buffer.alloc(newest.zip.length)]).subarray(0, newest.zip.length);
      return { ...newest, zip };
    },
    "a truncated archive": async (newest) => ({ ...newest, zip: newest.zip.subarray(0, -30) }),
    "a byte flipped in each 1,000": async (newest) => {
      const zip = Buffer.from(newest.zip);
      for (let at = 500; at < zip.length; at += 1000) zip[at] = (zip[at] ?? 0) ^ 0x10;
      return { ...newest, zip };
    },
    "a removed note": async (newest) => ({ ...newest, note: undefined }),
    "a note with one byte changed": async (newest) => {
      const note = Buffer.from(newest.note ?? "");
      note[note.indexOf("revision: ") + 10] = 0x39;
      return { ...newest, note };
    },
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    test(what, async () => {
      const before = await made(minutesAgo(50));
      await put(before);
      const changed = await change(await made(minutesAgo(5), { objects: 300 }));
      await put(changed);
      assert.equal(await latest(), before.name);
      const { kept, removed } = await prune();
      assert.ok(
        kept.includes(before.name) && !removed.includes(before.name),
        JSON.stringify({ kept, removed }),
      );
    });
  }

  test("a store that holds only what nobody has signed is an error, and never one without backups", async () => {
    await put({ ...(await made(minutesAgo(1))), note: undefined });
    assert.match(await gateRefuses(), /nobody in ALLOWED_SIGNERS has signed/);
  });

  test("junk does not make retention remove a good one", async () => {
    const good = await put(await made(minutesAgo(90)));
    for (const minutes of [1, 2, 3, 4, 5])
      await put(await made(minutesAgo(minutes), { key: STRANGER, objects: 50 }));
    const { kept, removed } = await prune();
    assert.deepEqual({ kept, removed }, { kept: [good], removed: [] });
  });

  test("the newest that is removed leaves the one before, which is judged by its own age", async () => {
    await put(await made(hoursAgo(72)));
    const newest = await put(await made(minutesAgo(5)));
    await server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${prefix}/${newest}.zip` }));
    assert.match(await gateRefuses(), /MAXRESTOREAGE|older than/);
  });

  test("the other form under a signed name is ignored, and not removed in its place", async () => {
    const good = await made(minutesAgo(5));
    await putObject(`${good.name}.zip.age`, good.zip);
    await put(good);
    assert.equal(await latest(), good.name);
    const listed = await runProgram(["list", "--long", "-o", "json"], { env: environment() });
    const [row, ...others] = JSON.parse(listed.stdout).backups;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [row.state, row.used, row.encrypted, row.ignored],
      ["ok", true, false, `${good.name}.zip.age`],
    );
    const newest = await put(await made(minutesAgo(1)));
    assert.deepEqual(await prune(), { kept: [newest], removed: [good.name] });
    const left = await server.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${prefix}/` }));
    const keys = left.Contents?.map(({ Key }) => Key) ?? [];
    assert.ok(keys.includes(`${prefix}/${good.name}.zip.age`), "what is not ours is left");
    assert.ok(!keys.includes(`${prefix}/${good.name}.zip`));
  });

  test("backups that are all hidden are no empty store", async () => {
    const stored = [await put(await made(minutesAgo(90))), await put(await made(minutesAgo(5)))];
    const hide = (key: string) =>
      server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${prefix}/${key}` }));
    for (const name of stored) await hide(`${name}.zip`);
    assert.match(await gateRefuses(), new RegExp(`holds the note of ${stored[1]}, and no backup`));
    const status = await runProgram(["status", "-o", "json"], {
      env: environment({ FREQUENCY: "60", MAXRESTOREAGE: "60" }),
    });
    assert.deepEqual(JSON.parse(status.stdout).gate, { action: "error", because: "only notes" });
    const { stdout } = await runProgram(["list", "--deleted", "-o", "json"], { env: environment() });
    assert.deepEqual(
      JSON.parse(stdout).backups.map(({ name }: { name: string }) => name),
      stored,
    );
    // With the notes gone too, only the settings tell that there was something.
    for (const name of stored) await hide(`notes/${name}.note`);
    assert.match(await gateRefuses({ EXPECT_BACKUP: "true" }), /EXPECT_BACKUP is set/);
  });

  test("a backup that is named is refused, unless --unsigned is given", async () => {
    const unsigned = await put({ ...(await made(minutesAgo(1))), note: undefined });
    const args = ["restore", unsigned, "--dry-run", "-o", "json"];
    const refused = await runProgram(args, { env: environment() });
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(refused.stderr, /it has no note, and so no signature/);
    const { stdout } = await runProgram([...args, "--unsigned"], { env: environment() });
    assert.equal(JSON.parse(stdout).backup, unsigned);
  });

  test("a removal without ALLOWED_SIGNERS is refused where backups are signed", async () => {
    const [old] = [await put(await made(minutesAgo(90))), await put(await made(minutesAgo(5)))];
    const env = environment({ ALLOWED_SIGNERS_FILE: "" });
    const args = ["prune", "--keep-last", "1", "--min-age", "0", "--yes", "-o", "json"];
    const refused = await runProgram(args, { env });
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(refused.stderr, /ALLOWED_SIGNERS does not say whose signatures count/);
    const { stdout, status } = await runProgram([...args, "--unsigned"], { env });
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`"${old}"`));
  });
});
