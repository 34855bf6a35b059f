/** What the gate asks of a store in MinIO: no manifest twice, and what cannot be read is an error, never "no backups". */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, beforeEach, describe, test } from "node:test";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { lookAtStore } from "../../../src/restore-gate/gather-facts.ts";
import type { KnownMakers } from "../../../src/restore-gate/survey.ts";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { Beliefs } from "../../../src/trust/beliefs.ts";
import { BelievedStore } from "../../../src/trust/believed-store.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

const { signal } = new AbortController();
const MINUTE = 60_000;
const OWN = new SigningKey(Buffer.alloc(32, 1));
const NOW = new Date();
const PLACE = "clusters/blue";
const QUICK = { connect: 500, idle: 2_000, attempts: 2 };

let minio: S3Server;
let proxy: S3Proxy;
let store: Store;
/** The newest first. */
const names: string[] = [];

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
  store = await openOn(minio, PLACE, { endpoint: proxy.endpoint, timeouts: QUICK });
  for (const minutes of [10, 20, 30]) await put(minutes);
});
beforeEach(() => {
  proxy.fault = undefined;
  proxy.requests.length = 0;
});
after(async () => {
  await store?.close();
  await proxy?.stop();
  await minio?.stop();
});

async function put(minutesAgo: number, objects = 3): Promise<void> {
  const time = new Date(Math.floor(NOW.getTime() / 1000) * 1000 - minutesAgo * MINUTE);
  const { name, zip, note } = await notedBackup(time, { key: OWN, objects });
  const send = (Key: string, Body: Buffer) =>
    minio.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${PLACE}/${Key}`, Body }));
  await send(`${name}.zip`, zip);
  await send(`notes/${name}.note`, note ?? Buffer.alloc(0));
  if (!names.includes(name)) names.push(name);
}

/** The same store as ALLOWED_SIGNERS has it believed. */
async function believed(): Promise<Store> {
  const parsed = parseAllowedSigners(`blue ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}`);
  const signers = "value" in parsed ? parsed.value : assert.fail(parsed.problem);
  const stream = { write: () => true };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now: () => NOW });
  const beliefs = new Beliefs({ store, signers, now: () => NOW, log });
  return new BelievedStore({ store, beliefs, whenNone: "error" });
}

async function look(at: Store, known?: KnownMakers) {
  return await lookAtStore({ store: at, maxRestoreAge: 60 * MINUTE, now: () => NOW, known }, signal);
}

const isOfArchive = (url: string) => /\.zip\b/.test(url) && !url.includes("list-type");

/** The requests for bytes of archives. */
function reads(): number {
  return proxy.requests.filter(({ method, url }) => method === "GET" && isOfArchive(url)).length;
}

test("a second look reads the manifest of no backup that is what it was", async () => {
  const known: KnownMakers = new Map();
  const first = await look(store, known);
  const once = reads();
  assert.ok(once >= 3, `${once} requests for three archives`);
  const all = proxy.requests.length;
  assert.deepEqual((await look(store, known)).makers, first.makers);
  assert.equal(reads(), once);
  assert.ok(proxy.requests.length - all <= 3, "listings alone");
  // Other bytes have its name.
  await put(20, 5);
  await look(store, known);
  assert.equal(reads(), once + once / 3);
});

const REFUSED = {
  status: 403,
  headers: { "content-type": "application/xml" },
  body: "<Error><Code>AccessDenied</Code><Message>No</Message></Error>",
};
const SLOW = { ...REFUSED, status: 503, body: "<Error><Code>SlowDown</Code><Message>No</Message></Error>" };

describe("what cannot be read is an error that names it", () => {
  for (const [title, fault] of [
    ["refused", REFUSED],
    ["overloaded", SLOW],
  ] as const) {
    const rows: [what: string, isHit: (url: string) => boolean, says: () => RegExp, isBelieved: boolean][] = [
      [
        "a note",
        (url) => /notes\/backup_\w+\.note/.test(url),
        () => /Cannot read notes\/backup_\w+\.note/,
        true,
      ],
      ["an archive", isOfArchive, () => /Cannot read backup_/, false],
      ["the listing", (url) => url.includes("list-type"), () => /Cannot list/, false],
    ];
    for (const [what, isHit, says, isBelieved] of rows) {
      test(`${what} is ${title}`, async () => {
        const at = isBelieved ? await believed() : store;
        proxy.fault = ({ url }) => (isHit(decodeURIComponent(url)) ? fault : undefined);
        await assert.rejects(look(at), says());
        proxy.fault = undefined;
        assert.equal((await look(at)).newest?.name, names[0]);
      });
    }
  }
});
