/** `kube-backup describe` tells what a manifest, a note and the store say of a backup. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { publicKeyText } from "../../../src/signatures/public-key.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { assertDocument } from "../../support/program/json-document.ts";
import { putShopBackup, runHere } from "../../support/samples/shop-backup.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";

const KEY = new SigningKey(Buffer.alloc(32, 1));
const NOW = () => new Date("2026-02-01T12:00:00Z");

let folder = "";
let signed = "";
let name = "";

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-describe-"));
  signed = await mkdtemp(path.join(tmpdir(), "kube-backup-signed-"));
  await putShopBackup(folder, new Date("2026-01-30T12:00:00Z"));
  name = await putShopBackup(folder, new Date("2026-01-31T12:00:00Z"), {
    facts: {
      tags: ["before-upgrade"],
      intervalSeconds: 86_400,
      missing: [{ resource: "widgets.example.com", reason: "forbidden" }],
      excluded: { secrets: 2 },
      leftOut: [{ resource: "jobs.batch", objects: 3, why: "finished" }],
      notKept: [{ resource: "cronjobs.batch", kind: "CronJob", objects: 4 }],
      warnings: ["a definition is missing"],
      parent: { cluster: "uid-0", backup: "backup_20260129T120000Z", restored: "2026-01-30T00:00:00Z" },
    },
  });
  const pair = await notedBackup(new Date("2026-01-31T12:00:00Z"), { key: KEY });
  await writeFile(path.join(signed, "kubeconfig"), "{}");
  await mkdir(path.join(signed, "notes"));
  await writeFile(path.join(signed, `${pair.name}.zip`), pair.zip);
  await writeFile(path.join(signed, "notes", `${pair.name}.note`), pair.note ?? "");
});

after(async () => {
  for (const each of [folder, signed]) await rm(each, { recursive: true, force: true });
});

async function run(line: string, environment: Record<string, string> = {}) {
  const args = line.split(" ").map((word) => word.replace("NAME", name));
  const stores = { S3TARGET: `file:${folder}`, KUBECONFIG: path.join(signed, "kubeconfig") };
  const result = await runHere(args, { ...stores, ...environment }, { now: NOW });
  assertDocument(args, result);
  return result;
}

async function described(line: string, environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = await run(line, environment);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

describe("a description", () => {
  it("tells everything, a line each", async () => {
    const { status, stdout, stderr } = await run("describe NAME", { KEEP_DAILY: "7" });
    assert.equal(status, 0, stderr);
    const expected = [
      /^Name: +backup_20260131T120000Z$/m,
      /^Store: +file:\/\/.*describe/m,
      /^Time: +2026-01-31 12:00:00 UTC, /m,
      /^Size: +[\d.]+ KiB, [\d.]+ (Ki)?B unpacked$/m,
      /^State: +ok$/m,
      /^Last check: +none is recorded$/m,
      /^Cluster: +8a1c2f0e-/m,
      /^Kubernetes: +v1\.36\.3$/m,
      /^Program: +0\.0\.0 \(0000000\)$/m,
      /^Revision: +42, consistent: all of one moment$/m,
      /^Parent: +the cluster was restored from backup_20260129T120000Z of the cluster uid-0/m,
      /^Missing: +widgets\.example\.com: forbidden$/m,
      /^Left out: +2 secrets by a label$/m,
      /^Left out: +3 jobs\.batch: finished$/m,
      /^Not kept: +CronJobs \(4\)/m,
      /^Warning: +a definition is missing$/m,
      /^Tags: +before-upgrade$/m,
      /^Encryption: +none$/m,
      /^Signature: +none$/m,
      /^Retention: +kept by daily 2026-01-31, newest valid, until 2026-02-08 /m,
      /^NAMESPACE +OBJECTS +UNPACKED +KINDS$/m,
      /^- +2 .* Namespace 2$/m,
      /^data +2 .* Deployment 2$/m,
      /^shop +3 .* Deployment 2, Secret 1|^shop +3 .* Secret 1, Deployment 2/m,
    ];
    for (const each of expected) assert.match(stdout, each);
    assert.doesNotMatch(stdout, /login/, "no object is named");
  });

  it("is a document for scripts", async () => {
    const document = await described("describe NAME -o json", { KEEP_LAST: "1", KEEP_TAG: "before-upgrade" });
    assert.equal(document.objects, 7);
    assert.deepEqual(document.kinds, { Namespace: 2, Secret: 1, Deployment: 4 });
    assert.deepEqual(
      document.contents.map(({ namespace, objects }: Record<string, unknown>) => [namespace, objects]),
      [
        [null, 2],
        ["data", 2],
        ["shop", 3],
      ],
    );
    assert.deepEqual(document.retention.reasons, ["last 1", "newest valid", "tag before-upgrade"]);
    assert.equal(document.retention.until, null, "a tag has no end");
    const older = await described("describe backup_20260130T120000Z -o json", { KEEP_LAST: "1" });
    assert.deepEqual(older.retention, { keep: false, reasons: ["no rule keeps it"], until: null });
    assert.equal((await described("describe -o json")).retention, null);
  });

  it("is what ls and snapshots show of one backup", async () => {
    const { stdout } = await run("describe NAME");
    for (const word of ["ls", "list", "snapshots"]) assert.equal((await run(`${word} NAME`)).stdout, stdout);
    assert.equal((await described("ls NAME -o json")).name, name);
    const { status, stderr } = await run("ls NAME --last 3");
    assert.equal(status, 2);
    assert.match(stderr, /--last does not go with a BACKUP/);
  });

  it("is of the manifest alone: an object's bytes may be damaged", async () => {
    const other = await mkdtemp(path.join(tmpdir(), "kube-backup-bytes-"));
    try {
      const bytes = await readFile(path.join(folder, `${name}.zip`));
      // Within the content of the first file, which follows its local header of 30 bytes and its name.
      const at = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28) + 5;
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      await writeFile(path.join(other, `${name}.zip`), bytes);
      const store = { S3TARGET: `file:${other}` };
      assert.equal((await run("verify NAME", store)).status, 1);
      assert.equal((await described("describe NAME -o json", store)).state, "ok");
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it("tells when it was checked, and of a damaged one what is wrong", async () => {
    await run("verify NAME");
    const document = await described("describe NAME -o json");
    assert.deepEqual([document.state, document.checked], ["valid", "2026-02-01T12:00:00Z"]);
    const other = await mkdtemp(path.join(tmpdir(), "kube-backup-damaged-"));
    try {
      await writeFile(path.join(other, `${name}.zip`), "no zip");
      const damaged = await described("describe NAME -o json", { S3TARGET: `file:${other}` });
      assert.equal(damaged.state, "damaged");
      assert.ok(damaged.reason);
      assert.equal(damaged.objects, null);
      assert.match((await run("describe NAME", { S3TARGET: `file:${other}` })).stdout, /^State: +damaged: /m);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it("tells who signed, and whether ALLOWED_SIGNERS has that believed", async () => {
    const store = { S3TARGET: `file:${signed}` };
    const alone = await described("describe NAME -o json", store);
    assert.match(alone.signature.key, /^SHA256:/);
    assert.deepEqual([alone.signature.principal, alone.signature.reason], ["blue", null]);
    assert.deepEqual([alone.used, alone.notUsed, alone.note], [null, null, "ok"]);
    const believed = { ...store, ALLOWED_SIGNERS: `blue ${publicKeyText(KEY.publicKey)}` };
    assert.equal((await described("describe NAME -o json", believed)).used, true);
    assert.match(
      (await run("describe", believed)).stdout,
      /^Signature: +by SHA256:\S+ for blue, whom ALLOWED/m,
    );
    const stranger = { ...store, ALLOWED_SIGNERS: `red ${publicKeyText(KEY.publicKey)}` };
    const unbelieved = await described("describe NAME -o json", { ...stranger });
    assert.equal(unbelieved.used, false);
    assert.match(unbelieved.notUsed, /does not name for blue/);
  });

  it("of none is an error", async () => {
    const { status, stderr } = await run("describe backup_20200101T000000Z");
    assert.equal(status, 1);
    assert.match(stderr, /holds no such backup/);
  });
});

it("logs prints kubectl's line", async () => {
  const { status, stdout } = await runHere(["logs"]);
  assert.equal(status, 0);
  assert.equal(stdout, "kubectl logs --namespace=kube-system deployment/kube-backup --follow\n");
});
