/** Encrypted backups: by the program itself against a real API server and MinIO, and by the stock age and unzip. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { fingerprintOf } from "../../../src/encryption/recipients.ts";
import { parseNote } from "../../../src/notes/parse-note.ts";
import { binary } from "../../support/binaries/build.ts";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { allOf, type KeyPair, keyPair } from "../../support/encryption/age-files.ts";
import { clusterContents, unzip } from "../../support/program/archive-contents.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const FOLDER = "clusters/blue";
const SHOP = "/api/v1/namespaces/shop";
const NO_KEY = /it is encrypted to 2 recipients \(X25519, age1…\), and no key is given/;

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;
let age: string;
let offline: KeyPair;
let gate: KeyPair;
let stranger: KeyPair;
/** The backup that most tests read, and one in plain. */
let encrypted: string;
let plain: string;

before(async () => {
  [cluster, minio, age] = await Promise.all([startControlPlane(), startMinio(), binary("age")]);
  [offline, gate, stranger] = await Promise.all([keyPair(), keyPair(), keyPair()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-encryption-"));
  await Promise.all(["backups", "plain"].map((name) => minio.createBucket(name)));
  for (const [name, pair] of Object.entries({ offline, gate, stranger })) {
    await writeFile(keyFile(name), `# public key: ${pair.recipient}\n${pair.identity}\n`, { mode: 0o600 });
  }
  await loadApplication(cluster, "shop");
  encrypted = await backUp("backups", { AGE_RECIPIENTS: `${offline.recipient},${gate.recipient}` });
  plain = await backUp("plain", {});
});

after(async () => {
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function keyFile(name: string): string {
  return path.join(folder, `${name}.txt`);
}

async function backUp(bucket: string, env: Record<string, string>): Promise<string> {
  const { status, stdout, stderr } = await run(["backup", "-o", "json"], env, bucket);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).name;
}

async function run(args: readonly string[], env: Record<string, string> = {}, bucket = "backups") {
  return await runProgram(args, { env: programEnvironment(cluster, minio, bucket, env) });
}

/** Standard output of a run that must be well. */
async function shown(args: readonly string[], env: Record<string, string> = {}, bucket = "backups") {
  const { status, stdout, stderr } = await run(args, env, bucket);
  assert.equal(status, 0, `${args}: ${stderr}`);
  return stdout;
}

async function keysOf(bucket: string): Promise<string[]> {
  const { Contents = [] } = await minio.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = "" }) => Key.slice(FOLDER.length + 1));
}

async function objectOf(bucket: string, key: string): Promise<Uint8Array> {
  const got = await minio.client.send(new GetObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${key}` }));
  return (await got.Body?.transformToByteArray()) ?? new Uint8Array(0);
}

async function putObject(bucket: string, key: string, Body: Uint8Array): Promise<void> {
  await minio.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER}/${key}`, Body }));
}

/** A new bucket with copies of objects, each under another key. */
async function bucketWith(
  name: string,
  copies: Record<string, [bucket: string, key: string]>,
): Promise<string> {
  await minio.createBucket(name);
  for (const [key, [from, source]] of Object.entries(copies)) {
    const CopySource = `${from}/${FOLDER}/${source}`;
    await minio.client.send(new CopyObjectCommand({ Bucket: name, Key: `${FOLDER}/${key}`, CopySource }));
  }
  return name;
}

/** The stock age. */
async function decrypted(bytes: Uint8Array, key: string): Promise<Buffer> {
  const child = spawn(age, ["-d", "-i", keyFile(key)], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {}).end(bytes);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const plain = await allOf(child.stdout);
  assert.equal(await ended, 0);
  return plain;
}

/** The name of a backup so many minutes ago. */
function nameOf(minutesAgo: number): string {
  const time = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  return `backup_${time.replace(/\.\d+Z$/, "Z").replace(/[-:]/g, "")}`;
}

describe("an encrypted backup", () => {
  test("is one age file around the zip, beside a note that names its recipients", async () => {
    assert.deepEqual(await keysOf("backups"), [`${encrypted}.zip.age`, `notes/${encrypted}.note`]);
    const stored = await objectOf("backups", `${encrypted}.zip.age`);
    const contents = clusterContents(await unzip(await objectOf("plain", `${plain}.zip`)));
    for (const key of ["offline", "gate"]) {
      assert.deepEqual(clusterContents(await unzip(await decrypted(stored, key))), contents);
    }
    const note = parseNote(Buffer.from(await objectOf("backups", `notes/${encrypted}.note`)).toString());
    assert.equal(note.object, `${encrypted}.zip.age`);
    assert.equal(note.bytes, stored.length);
    assert.equal(note.sha256, createHash("sha256").update(stored).digest("hex"));
    assert.deepEqual(
      note.recipients,
      [offline, gate].map(({ recipient }) => fingerprintOf(recipient)),
    );
  });

  test("is read with each of its keys, wherever the key is given", async () => {
    const expected = await shown(["get", "deploy,secrets", "-A", "-o", "yaml"], {}, "plain");
    const ways: [args: string[], env: Record<string, string>][] = [
      [["-i", keyFile("offline")], {}],
      [["--identity", keyFile("gate")], {}],
      [[], { AGE_KEY: gate.identity }],
      [[], { AGE_KEY_FILE: keyFile("gate") }],
      [[], { SOPS_AGE_KEY: offline.identity }],
      [[], { SOPS_AGE_KEY_FILE: keyFile("offline") }],
      [["-i", keyFile("stranger")], { AGE_KEY: offline.identity }],
    ];
    for (const [args, env] of ways) {
      assert.equal(
        await shown(["get", "deploy,secrets", "-A", "-o", "yaml", ...args], env),
        expected,
        String(args),
      );
    }
  });

  test("is verified, compared, listed, exported, rehearsed and restored with its key", async () => {
    const key = ["-i", keyFile("gate")];
    assert.match(await shown(["verify", ...key]), /is whole: \d+ objects/);
    assert.match(await shown(["list", "--long", ...key]), /\bvalid, encrypted\b/);
    await shown(["diff", ...key]);
    await shown(["export", path.join(folder, "exported"), ...key]);
    assert.ok((await readdir(path.join(folder, "exported"), { recursive: true })).length > 5);
    await shown(["verify", "--rehearse", ...key]);
    assert.match(await shown(["restore", "--dry-run", ...key]), /./);
  });

  test("without its key is listed, with what its note says, and its stored bytes are verified", async () => {
    const listed = JSON.parse(await shown(["list", "--long", "-o", "json"])).backups;
    const inPlain = JSON.parse(await shown(["list", "--long", "-o", "json"], {}, "plain")).backups;
    assert.equal(listed.length, 1);
    assert.deepEqual([listed[0].state, listed[0].encrypted, inPlain[0].encrypted], ["valid", true, false]);
    assert.equal(listed[0].objects, inPlain[0].objects);
    assert.deepEqual(listed[0].cluster, inPlain[0].cluster);
    assert.match(await shown(["list", "--long"]), /encrypted/);
    const verified = JSON.parse(await shown(["verify", "-o", "json"])).backups[0];
    assert.deepEqual([verified.state, verified.asNoted, verified.objects], ["encrypted", true, null]);
    assert.match(
      await shown(["verify"]),
      /has the bytes that its note is of \(.*\)\. What it holds was not checked: it is encrypted to 2/,
    );
    assert.match(await shown(["status"]), new RegExp(`Newest backup +${encrypted}`));
  });

  test("without its key is not read: what needs it says which", async () => {
    const cases: [args: string[], status: number][] = [
      [["get", "deploy", "-A"], 1],
      [["diff"], 2],
      [["restore", "--yes"], 1],
      [["restore", encrypted, "--yes"], 1],
      [["export", path.join(folder, "nothing")], 1],
      [["verify", "--rehearse"], 1],
    ];
    for (const [args, status] of cases) {
      const ended = await run(args);
      assert.equal(ended.status, status, `${args}: ${ended.stderr}`);
      assert.match(ended.stderr, NO_KEY, String(args));
      assert.match(ended.stderr, /-i FILE, AGE_KEY_FILE or AGE_KEY/);
    }
    const other = await run(["get", "deploy", "-A", "-i", keyFile("stranger")]);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /to 2 recipients .*, and the key that is given does not open it/);
    assert.doesNotMatch(other.stderr + other.stdout, /AGE-SECRET-KEY-1/);
  });

  test("that was changed is damaged, with its key and without", async () => {
    const stored = await objectOf("backups", `${encrypted}.zip.age`);
    const bucket = await bucketWith("changed", {
      [`notes/${encrypted}.note`]: ["backups", `notes/${encrypted}.note`],
    });
    const flipped = Uint8Array.from(stored);
    flipped[stored.length - 100] = (stored[stored.length - 100] ?? 0) ^ 1;
    for (const bytes of [flipped, stored.subarray(0, -20)]) {
      await putObject(bucket, `${encrypted}.zip.age`, bytes);
      for (const args of [[], ["-i", keyFile("gate")]]) {
        const ended = await run(["verify", ...args], {}, bucket);
        assert.equal(ended.status, 1, ended.stdout);
        assert.match(ended.stdout, /its bytes are not those|its end is missing|its note says/);
      }
    }
  });

  test("beside one in plain of its name counts for nothing", async () => {
    const bucket = await bucketWith("both", {
      [`${encrypted}.zip.age`]: ["backups", `${encrypted}.zip.age`],
      [`${encrypted}.zip`]: ["plain", `${plain}.zip`],
    });
    for (const args of [["restore", encrypted, "--yes"], ["verify"], ["restore", "--yes"]]) {
      const ended = await run([...args, "-i", keyFile("gate")], {}, bucket);
      assert.equal(ended.status, 1, String(args));
      assert.match(
        ended.stderr + ended.stdout,
        new RegExp(`${encrypted}\\.zip and ${encrypted}\\.zip\\.age`),
      );
    }
    const [listed] = JSON.parse(await shown(["list", "--long", "-o", "json"], {}, bucket)).backups;
    assert.equal(listed.state, "damaged");
  });

  test("is post-quantum where its recipients are, and lies in a folder as in a bucket", async () => {
    const quantum = await keyPair("post-quantum");
    await writeFile(keyFile("quantum"), quantum.identity);
    const env = {
      S3TARGET: pathToFileURL(path.join(folder, "store")).href,
      AGE_RECIPIENTS: quantum.recipient,
    };
    const name = await backUp("", env);
    const stored = await readFile(path.join(folder, "store", `${name}.zip.age`));
    assert.ok((await unzip(await decrypted(stored, "quantum"))).has("MANIFEST"));
    assert.match(await shown(["verify", "-i", keyFile("quantum")], env), /is whole/);
    const mixed = await run(["backup"], { AGE_RECIPIENTS: `${quantum.recipient} ${gate.recipient}` });
    assert.equal(mixed.status, 2);
    assert.match(mixed.stderr, /AGE_RECIPIENTS .*mixes post-quantum keys/);
  });

  test("is signed too with the keys of keygen, and whoever reads it asks for both", async () => {
    const keys = path.join(folder, "keys");
    await shown(["keygen", keys, "--cluster-name", "blue"]);
    const [AGE_RECIPIENTS = "", SIGNING_KEY = "", ALLOWED_SIGNERS = ""] = await Promise.all(
      ["age-recipients.txt", "signing-key", "allowed-signers"].map((file) =>
        readFile(path.join(keys, file), "utf8"),
      ),
    );
    await minio.createBucket("signed");
    const taker = { AGE_RECIPIENTS, SIGNING_KEY, ALLOWED_SIGNERS, CLUSTER_NAME: "blue" };
    const name = await backUp("signed", taker);
    const reader = { ALLOWED_SIGNERS, AGE_KEY_FILE: path.join(keys, "age-key.txt") };
    assert.match(await shown(["verify"], reader, "signed"), /is whole/);
    assert.match(await shown(["get", "deploy", "-n", "shop"], reader, "signed"), /web/);
    assert.match(await shown(["verify"], { ALLOWED_SIGNERS }, "signed"), /has the bytes that its note is of/);
    const locked = await run(["get", "deploy", "-A"], { ALLOWED_SIGNERS }, "signed");
    assert.match(locked.stderr, /is encrypted to 1 recipient .*, and no key is given/);
    const copied = await bucketWith("unsigned", { [`${name}.zip.age`]: ["signed", `${name}.zip.age`] });
    const unsigned = await run(["get", "deploy", "-A"], reader, copied);
    assert.equal(unsigned.status, 1);
    assert.match(unsigned.stderr, /ALLOWED_SIGNERS/);
  });

  test("goes when the rules of retention say so, without its key", async () => {
    const recipients = { AGE_RECIPIENTS: gate.recipient };
    await minio.createBucket("pruned");
    const first = await backUp("pruned", recipients);
    const second = await backUp("pruned", recipients);
    await shown(["prune", "--keep-last", "1", "--min-age", "0", "--yes"], {}, "pruned");
    const keys = await keysOf("pruned");
    assert.ok(!keys.includes(`${first}.zip.age`) && keys.includes(`${second}.zip.age`), keys.join());
  });
});

describe("recipients that change", () => {
  test("leave old backups to the old key, and the loop's retention counts both without it", async () => {
    await minio.createBucket("rotated");
    const recipients = (...pairs: KeyPair[]) => ({
      AGE_RECIPIENTS: pairs.map(({ recipient }) => recipient).join(","),
    });
    const old = await backUp("rotated", recipients(offline));
    const between = await backUp("rotated", recipients(offline, gate));
    const young = await backUp("rotated", recipients(gate));
    const readable = async (pair: KeyPair) => {
      const names = [old, between, young];
      const ended = await Promise.all(
        names.map((name) =>
          run(["get", "namespaces", "--backup", name], { AGE_KEY: pair.identity }, "rotated"),
        ),
      );
      return names.filter((_, index) => ended[index]?.status === 0);
    };
    assert.deepEqual(await readable(offline), [old, between]);
    assert.deepEqual(await readable(gate), [between, young]);
    await shown(["verify", "--all"], { AGE_KEY: `${offline.identity}\n${gate.identity}` }, "rotated");

    const program = startProgram(["run"], {
      env: programEnvironment(cluster, minio, "rotated", {
        ...{ FREQUENCY: "1", KEEP_LAST: "2", PRUNE_MIN_AGE: "0" },
        ...{ AGE_KEY: gate.identity, ...recipients(gate) },
      }),
    });
    try {
      // The first backup of the loop is due a minute after the newest that is there.
      await program.saw(/"msg":"Backups removed"/, 120_000);
    } finally {
      program.child.kill("SIGTERM");
    }
    const { status, stderr } = await program.ended;
    assert.equal(status, 0, stderr);
    const left = (await keysOf("rotated")).filter((key) => /^backup_/.test(key)).sort();
    assert.equal(left.length, 2, stderr);
    assert.equal(left[0], `${young}.zip.age`, stderr);
  });
});

describe("the restore gate", () => {
  beforeEach(() => Promise.all([SHOP, FLAG, RECORD].map((path) => remove(cluster, path))));

  async function untilGate(pattern: RegExp, env: Record<string, string>, bucket: string) {
    const program = startProgram(["run"], { env: programEnvironment(cluster, minio, bucket, env) });
    try {
      await program.saw(pattern);
    } finally {
      program.child.kill("SIGTERM");
    }
    return await program.ended;
  }

  test("without the key says so, restores nothing and writes no flag", async () => {
    const bucket = await bucketWith("gate-1", {
      [`${nameOf(2)}.zip.age`]: ["backups", `${encrypted}.zip.age`],
    });
    for (const env of [{}, { AGE_RECIPIENTS: gate.recipient }, { AGE_KEY: stranger.identity }]) {
      const ended = await run(["run"], env, bucket);
      assert.equal(ended.status, 1, ended.stderr);
      assert.match(ended.stderr, /is encrypted to 2 recipients .*(?:no key is given|does not open it)/);
      for (const path of [SHOP, FLAG, RECORD]) assert.equal(await exists(cluster, path), false, path);
    }
  });

  test("with its key restores", async () => {
    const bucket = await bucketWith("gate-2", {
      [`${nameOf(2)}.zip.age`]: ["backups", `${encrypted}.zip.age`],
    });
    await untilGate(/Restored backup_/, { AGE_KEY: gate.identity, AGE_RECIPIENTS: gate.recipient }, bucket);
    assert.ok(await exists(cluster, `${SHOP}/configmaps/settings`));
    assert.ok(await exists(cluster, FLAG));
  });

  test("with recipients passes over what is in plain", async () => {
    const [older, newer] = [nameOf(10), nameOf(2)];
    const bucket = await bucketWith("gate-3", {
      [`${older}.zip.age`]: ["backups", `${encrypted}.zip.age`],
      [`${newer}.zip`]: ["plain", `${plain}.zip`],
    });
    const env = { AGE_KEY: gate.identity, AGE_RECIPIENTS: gate.recipient };
    const { stderr } = await untilGate(/Restored backup_/, env, bucket);
    assert.match(
      stderr,
      new RegExp(`${newer} is passed over: it is not encrypted, and AGE_RECIPIENTS is set`),
    );
    assert.match(stderr, new RegExp(`Restored ${older}`));
  });

  test("with recipients refuses where all is in plain, which is restored by hand with --unencrypted alone", async () => {
    const name = nameOf(2);
    const bucket = await bucketWith("gate-4", { [`${name}.zip`]: ["plain", `${plain}.zip`] });
    const env = { AGE_KEY: gate.identity, AGE_RECIPIENTS: gate.recipient };
    const ended = await run(["run"], env, bucket);
    assert.equal(ended.status, 1, ended.stderr);
    assert.match(ended.stderr, new RegExp(`holds nothing that counts: ${name} \\(it is not encrypted\\)`));
    for (const path of [SHOP, FLAG, RECORD]) assert.equal(await exists(cluster, path), false, path);
    const byHand = await run(["restore", "--yes"], env, bucket);
    assert.equal(byHand.status, 1);
    assert.match(byHand.stderr, /it is not encrypted, and AGE_RECIPIENTS is set/);
    assert.match(byHand.stderr, /Add --unencrypted where it is yours/);
    await shown(["restore", "--yes", "--unencrypted"], env, bucket);
    assert.ok(await exists(cluster, `${SHOP}/configmaps/settings`));
  });
});
