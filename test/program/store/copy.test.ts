/** Copies of backups in a second store: bucket to bucket, bucket to folder, interrupted, and beside what is there already. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { encryptStream } from "../../../src/encryption/encrypt-stream.ts";
import { newIdentity } from "../../../src/encryption/new-identity.ts";
import { parseRecipients } from "../../../src/encryption/recipients.ts";
import { formatSigningKey, SigningKey } from "../../../src/signatures/signing-key.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";
import { otherFiles } from "../../support/samples/stored-files.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "backups";
const SEED = Buffer.alloc(32, 1);
const OWN = new SigningKey(SEED);
const STRANGER = new SigningKey(Buffer.alloc(32, 2));

let folder: string;
let first: S3Server;
let second: S3Server;
/** Before the second server. */
let proxy: S3Proxy;
let signing: Record<string, string>;
let places = 0;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-copy-"));
  [first, second] = await Promise.all([startMinio(), startMinio()]);
  await Promise.all([first.createBucket(BUCKET), second.createBucket(BUCKET)]);
  proxy = await startS3Proxy(second.port);
  const [key, signers, secret] = ["key", "allowed_signers", "secret"].map((file) => path.join(folder, file));
  assert.ok(key !== undefined && signers !== undefined && secret !== undefined);
  const random = { seed: SEED, check: Buffer.alloc(4, 7) };
  await writeFile(key, formatSigningKey(random, "test"), { mode: 0o600 });
  const publicKey = OWN.publicKey.blob.toString("base64");
  await writeFile(signers, `blue namespaces="kube-backup" ssh-ed25519 ${publicKey}\n`);
  await writeFile(secret, `${second.secretAccessKey}\n`);
  signing = { SIGNING_KEY_FILE: key, ALLOWED_SIGNERS_FILE: signers };
});
after(async () => {
  await proxy?.stop();
  await Promise.all([first?.stop(), second?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** A place of a store, as somebody sees it who may do everything there. */
interface Place {
  url: string;
  put(key: string, bytes: Uint8Array | string): Promise<void>;
  get(key: string): Promise<Buffer>;
  keys(): Promise<string[]>;
}

function bucketPlace(server: S3Server): Place {
  const prefix = `place-${++places}`;
  const at = (key: string) => ({ Bucket: BUCKET, Key: `${prefix}/${key}` });
  return {
    url: `s3://${BUCKET}/${prefix}`,
    put: async (key, Body) => {
      await server.client.send(new PutObjectCommand({ ...at(key), Body }));
    },
    get: async (key) => {
      const { Body } = await server.client.send(new GetObjectCommand(at(key)));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    keys: async () => {
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${prefix}/` });
      const { Contents = [] } = await server.client.send(list);
      return Contents.map(({ Key = "" }) => Key.slice(prefix.length + 1)).sort();
    },
  };
}

function folderPlace(): Place {
  const root = path.join(folder, `place-${++places}`);
  return {
    url: `file://${root}`,
    put: async (key, bytes) => {
      await mkdir(path.dirname(path.join(root, key)), { recursive: true });
      await writeFile(path.join(root, key), bytes);
    },
    get: (key) => readFile(path.join(root, key)),
    keys: async () =>
      (await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []))
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .sort(),
  };
}

/** Settings of a copy from one place to another; the second server's key is in a file. */
function env(from: Place, to: Place, more: Record<string, string> = {}): Record<string, string> {
  const one = from.url.startsWith("file:")
    ? {}
    : {
        ENDPOINT_URI: first.endpoint,
        AWS_ACCESS_KEY_ID: first.accessKeyId,
        AWS_SECRET_ACCESS_KEY: first.secretAccessKey,
      };
  const other = to.url.startsWith("file:")
    ? {}
    : {
        COPY_ENDPOINT_URI: proxy.endpoint.href,
        COPY_AWS_ACCESS_KEY_ID: second.accessKeyId,
        COPY_AWS_SECRET_ACCESS_KEY_FILE: path.join(folder, "secret"),
      };
  return { S3TARGET: from.url, COPY_TO: to.url, ...one, ...other, ...more };
}

/** Settings that look at the second store alone. */
function there(to: Place, more: Record<string, string> = {}): Record<string, string> {
  return {
    S3TARGET: to.url,
    ENDPOINT_URI: second.endpoint,
    AWS_ACCESS_KEY_ID: second.accessKeyId,
    AWS_SECRET_ACCESS_KEY: second.secretAccessKey,
    ...more,
  };
}

async function putBackup(place: Place, hours: number, key?: SigningKey): Promise<string> {
  const { name, zip, note } = await notedBackup(hoursAgo(hours), { key });
  await place.put(`${name}.zip`, zip);
  if (note !== undefined) await place.put(`notes/${name}.note`, note);
  return name;
}

/** A large archive with its note: what it holds is no matter to a copy. */
async function putLarge(place: Place, bytes: number): Promise<string> {
  const content = randomBytes(bytes);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const { name, note } = await notedBackup(hoursAgo(1), { change: (given) => ({ ...given, bytes, sha256 }) });
  await place.put(`${name}.zip`, content);
  await place.put(`notes/${name}.note`, note ?? "");
  return name;
}

async function ok(args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { status, stdout, stderr } = await runProgram(args, { env: environment });
  assert.equal(status, 0, stderr);
  return stdout;
}

interface Copied {
  name: string;
  outcome: string;
  noted: boolean | null;
  laterTags: string | null;
  reason: string | null;
}

async function copied(args: readonly string[], environment: Record<string, string>, status = 0) {
  const result = await runProgram(["copy", ...args, "-o", "json"], { env: environment });
  assert.equal(result.status, status, result.stderr);
  return (JSON.parse(result.stdout) as { backups: Copied[] }).backups;
}

async function assertSame(from: Place, to: Place, keys: readonly string[]): Promise<void> {
  for (const key of keys) assert.ok((await from.get(key)).equals(await to.get(key)), key);
}

const KINDS: readonly [title: string, to: () => Place][] = [
  ["a bucket of another server", () => bucketPlace(second)],
  ["a folder that is not there yet", folderPlace],
];

for (const [title, open] of KINDS) {
  describe(`a copy to ${title}`, () => {
    test("is of the newest, with its note; again, it is there already; all brings the rest", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const names = [await putBackup(from, 48), await putBackup(from, 24), await putBackup(from, 1)];
      const [oldest = "", , newest = ""] = names;
      const text = await ok(["copy"], env(from, to));
      assert.match(text, new RegExp(`^${newest}: copied and checked, `));
      assert.deepEqual(await to.keys(), [`${newest}.zip`, `notes/${newest}.note`]);
      assert.match(await ok(["copy", newest], env(from, to)), /already there/);
      const all = await copied(["--all"], env(from, to));
      assert.deepEqual(
        all.map(({ name, outcome, noted }) => [name, outcome, noted]),
        names.map((name) => [name, name === newest ? "present" : "copied", true]),
      );
      await assertSame(from, to, await from.keys());
      assert.deepEqual(await to.keys(), await from.keys());
      const since = await copied(["--since", "30h"], env(from, to));
      assert.deepEqual(
        since.map(({ outcome }) => outcome),
        ["present", "present"],
      );
      assert.match(await ok(["verify", oldest], there(to)), /is whole/);
    });

    test("with --dry-run writes nothing, and says what a copy would do", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const [older, newer] = [await putBackup(from, 2), await putBackup(from, 1)];
      const args = ["--all", "--dry-run"];
      const plan = async () =>
        (await copied(args, env(from, to))).map(({ outcome, noted, laterTags }) => [
          outcome,
          noted,
          laterTags,
        ]);
      const planned = ["planned", true, "none"];
      assert.deepEqual(await plan(), [planned, planned]);
      assert.deepEqual(await to.keys(), []);
      await ok(["copy", older], env(from, to));
      await ok(["tag", older, "keep"], env(from, to));
      const before = await to.keys();
      assert.deepEqual(await plan(), [["present", true, "copied"], planned]);
      const text = await ok(["copy", ...args], env(from, to));
      assert.match(text, new RegExp(`^${older}: already there, .*\n${newer}: would be copied, `));
      assert.match(text, /: 1 would be copied, 1 already there\n$/);
      assert.deepEqual(await to.keys(), before);
      await to.put(`${newer}.zip`, "other");
      const refused = await copied(args, env(from, to), 3);
      assert.match(refused[1]?.reason ?? "", /another backup has its name there \(5 bytes, and here it has/);
      assert.deepEqual(await to.keys(), [...before, `${newer}.zip`].sort());
    });

    test("that is killed leaves nothing under the name, and the next one is whole", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const name = await putLarge(from, 12 * 1024 * 1024);
      const isFolder = to.url.startsWith("file:");
      // A folder takes the bytes as fast as they come: the source is the slow one there.
      const slow = await startS3Proxy(first.port);
      const reads = () => slow.requests.filter(({ headers }) => headers["range"] !== undefined).length;
      if (isFolder) slow.fault = () => (reads() > 3 ? { delay: 30_000 } : undefined);
      else proxy.fault = ({ url }) => (url.includes("partNumber=2") ? { delay: 30_000 } : undefined);
      try {
        const settings = { ...env(from, to), ENDPOINT_URI: slow.endpoint.href };
        const program = startProgram(["copy", name], { env: settings });
        const seen = isFolder
          ? () => reads() > 3
          : () => proxy.requests.some(({ url }) => url.includes("partNumber=2"));
        while (!seen()) await new Promise((resolve) => setTimeout(resolve, 20));
        program.child.kill("SIGKILL");
        await program.ended;
        assert.ok(!(await to.keys()).includes(`${name}.zip`));
      } finally {
        proxy.fault = undefined;
        proxy.requests.length = 0;
        await slow.stop();
      }
      assert.match(await ok(["copy", name], env(from, to)), /copied and checked/);
      await assertSame(from, to, await from.keys());
      if (isFolder) assert.deepEqual(await otherFiles(to.url.slice("file://".length)), []);
    });

    test("is refused where other bytes have the name, or another note does", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const name = await putBackup(from, 1);
      const zip = await from.get(`${name}.zip`);
      const other = Buffer.from(zip);
      other[0] = 0;
      for (const bytes of [other, zip.subarray(1)]) {
        await to.put(`${name}.zip`, bytes);
        const { status, stderr } = await runProgram(["copy"], {
          env: { ...env(from, to), LOG_FORMAT: "text" },
        });
        assert.equal(status, 1);
        assert.match(
          stderr,
          /Cannot copy backup_\w+ to .*: another backup has its name there \(.*none is ever replaced/s,
        );
        assert.match(stderr, /kube-backup delete --s3target/);
        assert.ok((await to.get(`${name}.zip`)).equals(bytes));
      }
      const noted = open();
      await noted.put(`notes/${name}.note`, "another");
      const { status, stderr } = await runProgram(["copy"], { env: env(from, noted) });
      assert.equal(status, 1);
      assert.match(stderr, /notes\/backup_\w+\.note is there, and is another note/);
      assert.deepEqual(await noted.keys(), [`notes/${name}.note`]);
    });

    test("has the tags that are set later; those that were set there after them stay", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const name = await putBackup(from, 1, OWN);
      const settings = env(from, to, signing);
      assert.deepEqual((await copied([], settings))[0]?.laterTags, "none");
      await ok(["tag", name, "keep"], settings);
      assert.deepEqual((await copied([], settings))[0]?.laterTags, "copied");
      assert.deepEqual((await copied([], settings))[0]?.laterTags, "present");
      const list = JSON.parse(await ok(["list", "--tag", "keep", "-o", "json"], there(to, signing)));
      assert.deepEqual(list.backups[0].tags, ["keep"]);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await ok(["tag", name, "here"], there(to, signing));
      assert.deepEqual((await copied([], settings))[0]?.laterTags, "kept");
      await to.put(`tags/${name}.json`, "junk");
      assert.deepEqual((await copied([], settings))[0]?.laterTags, "copied");
      await assertSame(from, to, [`tags/${name}.json`]);
    });

    test("of one without a note is compared with the source", async () => {
      const [from, to] = [bucketPlace(first), open()];
      const { name, zip } = await notedBackup(hoursAgo(1));
      await from.put(`${name}.zip`, zip);
      assert.match(await ok(["copy"], env(from, to)), /copied and checked, .*it has no note/);
      assert.match(await ok(["copy"], env(from, to)), /already there/);
      assert.deepEqual(await to.keys(), [`${name}.zip`]);
    });
  });
}

describe("what is encrypted and signed", () => {
  test("is copied without a key, and is whole at the other end without the source", async () => {
    const [from, to] = [bucketPlace(first), bucketPlace(second)];
    const { recipient, file } = await newIdentity("X25519", new Date());
    const identity = path.join(folder, "age.txt");
    await writeFile(identity, file, { mode: 0o600 });
    const recipients = parseRecipients(recipient);
    assert.ok("value" in recipients);
    // One moment: the note is of the name, and encrypting may take until the next second.
    const time = hoursAgo(1);
    const { name, zip } = await notedBackup(time);
    const sealed = Buffer.concat(
      await Array.fromAsync(
        encryptStream(
          (async function* () {
            yield zip;
          })(),
          recipients.value,
        ),
      ),
    );
    const sha256 = createHash("sha256").update(sealed).digest("hex");
    const { note } = await notedBackup(time, {
      key: OWN,
      change: (given) => ({ ...given, object: `${name}.zip.age`, bytes: sealed.length, sha256 }),
    });
    await from.put(`${name}.zip.age`, sealed);
    await from.put(`notes/${name}.note`, note ?? "");
    const result = await copied([], env(from, to, signing));
    assert.deepEqual(
      result.map(({ outcome, noted }) => [outcome, noted]),
      [["copied", true]],
    );
    await assertSame(from, to, [`${name}.zip.age`, `notes/${name}.note`]);
    assert.match(await ok(["verify"], there(to, signing)), /has the bytes that its note is of/);
    assert.match(await ok(["verify", "-i", identity], there(to, signing)), /is whole/);
  });

  test("by a stranger is not copied, unless that is asked for", async () => {
    const [from, to] = [bucketPlace(first), bucketPlace(second)];
    const own = await putBackup(from, 24, OWN);
    const strangers = await putBackup(from, 1, STRANGER);
    const settings = env(from, to, signing);
    const named = await runProgram(["copy", strangers], { env: settings });
    assert.equal(named.status, 1);
    assert.match(named.stderr, /Cannot use .*its note is signed/);
    assert.deepEqual(
      (await copied([], settings)).map(({ name }) => name),
      [own],
    );
    assert.deepEqual(
      (await copied(["--all"], settings)).map(({ name }) => name),
      [own],
    );
    assert.deepEqual(await to.keys(), [`${own}.zip`, `notes/${own}.note`]);
    assert.deepEqual(
      (await copied([strangers, "--unsigned"], settings)).map(({ name }) => name),
      [strangers],
    );
  });
});

describe("what fails", () => {
  test("bytes that are not those of the note are not copied; the others are", async () => {
    const [from, to] = [bucketPlace(first), bucketPlace(second)];
    const whole = await putBackup(from, 2);
    const damaged = await putBackup(from, 1);
    const zip = await from.get(`${damaged}.zip`);
    zip[40] = (zip[40] ?? 0) ^ 1;
    await from.put(`${damaged}.zip`, zip);
    const results = await copied(["--all"], env(from, to), 3);
    assert.deepEqual(
      results.map(({ name, outcome }) => [name, outcome]),
      [
        [whole, "copied"],
        [damaged, "failed"],
      ],
    );
    assert.match(results[1]?.reason ?? "", /are not those that its note is of \(SHA-256\)/);
    assert.deepEqual(await to.keys(), [`${whole}.zip`, `notes/${whole}.note`]);
    const { status } = await runProgram(["copy", damaged], { env: env(from, to) });
    assert.equal(status, 1);
  });

  test("what the second store gives back otherwise is removed there", async () => {
    const [from, to] = [bucketPlace(first), bucketPlace(second)];
    const name = await putLarge(from, 6 * 1024 * 1024);
    proxy.fault = ({ method, url, headers }) =>
      method === "GET" && url.includes(".zip") && headers["range"] !== undefined
        ? { alter: ({ body }) => ({ body: `X${body.slice(1)}` }) }
        : undefined;
    try {
      const { status, stderr } = await runProgram(["copy", name], { env: env(from, to) });
      assert.equal(status, 1);
      assert.match(stderr, /what is there afterwards is not what was sent/);
    } finally {
      proxy.fault = undefined;
    }
    assert.deepEqual(await to.keys(), []);
  });

  test("a second store that refuses everything is tried for three, and no secret is told", async () => {
    const [from, to] = [bucketPlace(first), bucketPlace(second)];
    for (const hours of [5, 4, 3, 2, 1]) await putBackup(from, hours);
    proxy.fault = ({ method }) => (method === "PUT" ? { status: 403, body: "" } : undefined);
    try {
      const results = await copied(["--all"], env(from, to), 1);
      const outcomes = results.map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["failed", "failed", "failed", "untouched", "untouched"]);
    } finally {
      proxy.fault = undefined;
    }
    const wrong = { COPY_AWS_SECRET_ACCESS_KEY: "a-wrong-secret-of-forty-characters-000000" };
    const { status, stdout, stderr } = await runProgram(["copy"], { env: env(from, to, wrong) });
    assert.equal(status, 1);
    assert.doesNotMatch(stdout + stderr, /a-wrong-secret/);
  });

  test("a command line that does not say where to, or says two things, is wrong usage", async () => {
    const place = folderPlace();
    const name = await putBackup(place, 1);
    const lines: [args: string[], problem: RegExp][] = [
      [["copy"], /COPY_TO \(--copy-to\) is missing/],
      [["copy", "--to", place.url], /is the store that the backups are in/],
      [["copy", name, "--all", "--to", "file:///x"], /both say which backups/],
      [["copy", "--to", "/mnt"], /COPY_TO.* is not a URL/],
    ];
    for (const [args, problem] of lines) {
      const { status, stderr } = await runProgram(args, { env: { S3TARGET: place.url } });
      assert.equal(status, 2, stderr);
      assert.match(stderr, problem);
    }
    const env = { S3TARGET: place.url, COPY_AWS_ACCESS_KEY_ID: "x", COPY_TO: "s3://b" };
    const half = await runProgram(["copy"], { env });
    assert.equal(half.status, 2);
    assert.match(half.stderr, /COPY_AWS_SECRET_ACCESS_KEY is missing/);
  });

  test("a place without backups: nothing is copied, which is an error of latest alone", async () => {
    const from = folderPlace();
    await mkdir(from.url.slice("file://".length));
    const to = folderPlace();
    assert.match(await ok(["copy", "--all"], env(from, to)), /^No backups in /);
    const { status, stderr } = await runProgram(["copy", "latest"], { env: env(from, to) });
    assert.equal(status, 1);
    assert.match(stderr, /No backups in /);
  });
});
