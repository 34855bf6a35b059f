/** What S3 brings with it beside the contract: keys, regions, broken connections, strange servers. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, beforeEach, describe, test } from "node:test";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../../src/errors.ts";
import { BackupExistsError } from "../../../src/store/contract/backup-exists-error.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import type { OpenStoreOptions } from "../../../src/store/open-store.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startTcpProxy } from "../../support/faults/tcp-proxy.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { assumeRole } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { startVersitygw } from "../../support/servers/versitygw.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const NAME = "backup_20260131T120000Z";
const { signal } = new AbortController();
const QUICK = { connect: 500, idle: 500, attempts: 2 };

describe("The S3 store", () => {
  let minio: S3Server;
  let proxy: S3Proxy;
  let places = 0;

  before(async () => {
    minio = await startMinio();
    await minio.createBucket(BUCKET);
    proxy = await startS3Proxy(minio.port);
  });
  beforeEach(() => {
    proxy.fault = undefined;
    proxy.requests.length = 0;
  });
  after(async () => {
    await proxy?.stop();
    await minio?.stop();
  });

  const newPlace = () => `place-${++places}`;
  const throughProxy = (prefix: string, other: Partial<OpenStoreOptions> = {}) =>
    openOn(minio, prefix, { endpoint: proxy.endpoint, ...other });

  /** That each method fails alike, and what no message may hold. */
  async function assertFails(store: Store, expected: RegExp, secrets: string[] = []): Promise<void> {
    const calls: Record<string, () => Promise<unknown>> = {
      newest: () => store.newest({}, signal),
      has: () => store.has(NAME, signal),
      open: () => store.open(NAME, signal),
      put: () => store.put(NAME, streamOf(bytesOf(10, "x")), signal),
      remove: () => store.remove(NAME, signal),
      holdsOlderFormat: () => store.holdsOlderFormat(signal),
    };
    for (const [method, call] of Object.entries(calls)) {
      await assert.rejects(call(), (error) => {
        assert.ok(error instanceof OperatorError, `${method}: ${error}`);
        assert.match(error.message, expected, method);
        assert.ok(error.message.startsWith("Cannot ") && error.message.includes(store.url), method);
        const shown = `${error.message} ${error.advice} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
        for (const secret of secrets) assert.ok(!shown.includes(secret), `${method} shows a secret`);
        return true;
      });
    }
    await store.close();
  }

  test("says that the server does not know the access key", async () => {
    const credentials = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "a-secret-that-nobody-knows" };
    const store = await openOn(minio, "x", { credentials });
    await assertFails(
      store,
      /: the server does not know the access key \(InvalidAccessKeyId: The Access Key Id .*\)$/,
      [credentials.secretAccessKey],
    );
  });

  test("says that the secret key is wrong", async () => {
    const credentials = { accessKeyId: minio.accessKeyId, secretAccessKey: "a-secret-that-is-wrong" };
    const store = await openOn(minio, "x", { credentials });
    await assertFails(
      store,
      /: the secret key does not belong to the access key \(SignatureDoesNotMatch: .*\)$/,
      [credentials.secretAccessKey],
    );
  });

  test("says that access is denied", async () => {
    const credentials = await assumeRole(minio, ["s3:ListAllMyBuckets"]);
    const store = await openOn(minio, "x", { credentials });
    await assertFails(store, /: access denied \(AccessDenied: Access Denied\.\)$/, [
      credentials.secretAccessKey,
      credentials.sessionToken,
    ]);
  });

  test("needs no more rights than the ones documented", async () => {
    const actions = [
      "s3:ListBucket",
      "s3:GetObject",
      "s3:PutObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
    ];
    const credentials = await assumeRole(minio, actions);
    const place = newPlace();
    const store = await openOn(minio, place, { credentials });
    for (const size of [10, 9 * MIB]) {
      const name = backupName(new Date(size * 1000));
      await store.put(name, streamOf(bytesOf(size, "x")), signal);
      await (await store.open(name, signal)).read(0, 10, signal);
      await store.remove(name, signal);
    }
    const broken = (async function* () {
      yield bytesOf(17 * MIB, "x");
      throw new Error("gone");
    })();
    await assert.rejects(store.put(NAME, broken, signal), /gone/);
    assert.deepEqual(await unfinishedUploads(minio, place), []);
    await store.close();
  });

  test("takes credentials and session tokens with a line break at their end", async () => {
    const session = await assumeRole(minio, ["s3:*"]);
    const credentials = {
      accessKeyId: `${session.accessKeyId}\n`,
      secretAccessKey: `${session.secretAccessKey}\r\n`,
      sessionToken: `${session.sessionToken}\n`,
    };
    const store = await openOn(minio, newPlace(), { credentials });
    assert.equal(await store.newest({}, signal), undefined);
    await store.close();
  });

  test("finds credentials in the environment and in a profile, with line breaks at their ends", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "profile-"));
    const file = path.join(folder, "credentials");
    const keys = `aws_access_key_id = ${minio.accessKeyId}\naws_secret_access_key = ${minio.secretAccessKey}\n`;
    await writeFile(file, `[backup]\n${keys}`);
    const environments: Record<string, string>[] = [
      { AWS_ACCESS_KEY_ID: `${minio.accessKeyId}\n`, AWS_SECRET_ACCESS_KEY: `${minio.secretAccessKey}\n` },
      { AWS_SHARED_CREDENTIALS_FILE: `${file}\n`, AWS_PROFILE: "backup\n", AWS_REGION: "eu-west-1\n" },
      { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "backup", AWS_DEFAULT_REGION: "eu-west-1" },
    ];
    for (const environment of environments) {
      await withEnvironment({ AWS_EC2_METADATA_DISABLED: "true", ...environment }, async () => {
        const store = await openOn(minio, newPlace(), { credentials: undefined });
        assert.equal(await store.newest({}, signal), undefined, Object.keys(environment).join());
        await store.close();
      });
    }
    await rm(folder, { recursive: true });
  });

  test("says that no credentials were found", async () => {
    const nothing = {
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: "/nowhere",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere/x",
    };
    await withEnvironment(nothing, async () => {
      await assertFails(await openOn(minio, "x", { credentials: undefined }), /: no credentials were found$/);
    });
  });

  test("signs for the region that is set, else for us-east-1, and follows a redirect to another", async () => {
    const regionOf = (index: number) =>
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(proxy.requests[index]?.headers.authorization ?? "")?.[1];
    const named = await throughProxy(newPlace(), { region: "eu-central-1" });
    const place = newPlace();
    const unnamed = await throughProxy(place);
    await withEnvironment({}, async () => {
      await named.newest({}, signal).catch(() => undefined);
      await unnamed.newest({ until: new Date(0) }, signal);
    });
    assert.equal(regionOf(0), "eu-central-1");
    assert.equal(regionOf(proxy.requests.length - 1), "us-east-1");
    proxy.requests.length = 0;
    proxy.fault = ({ headers }) =>
      headers.authorization?.includes("/us-east-1/") === true
        ? {
            status: 301,
            headers: { "x-amz-bucket-region": "ap-south-2" },
            body: "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>",
          }
        : emptyListing(`${place}/backup_`);
    assert.equal(await unnamed.newest({}, signal), undefined);
    assert.deepEqual([regionOf(0), regionOf(1)], ["us-east-1", "ap-south-2"]);
    await named.close();
    await unnamed.close();
  });

  test("says that nobody listens at the server's address", async () => {
    const closed = await startS3Proxy();
    await closed.stop();
    const store = await openOn(minio, "x", { endpoint: closed.endpoint, timeouts: QUICK });
    await assertFails(store, new RegExp(`: the server at ${closed.endpoint.origin} refuses the connection$`));
  });

  test("says that the server's name cannot be resolved", async () => {
    const store = await openOn(minio, "x", { endpoint: new URL("http://server.invalid"), timeouts: QUICK });
    await assertFails(store, /: the server at http:\/\/server\.invalid has a name that cannot be resolved/);
  });

  test("does not wait for ever for a server that accepts and never answers", async () => {
    const tcp = await startTcpProxy(minio.port);
    tcp.setMode("stall");
    const endpoint = new URL(`http://${tcp.address}`);
    const started = performance.now();
    await assertFails(
      await openOn(minio, "x", { endpoint, timeouts: QUICK }),
      /: the server at \S+ does not answer$/,
    );
    const waited = performance.now() - started;
    assert.ok(waited < 6 * (QUICK.attempts * QUICK.idle + 1_500), `waited ${waited} ms`);
    await tcp.stop();
  });

  test("does not wait for ever for the rest of an answer", async () => {
    const place = newPlace();
    const direct = await openOn(minio, place);
    await direct.put(NAME, streamOf(bytesOf(8 * MIB, "x")), signal);
    const tcp = await startTcpProxy(minio.port);
    const store = await openOn(minio, place, { endpoint: new URL(`http://${tcp.address}`), timeouts: QUICK });
    const opened = await store.open(NAME, signal);
    const read = opened.read(0, opened.size, signal);
    while (tcp.bytesOut < 100_000) await new Promise((resolve) => setImmediate(resolve));
    tcp.setMode("stall");
    await assert.rejects(read, /^OperatorError: Cannot read backup_\S+ in s3:\S+: (the answer|the server)/);
    await store.close();
    await direct.close();
    await tcp.stop();
  });

  test("reads on when an answer breaks off, and says so when that does not end", async () => {
    const place = newPlace();
    const store = await throughProxy(place);
    const bytes = bytesOf(3 * MIB, "x");
    await store.put(NAME, streamOf(bytes), signal);
    const opened = await store.open(NAME, signal);
    let faults = 2;
    proxy.fault = () => (faults-- > 0 ? "break the body" : undefined);
    assert.ok(bytes.equals(await opened.read(0, bytes.length, signal)));
    proxy.fault = () => "break the body";
    await assert.rejects(
      opened.read(0, bytes.length, signal),
      /Cannot read backup_\S+ in s3:\S+: the answer broke off$/,
    );
    await store.close();
  });

  for (const [what, answer] of Object.entries<{
    status: number;
    headers?: Record<string, string>;
    body: string;
  }>({
    "a page of HTML": {
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html><body><p>Log in<br></body></html>",
    },
    "well-formed HTML": { status: 200, body: "<html><body><p>Log in</p></body></html>" },
    nothing: { status: 200, body: "" },
    JSON: { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' },
    "another XML": { status: 200, body: "<?xml version='1.0'?><feed><entry/></feed>" },
  })) {
    test(`takes ${what} for no answer of S3`, async () => {
      proxy.fault = () => answer;
      const store = await throughProxy("x", { timeouts: QUICK });
      for (const call of [
        () => store.newest({}, signal),
        () => store.has(NAME, signal),
        () => store.open(NAME, signal),
        () => store.put(NAME, streamOf(bytesOf(10, "x")), signal),
        () => store.holdsOlderFormat(signal),
      ]) {
        await assert.rejects(call(), /^OperatorError: Cannot .*: what answers at http:\S+ is no S3 server/);
      }
      await store.close();
    });
  }

  for (const size of [100, 9 * MIB]) {
    test(`stores ${size} bytes on a server without conditional writes, and replaces nothing there`, async () => {
      const place = newPlace();
      const store = await throughProxy(place);
      proxy.fault = ({ headers }) => (headers["if-none-match"] === undefined ? undefined : NOT_IMPLEMENTED);
      assert.equal((await store.put(NAME, streamOf(bytesOf(size, "x")), signal)).size, size);
      await assert.rejects(store.put(NAME, streamOf(bytesOf(size, "y")), signal), BackupExistsError);
      // One that comes while the content is read is found by asking again before the last request.
      const later = "backup_20260131T120001Z";
      const content = (async function* () {
        yield* streamOf(bytesOf(size, "ours"));
        const Key = `${place}/${later}.zip`;
        await minio.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "theirs" }));
      })();
      await assert.rejects(store.put(later, content, signal), BackupExistsError);
      assert.equal((await store.open(later, signal)).size, 6);
      assert.deepEqual(await unfinishedUploads(minio, place), []);
      await store.close();
    });

    test(`knows its own ${size} bytes again when the answer to the last request is lost`, async () => {
      const place = newPlace();
      const store = await throughProxy(place);
      let faults = 1;
      proxy.fault = ({ headers }) =>
        headers["if-none-match"] !== undefined && faults-- > 0 ? "lose the answer" : undefined;
      assert.equal((await store.put(NAME, streamOf(bytesOf(size, "x")), signal)).size, size);
      assert.equal(faults < 0, true, "the request was not repeated");
      assert.equal((await store.open(NAME, signal)).size, size);
      assert.deepEqual(await unfinishedUploads(minio, place), []);
      await store.close();
    });
  }

  test("leaves no parts behind when one of them cannot be sent", async () => {
    const place = newPlace();
    const store = await throughProxy(place, { timeouts: QUICK });
    proxy.fault = ({ url }) =>
      url.includes("partNumber=2")
        ? { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }
        : undefined;
    let taken = 0;
    const endless = (async function* () {
      for (; ; taken++) yield bytesOf(MIB, "x");
    })();
    await assert.rejects(
      store.put(NAME, endless, signal),
      /^OperatorError: Cannot store .*: access denied \(AccessDenied\)$/,
    );
    assert.ok(taken < 100, "content was read on for long");
    assert.deepEqual(await unfinishedUploads(minio, place), []);
    assert.equal(await store.has(NAME, signal), false);
    await store.close();
  });

  test("sends neither checksum headers nor Expect, which other servers refuse", async () => {
    const store = await throughProxy(newPlace());
    await store.put(NAME, streamOf(bytesOf(9 * MIB, "x")), signal);
    await (await store.open(NAME, signal)).read(0, 10, signal);
    await store.remove(NAME, signal);
    for (const { headers } of proxy.requests) {
      const names = Object.keys(headers).filter((name) =>
        /^x-amz-(checksum|sdk-checksum|trailer)|^expect$|^transfer-encoding$/.test(name),
      );
      assert.deepEqual(names, []);
    }
    await store.close();
  });
});

// MinIO does not tell the days of which there are backups, once they are many.
for (const [name, start, limit] of [
  ["MinIO", startMinio, 12],
  ["the Versity gateway", startVersitygw, 3],
] as const) {
  test(`The newest of 2,100 backups is found in ${limit} requests at most on ${name}, in one where it is recent`, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    await server.createBucket(BUCKET);
    const proxy = await startS3Proxy(server.port);
    t.after(() => proxy.stop());
    const store = await openOn(server, "place", { endpoint: proxy.endpoint });
    const requestsOf = async (run: () => Promise<void>) => {
      const before = proxy.requests.length;
      await run();
      return proxy.requests.length - before;
    };
    const first = Date.now() - 400 * 86_400_000;
    const names = Array.from({ length: 2_100 }, (_, index) => backupName(new Date(first + index * 600_000)));
    await putAll(server, "place", names);
    const stale = await requestsOf(async () => {
      assert.equal((await store.newest({}, signal))?.name, names.at(-1));
    });
    assert.ok(stale <= limit, `${stale} requests`);
    const until = await requestsOf(async () => {
      const found = await store.newest({ until: new Date(first + 1_000_000_000) }, signal);
      assert.equal(found?.name, names[1_666]);
    });
    assert.ok(until <= 2, `${until} requests`);
    const listing = await requestsOf(async () => {
      const listed: string[] = [];
      for await (const backup of store.list({}, signal)) listed.push(backup.name);
      assert.deepEqual(listed, names);
    });
    assert.equal(listing, 3);
    const recent = backupName(new Date());
    await store.put(recent, streamOf(bytesOf(1, "x")), signal);
    const alive = await requestsOf(async () => {
      assert.equal((await store.newest({}, signal))?.name, recent);
    });
    assert.equal(alive, 1);
    await store.close();
  });
}

for (const [name, start] of [
  ["MinIO", startMinio],
  ["the Versity gateway", startVersitygw],
] as const) {
  test(`A request whose bytes are not those of its Content-MD5 is refused by ${name}`, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    await server.createBucket(BUCKET);
    const ContentMD5 = "1B2M2Y8AsgTpgAmY7PhCfg==";
    const put = server.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "changed", ContentMD5 }),
    );
    await assert.rejects(put, { name: "BadDigest" });
  });
}

function emptyListing(prefix: string) {
  const facts = `<Name>${BUCKET}</Name><Prefix>${prefix}</Prefix><KeyCount>0</KeyCount>`;
  return {
    status: 200,
    body: `<ListBucketResult>${facts}<IsTruncated>false</IsTruncated></ListBucketResult>`,
  };
}

const NOT_IMPLEMENTED = {
  status: 501,
  body: "<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented.</Message></Error>",
};

async function putAll(server: S3Server, place: string, names: string[]): Promise<void> {
  const queue = names.values();
  const work = async () => {
    for (const name of queue) {
      await server.client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: `${place}/${name}.zip`, Body: "x" }),
      );
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** Runs with these variables and none of AWS's beside them, and puts the old ones back. */
async function withEnvironment(variables: Record<string, string>, run: () => Promise<void>): Promise<void> {
  const old = { ...process.env };
  try {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, variables);
    await run();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in old)) delete process.env[name];
    Object.assign(process.env, old);
  }
}

for (const [name, start] of [
  ["MinIO", startMinio],
  ["the Versity gateway", startVersitygw],
] as const) {
  test(`A note of some KiB takes one request on ${name}, and a larger one two`, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    await server.createBucket(BUCKET);
    const proxy = await startS3Proxy(server.port);
    t.after(() => proxy.stop());
    const { beside } = await openOn(server, "place", { endpoint: proxy.endpoint });
    for (const [index, size] of [1, 2, 1_500, 8_191, 8_192, 8_193, 200_000].entries()) {
      const place = { folder: "notes", backup: backupName(new Date(index * 1000)), suffix: "note" } as const;
      const bytes = bytesOf(size, `note ${index}`);
      await beside.create(place, bytes, signal);
      proxy.requests.length = 0;
      assert.ok((await beside.read(place, signal))?.equals(bytes), `${size} bytes`);
      assert.equal(proxy.requests.length, size <= 8_192 ? 1 : 2, `${size} bytes`);
      // What breaks off is read again.
      let broken = 0;
      proxy.fault = () => (broken++ === 0 ? "break the body" : undefined);
      assert.ok((await beside.read(place, signal))?.equals(bytes), `${size} bytes, broken off`);
      proxy.fault = undefined;
    }
  });
}
