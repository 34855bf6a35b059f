/** Every row of the restore gate, by the program itself against a real API server and MinIO. */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import JSZip from "jszip";
import { newIdentity } from "../../../src/encryption/new-identity.ts";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { encrypted } from "../../support/encryption/age-files.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { backupBytes, type SampleFacts } from "../../support/samples/sample-backups.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { assumeRole } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { CTRL_C, runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { whyNoTerminal } from "../../support/terminal/terminal.ts";
import { until } from "../../support/until.ts";

const MINUTE = 60_000;
const FOLDER = "clusters/blue";
const SHOP = "/api/v1/namespaces/shop";

let cluster: ControlPlane;
let minio: S3Server;
/** Key of a whole backup of the shop, in a bucket of its own. */
let original: { bucket: string; key: string; manifest: string };
let bucket: string;
let buckets = 0;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket("original");
  await loadApplication(cluster, "shop");
  const taken = await runProgram(["backup", "-o", "json"], {
    env: programEnvironment(cluster, minio, "original"),
  });
  assert.equal(taken.status, 0, taken.stderr);
  const key = `${FOLDER}/${JSON.parse(taken.stdout).name}.zip`;
  original = { bucket: "original", key, manifest: "" };
  const sum = (await readOriginal()).file("MANIFEST.sha256");
  original.manifest = ((await sum?.async("string")) ?? "").slice(0, 64);
});

after(async () => {
  await Promise.all([cluster?.stop(), minio?.stop()]);
});

beforeEach(async () => {
  bucket = `case-${++buckets}`;
  await minio.createBucket(bucket);
  await Promise.all([remove(cluster, SHOP), remove(cluster, FLAG), remove(cluster, RECORD)]);
});

/** The name of a backup so many minutes ago. */
function nameOf(minutesAgo: number): string {
  const stamp = new Date(Date.now() - minutesAgo * MINUTE)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  return `backup_${stamp}`;
}

/** Puts a copy of the whole backup into the case's bucket, under the name of so many minutes ago. */
async function putBackup(minutesAgo: number): Promise<string> {
  const name = nameOf(minutesAgo);
  const CopySource = `${original.bucket}/${original.key}`;
  await minio.client.send(
    new CopyObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${name}.zip`, CopySource }),
  );
  return name;
}

async function readOriginal(): Promise<JSZip> {
  const got = await minio.client.send(new GetObjectCommand({ Bucket: original.bucket, Key: original.key }));
  return await JSZip.loadAsync((await got.Body?.transformToByteArray()) ?? "");
}

/** The same, encrypted. */
async function putEncryptedBackup(minutesAgo: number, recipient: string): Promise<void> {
  const got = await minio.client.send(new GetObjectCommand({ Bucket: original.bucket, Key: original.key }));
  const bytes = (await got.Body?.transformToByteArray()) ?? new Uint8Array();
  const Body = await encrypted(bytes, { keys: [recipient], type: "X25519" });
  const Key = `${FOLDER}/${nameOf(minutesAgo)}.zip.age`;
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

/** The same with a ConfigMap's content changed: a zip without fault that is not what its manifest says. */
async function putDamagedBackup(minutesAgo: number): Promise<string> {
  const name = nameOf(minutesAgo);
  const zip = await readOriginal();
  const path = "namespaces/shop/configmaps.json";
  const text = (await zip.file(path)?.async("string")) ?? "";
  assert.match(text, /"blue"/);
  zip.file(path, text.replace('"blue"', '"pink"'), { createFolders: false });
  const Body = await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${name}.zip`, Body }));
  return name;
}

async function createFlag(): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
}

/** Puts down that a restore of a backup was begun, as the gate does. */
async function createRecord(backup: string): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces/kube-system/configmaps", {
    metadata: { name: "kube-backup-restore" },
    data: {
      backup,
      store: `s3://${bucket}/${FOLDER}`,
      manifest: original.manifest,
      judged: "own cluster",
      begun: new Date().toISOString(),
      holder: "somewhere_1_0123456789ab",
    },
  });
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return programEnvironment(cluster, minio, bucket, more);
}

/** Runs until a line of the log matches, then stops it as Kubernetes would. */
async function runUntil(pattern: RegExp, env = environment()): Promise<ProgramResult> {
  const program = startProgram(["run"], { env });
  try {
    await program.saw(pattern);
  } finally {
    program.child.kill("SIGTERM");
  }
  return await program.ended;
}

/** Runs it to its end, which must be a failure that changed nothing. */
async function runRefused(pattern: RegExp, env = environment()): Promise<ProgramResult> {
  const result = await runProgram([], { env });
  assert.equal(result.status, 1, result.stderr);
  assert.match(result.stderr, pattern);
  assert.equal(await exists(cluster, SHOP), false, "nothing is restored");
  assert.equal(await exists(cluster, FLAG), false, "no flag is written");
  return result;
}

test("with the flag nothing is restored, and backups are taken", async () => {
  await createFlag();
  await putBackup(30);
  const result = await runUntil(/"msg":"Backup stored"/);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /No restore: the namespace backuprestore-donotuse exists/);
  assert.equal(await exists(cluster, SHOP), false);
});

describe("on a terminal, with a kubeconfig", { skip: whyNoTerminal() }, () => {
  test("run shows cluster and plan, and restores nothing without a yes", async () => {
    const name = await putBackup(30);
    const { status, screen } = await runOnTerminal(["run"], { env: environment() }, [
      [/Restore \S+ into \S+ \(https:\S+\)\? \[y\/N\] /, "n\n"],
    ]);
    assert.equal(status, 1, screen);
    assert.match(screen, new RegExp(`Cluster +\\S+ \\(${cluster.server}\\)`));
    assert.match(screen, /Gate +would restore the newest backup that is whole/);
    assert.match(screen, /Then +a backup every minute/);
    assert.match(screen, new RegExp(`Backup +${name}`));
    assert.match(screen, /KIND +TO CREATE/);
    assert.match(screen, /Not restored: the question was not answered with yes/);
    assert.equal(await exists(cluster, SHOP), false);
    assert.equal(await exists(cluster, FLAG), false);
  });

  test("run restores after a yes, and goes on", async () => {
    await putBackup(30);
    const { status, screen } = await runOnTerminal(["run"], { env: environment() }, [
      [/\[y\/N\] /, "y\n"],
      [/Backup stored/, CTRL_C],
    ]);
    assert.equal(status, 130, screen);
    assert.equal(await exists(cluster, SHOP), true);
    assert.equal(await exists(cluster, FLAG), true);
  });

  test("run --yes does not ask", async () => {
    await putBackup(30);
    const { screen } = await runOnTerminal(["run", "--yes"], { env: environment() }, [
      [/Backup stored/, CTRL_C],
    ]);
    assert.doesNotMatch(screen, /\[y\/N\]/);
    assert.equal(await exists(cluster, SHOP), true);
  });

  test("run asks before it writes the flag, and before it removes backups", async () => {
    const env = environment();
    const first = await runOnTerminal(["run"], { env }, [
      [/Write the restore flag into .*\? \[y\/N\] /, "\n"],
    ]);
    assert.equal(first.status, 1, first.screen);
    assert.equal(await exists(cluster, FLAG), false);
    await createFlag();
    const pruning = { env: environment({ KEEP_LAST: "1" }) };
    const second = await runOnTerminal(["run"], pruning, [[/remove backups from s3:.*\? \[y\/N\] /, "n\n"]]);
    assert.equal(second.status, 1, second.screen);
  });
});

test("with neither flag nor backups there is nothing to restore, and the flag is written", async () => {
  const result = await runUntil(/"msg":"Backup stored"/);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /Nothing to restore/);
  const flag = await cluster.request("GET", FLAG);
  assert.equal(flag.metadata.annotations["kube-backup/reason"], "nothing to restore");
});

test("a slip in the prefix is a warning with the way back, at the first start and after the correction", async () => {
  await putBackup(30);
  const slip = environment({ S3TARGET: `s3://${bucket}/clusters/bleu` });
  const beside = new RegExp(
    `No backups in s3://${bucket}/clusters/bleu\\. There are backups in s3://${bucket}/clusters/blue`,
  );
  for (const args of [["list"], ["restore", "--yes"], ["status"]]) {
    const { stdout, stderr } = await runProgram(args, { env: slip });
    assert.match(stdout + stderr, beside, args.join(" "));
  }
  const missing = await runProgram(["list"], { env: environment({ S3TARGET: `s3://${bucket}` }) });
  assert.match(missing.stdout, new RegExp(`There are backups in s3://${bucket}/clusters/blue`));

  const expected = { ...slip, EXPECT_BACKUP: "true" };
  await runRefused(
    /Cannot restore: EXPECT_BACKUP is set\. No backups in .*\. There are backups in /,
    expected,
  );

  const first = await runUntil(/Nothing to restore/, slip);
  assert.match(
    first.stderr,
    /"level":"warn".*"advice":"To restore from there: .*Nothing to restore\. No backups/,
  );
  assert.match(first.stderr, beside);
  const restart = await runUntil(/No restore/);
  const told = new RegExp(
    `"level":"warn".*No restore: .*because s3://${bucket}/clusters/bleu held no backups, and S3TARGET is s3://${bucket}/clusters/blue`,
  );
  assert.match(restart.stderr, told);
  assert.equal(await exists(cluster, SHOP), false);

  await remove(cluster, FLAG);
  await runUntil(/Restored backup_/, environment({ EXPECT_BACKUP: "true" }));
  assert.equal(await exists(cluster, SHOP), true);
});

test("what exists and differs is named, and what was created since the interrupted run is put right", async () => {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  const settings = `${SHOP}/configmaps/settings`;
  await cluster.request("POST", `${SHOP}/configmaps`, {
    metadata: { name: "settings" },
    data: { color: "own" },
  });
  const backup = await putBackup(30);
  const first = await runUntil(/"msg":"Restored backup_/);
  assert.match(first.stderr, /"objects":\["ConfigMap shop\/settings"\],.*left as they are/);
  assert.equal((await cluster.request("GET", settings)).data.color, "own");

  await Promise.all([remove(cluster, FLAG), remove(cluster, settings)]);
  // As after a kill: a controller has made its own meanwhile.
  await createRecord(backup);
  await cluster.request("POST", `${SHOP}/configmaps`, {
    metadata: { name: "settings" },
    data: { color: "own" },
  });
  const second = await runUntil(/"msg":"Restored backup_/);
  assert.doesNotMatch(second.stderr, /left as they are/);
  assert.equal((await cluster.request("GET", settings)).data.color, "blue");
});

test("a Pod without a controller that a policy refuses by now is a warning", async () => {
  const secured = "/api/v1/namespaces/secured";
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "secured" } });
  const securityContext = { privileged: true };
  await cluster.request("POST", `${secured}/pods`, {
    metadata: { name: "root" },
    spec: { containers: [{ name: "c", image: "example.com/c", securityContext }] },
  });
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await cluster.request("PATCH", secured, { metadata: { labels } });
  const taken = await runProgram(["backup", "--kinds", "+pods"], { env: environment() });
  assert.equal(taken.status, 0, taken.stderr);
  await remove(cluster, secured);
  const result = await runUntil(/"msg":"Restored backup_/);
  assert.match(result.stderr, /"level":"warn".*"object":"root".*violates PodSecurity/);
  assert.equal(await exists(cluster, FLAG), true);
  assert.equal(await exists(cluster, `${secured}/pods/root`), false);
  await remove(cluster, secured);
});

test("after a first start a restart restores nothing over the cluster that has lived on", async () => {
  await runUntil(/"msg":"Backup stored"/);
  const result = await runUntil(/No restore/);
  assert.equal(result.status, 0, result.stderr);
});

test("without the flag a fresh backup is restored, and the flag written with what, whence and when", async () => {
  await putBackup(90);
  const name = await putBackup(30);
  const result = await runUntil(/"msg":"Next backup"|"msg":"Backup stored"/);
  assert.equal(result.status, 0, result.stderr);
  const { data } = await cluster.request("GET", `${SHOP}/configmaps/settings`);
  assert.deepEqual(data, { color: "blue" });
  const { annotations } = (await cluster.request("GET", FLAG)).metadata;
  assert.equal(annotations["kube-backup/reason"], "restored");
  assert.equal(annotations["kube-backup/backup"], name);
  assert.equal(annotations["kube-backup/store"], `s3://${bucket}/${FOLDER}`);
  assert.ok(Date.now() - Date.parse(annotations["kube-backup/time"]) < MINUTE);
  assert.equal(await exists(cluster, RECORD), false, "the record of the restore is gone");
});

test("a restore killed between its flag and the removal of its record is not run again", async () => {
  const name = await putBackup(30);
  await createFlag();
  await createRecord(name);
  await runUntil(/No restore: /);
  assert.equal(await exists(cluster, SHOP), false, "nothing is restored");
  assert.equal(await exists(cluster, RECORD), false, "the record of the restore is gone");
});

test("without the flag a stale backup is an error", async () => {
  const name = await putBackup(61);
  await runRefused(
    new RegExp(
      `Cannot restore: the newest backup ${name} is 61 minutes old, and MAXRESTOREAGE is 60 minutes`,
    ),
  );
});

test("status ends with 1 where the newest backup is stale, and says where the flag is missing", async () => {
  const name = await putBackup(61);
  const stale = await runProgram(["status"], { env: environment() });
  assert.equal(stale.status, 1, stale.stderr);
  assert.match(stale.stderr, new RegExp(`Cannot rely on the backups: .*${name}`));
  const missing = /This cluster has no namespace backuprestore-donotuse.*/;
  const way = /kubectl create namespace backuprestore-donotuse/;
  for (const pattern of [missing, way]) assert.match(stale.stdout + stale.stderr, pattern);
  const taken = await runProgram(["backup"], { env: environment() });
  assert.equal(taken.status, 0, taken.stderr);
  for (const pattern of [missing, way]) assert.match(taken.stderr, pattern);
  await createFlag();
  const fresh = await runProgram(["status"], { env: environment() });
  assert.equal(fresh.status, 0, fresh.stderr);
  assert.doesNotMatch(fresh.stdout + fresh.stderr, missing);
});

test("a store that does not answer is an error", async () => {
  await runRefused(
    /Cannot list backups in .*: the server at http:\/\/127\.0\.0\.1:9 refuses the connection/,
    environment({ ENDPOINT_URI: "http://127.0.0.1:9" }),
  );
});

test("a bucket that is missing is an error", async () => {
  await runRefused(/Cannot .*bucket/, environment({ S3TARGET: "s3://no-such-bucket/clusters/blue" }));
});

test("keys that are refused are an error", async () => {
  await runRefused(
    /Cannot list backups in .*: the secret key does not belong to the access key/,
    environment({ AWS_SECRET_ACCESS_KEY: "not-the-key" }),
  );
});

test("access that is denied is an error", async () => {
  await putBackup(30);
  const session = await assumeRole(minio, ["s3:PutObject"]);
  await runRefused(
    /Cannot list backups in .*: access is denied|Cannot list backups in .*denied/,
    environment({
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    }),
  );
});

test("a bucket with nothing but the older script's backups is an error", async () => {
  const Key = `${FOLDER}/backup_20190101T000000Z.tgz`;
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "tgz" }));
  await runRefused(/holds only backups of the older script \(backup_\*\.tgz\)/);
});

test("other things in the bucket are no backups", async () => {
  for (const name of [
    "notes.txt",
    "backup_99999999T999999Z.zip",
    "backup_20260101T000000Z.zip.part",
    "x/backup_20260101T000000Z.zip",
  ]) {
    await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${name}`, Body: "x" }));
  }
  const result = await runUntil(/Nothing to restore/);
  assert.equal(result.status, 0, result.stderr);
});

test("a damaged newest backup is named loudly, and the next newest that is fresh is restored", async () => {
  const whole = await putBackup(40);
  const damaged = await putDamagedBackup(30);
  const result = await runUntil(/Restored backup_/);
  assert.match(result.stderr, new RegExp(`"level":"error".*"backup":"${damaged}".*damaged`));
  assert.equal((await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"], whole);
  assert.equal(await exists(cluster, SHOP), true);
});

test("when every fresh backup is damaged none is restored, not even a whole one that is stale", async () => {
  await putBackup(90);
  const damaged = await putDamagedBackup(30);
  await runRefused(new RegExp(`every backup that is fresh is damaged: ${damaged}`));
});

test("a backup from the future is an error at the gate", async () => {
  await putBackup(30);
  const name = await putBackup(-60);
  await runRefused(new RegExp(`the newest backup ${name} is from the future`));
});

test("what is from the future and cannot be read is named and passed over", async () => {
  const name = await putBackup(30);
  const junk = nameOf(-60);
  await minio.client.send(
    new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${junk}.zip`, Body: "junk!" }),
  );
  const shown = await runProgram(["status"], { env: environment() });
  assert.match(shown.stdout, new RegExp(`^Newest backup +${name}, 30m ago, `, "m"));
  assert.match(shown.stdout, /^Gate +would restore/m);
  const { stderr } = await runUntil(/"msg":"(Next backup|Backup stored)"/);
  const passed = new RegExp(
    `"level":"warn".*${junk} is named as a backup from the future and cannot be read`,
  );
  assert.match(stderr, passed);
  assert.match(stderr, /This is named as a backup from the future and cannot be read/);
  assert.equal((await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"], name);
});

test("where nothing can be read, no flag is written", async () => {
  const Key = `${FOLDER}/${nameOf(-60)}.zip`;
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "junk!" }));
  await runRefused(/Cannot restore: s3:\S+ holds nothing that counts: backup_/);
});

/** Puts a backup of a cluster into the case's bucket that no restore could take, under the name of so many minutes ago. */
async function putSample(minutesAgo: number, facts: SampleFacts): Promise<string> {
  const name = nameOf(minutesAgo);
  const Body = await backupBytes(new Date(Date.now() - minutesAgo * MINUTE), 10, facts);
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${name}.zip`, Body }));
  return name;
}

async function clusterId(): Promise<string> {
  return (await cluster.request("GET", "/api/v1/namespaces/kube-system")).metadata.uid;
}

test("two clusters that wrote within MAXRESTOREAGE are an error that names the setting that chooses", async () => {
  const id = await clusterId();
  const own = await putBackup(40);
  await putSample(30, { cluster: GREEN });
  const { stderr } = await runRefused(
    new RegExp(
      `Cannot restore: 2 clusters wrote into .* within MAXRESTOREAGE: green \\(id-green\\) and ${id}`,
    ),
  );
  assert.match(stderr, /Set RESTORE_CLUSTER to the name or uid/);
  assert.equal(await exists(cluster, RECORD), false);
  await runRefused(
    /RESTORE_CLUSTER is red, and only green \(id-green\) and /,
    environment({ RESTORE_CLUSTER: "red" }),
  );
  await runUntil(/Restored backup_/, environment({ RESTORE_CLUSTER: id }));
  const { annotations } = (await cluster.request("GET", FLAG)).metadata;
  assert.equal(annotations["kube-backup/backup"], own);
  assert.equal(annotations["kube-backup/cluster"], id);
});

const GREEN = { id: "id-green", name: "green", kubernetesVersion: "v1.36.3" };

test("backup by hand refuses beside another cluster's newest without --take-over", async () => {
  await createFlag();
  const theirs = await putSample(30, { cluster: GREEN });
  const backup = (...args: string[]) => runProgram(["backup", ...args], { env: environment() });
  const refused = await backup();
  assert.equal(refused.status, 1, refused.stderr);
  const reason = `Cannot back up: the newest backup in \\S+, ${theirs}, is of another cluster, green \\(id-green\\); this one is`;
  assert.match(refused.stderr, new RegExp(reason));
  assert.match(refused.stderr, /--take-over/);
  const taken = await backup("--take-over");
  assert.equal(taken.status, 0, taken.stderr);
  const own = await backup();
  assert.equal(own.status, 0, own.stderr);
});

test("run warns of another cluster that writes into its place", async () => {
  await createFlag();
  const theirs = await putSample(30, { cluster: GREEN });
  const { stderr } = await runUntil(/"msg":"Backup stored"/);
  const warning = `"level":"warn".*"${theirs}".*Another cluster writes into \\S+ too: green \\(id-green\\)`;
  assert.match(stderr, new RegExp(warning));
});

test("a cluster that was restored from another one's backup goes on in its place", async () => {
  await putSample(30, { cluster: GREEN });
  const annotations = {
    "kube-backup/reason": "restored",
    "kube-backup/backup": nameOf(30),
    "kube-backup/cluster": GREEN.id,
    "kube-backup/time": new Date(Date.now() - 20 * MINUTE).toISOString(),
  };
  await cluster.request("POST", "/api/v1/namespaces", {
    metadata: { name: "backuprestore-donotuse", annotations },
  });
  const { stderr } = await runUntil(/"msg":"Backup stored"/);
  assert.doesNotMatch(stderr, /Another cluster/);
  const taken = await runProgram(["backup"], { env: environment() });
  assert.equal(taken.status, 0, taken.stderr);
});

test("a backup of another name than CLUSTER_NAME is an error", async () => {
  await putSample(30, { cluster: GREEN });
  const { stderr } = await runRefused(
    /Cannot restore: backup_\w+ is of the cluster green, and CLUSTER_NAME is blue/,
    environment({ CLUSTER_NAME: "blue" }),
  );
  assert.match(stderr, /RESTORE_CLUSTER=green/);
  assert.equal(await exists(cluster, RECORD), false);
});

test("a whole backup goes before a newer one that lacks a kind, in the gate and as latest", async () => {
  const whole = await putBackup(30);
  const missing = [{ resource: "deployments.apps", reason: "the server has gone away" }];
  const lacking = await putSample(20, { clusterId: await clusterId(), missing });
  const word = new RegExp(
    `${whole} goes before the newer ${lacking}, in which deployments.apps could not be read`,
  );
  const got = await runProgram(["get", "configmaps", "-n", "shop"], { env: environment() });
  assert.equal(got.status, 0, got.stderr);
  assert.match(got.stderr, word);
  const { stderr } = await runUntil(/Restored backup_/);
  assert.match(stderr, word);
  assert.equal((await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"], whole);
});

test("a backup from the future does not keep the loop from taking backups", async () => {
  await createFlag();
  await putBackup(-60);
  const result = await runUntil(/"msg":"Backup stored"/);
  assert.equal(result.status, 0, result.stderr);
});

test("a flag that is being deleted is waited for", async () => {
  await createFlag();
  const holder = `${FLAG}/configmaps/holder`;
  await cluster.request("POST", `${FLAG}/configmaps`, {
    metadata: { name: "holder", finalizers: ["example.com/holds"] },
  });
  await cluster.request("DELETE", FLAG);
  await putBackup(30);
  const program = startProgram(["run"], { env: environment() });
  try {
    await program.saw(/backuprestore-donotuse is being deleted; waiting/);
    assert.equal(await exists(cluster, SHOP), false, "nothing is restored while the flag is there");
    await cluster.request("PATCH", holder, { metadata: { finalizers: null } });
    await program.saw(/Restored backup_/);
  } finally {
    program.child.kill("SIGTERM");
  }
  assert.equal((await program.ended).status, 0);
  assert.equal(await exists(cluster, SHOP), true);
});

test("a restore that was begun goes on with the same backup, even if that is stale by now", async () => {
  const name = await putBackup(500);
  await putBackup(1);
  await createRecord(name);
  const result = await runUntil(/Restored backup_/);
  assert.match(result.stderr, /Going on with the restore/);
  assert.equal((await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"], name);
  assert.equal(await exists(cluster, RECORD), false);
});

test("a begun restore whose backup is gone is decided anew, loudly", async () => {
  const name = await putBackup(1);
  await createRecord("backup_20260101T000000Z");
  const { stderr } = await runUntil(/Restored backup_/);
  assert.match(
    stderr,
    new RegExp(
      `"level":"warn".*"backup":"backup_20260101T000000Z".*is not in s3://${bucket}/${FOLDER} any more`,
    ),
  );
  assert.equal((await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"], name);
});

test("a begun restore that cannot be looked for is an error, and no missing backup", async () => {
  await putBackup(1);
  await createRecord("backup_20260101T000000Z");
  await runRefused(/refuses the connection/, environment({ ENDPOINT_URI: "http://127.0.0.1:9" }));
  assert.equal((await cluster.request("GET", RECORD)).data.backup, "backup_20260101T000000Z");
});

test("a restore that was begun from another store is an error that names both", async () => {
  const name = await putBackup(1);
  await createRecord(name);
  await minio.createBucket(`${bucket}-other`);
  const env = environment({ S3TARGET: `s3://${bucket}-other` });
  for (const _ of ["the first start", "the second"]) {
    const { stderr } = await runRefused(
      new RegExp(`it was begun from s3://${bucket}/${FOLDER}, and S3TARGET is s3://${bucket}-other`),
      env,
    );
    assert.match(stderr, /kubectl --namespace=kube-system delete configmap kube-backup-restore/);
  }
  await runUntil(/Restored backup_/);
});

test("a restore that was begun in plain does not go on with AGE_RECIPIENTS, and mixes no other backup into it", async () => {
  const name = await putBackup(30);
  const { recipient } = await newIdentity("X25519", new Date());
  const env = environment({ AGE_RECIPIENTS: recipient });
  for (const since of ["alone", "beside an encrypted one that is newer"]) {
    if (since !== "alone") await putEncryptedBackup(10, recipient);
    await createRecord(name).catch(() => undefined);
    const { stderr } = await runRefused(
      new RegExp(`${name}.* is not encrypted, and AGE_RECIPIENTS is set`),
      env,
    );
    assert.match(stderr, new RegExp(`kube-backup restore --unencrypted ${name}`), since);
    assert.match(stderr, /kubectl --namespace=kube-system delete configmap kube-backup-restore/);
  }
  assert.equal((await cluster.request("GET", RECORD)).data.backup, name);
  await runUntil(new RegExp(`Restored ${name}`));
});

test("a restore in which objects fail is a failed restore, and goes on once they can be made", async () => {
  await putBackup(30);
  const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
  const bindings = `${policies.slice(0, policies.lastIndexOf("/"))}/validatingadmissionpolicybindings`;
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["services"] };
  await cluster.request("POST", policies, {
    metadata: { name: "no-services" },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "false", message: "no Services today" }],
    },
  });
  await cluster.request("POST", bindings, {
    metadata: { name: "no-services" },
    spec: { policyName: "no-services", validationActions: ["Deny"] },
  });
  try {
    await waitUntilDenied(true);
    const result = await runProgram(["run"], { env: environment() });
    assert.equal(result.status, 1, result.stderr);
    assert.match(
      result.stderr,
      /Cannot restore backup_\w+ wholly: 1 object failed: 1 Service: denied by ValidatingAdmissionPolicy no-services: no Services today \(shop\/web\)/,
    );
    assert.match(result.stderr, /kubectl create namespace backuprestore-donotuse/);
    // The counts are flat, and the failures one line for each reason.
    assert.match(result.stderr, /"created":\d+,(?:"unchanged":\d+,)?"failed":1,"msg":"Restore ended"/);
    assert.match(result.stderr, /"kind":"Service","count":1,"msg":"Cannot restore 1 Service: denied by /);
    assert.equal(await exists(cluster, FLAG), false);
  } finally {
    await remove(cluster, `${bindings}/no-services`);
    await remove(cluster, `${policies}/no-services`);
  }
  // The API server goes by what it last heard of policies.
  await waitUntilDenied(false);
  const again = await runUntil(/Restored backup_/);
  assert.match(again.stderr, /Going on with the restore/);
  assert.equal(await exists(cluster, `${SHOP}/services/web`), true);
});

/** A policy takes a moment to take effect. */
async function waitUntilDenied(wanted: boolean): Promise<void> {
  const probe = { metadata: { name: "probe" }, spec: { ports: [{ port: 80 }] } };
  const denied = () =>
    cluster.request("POST", "/api/v1/namespaces/default/services?dryRun=All", probe).then(
      () => false,
      () => true,
    );
  await until(`Services are ${wanted ? "denied" : "admitted"}`, async () => (await denied()) === wanted);
}
