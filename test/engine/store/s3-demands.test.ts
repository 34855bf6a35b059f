/** Buckets whose policy demands encryption, a key, a storage class or tags of every object. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, beforeEach, describe, test } from "node:test";
import { GetObjectTaggingCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import type { S3WriteOptions } from "../../../src/store/contract/s3-options.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { type Session, sessionWith } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { startVersitygw } from "../../support/servers/versitygw.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const NAME = "backup_20260131T120000Z";
const KEY = "backups-key";
const { signal } = new AbortController();

/** In one request, and in parts. */
const SIZES = [100, 6 * MIB];

let minio: S3Server;
let proxy: S3Proxy;
let places = 0;

before(async () => {
  const secret = Buffer.alloc(32, 7).toString("base64");
  minio = await startMinio({ env: { MINIO_KMS_SECRET_KEY: `${KEY}:${secret}` } });
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
});
beforeEach(() => {
  proxy.requests.length = 0;
});
after(async () => {
  await proxy?.stop();
  await minio?.stop();
});

/** What S3 knows of an object that was stored with these options. */
async function storedWith(write: S3WriteOptions, size: number, credentials?: Session) {
  const place = `place-${++places}`;
  const store = await openOn(minio, place, {
    endpoint: proxy.endpoint,
    write,
    ...(credentials && { credentials }),
  });
  const bytes = bytesOf(size, "x");
  await store.put(NAME, streamOf(bytes), signal);
  const opened = await store.open(NAME, signal);
  assert.ok(bytes.equals(await opened.read(0, size, signal)));
  await store.close();
  assert.deepEqual(await unfinishedUploads(minio, place), []);
  const object = { Bucket: BUCKET, Key: `${place}/${NAME}.zip` };
  const head = await minio.client.send(new HeadObjectCommand(object));
  const { TagSet } = await minio.client.send(new GetObjectTaggingCommand(object));
  return { ...head, tags: Object.fromEntries((TagSet ?? []).map(({ Key, Value }) => [Key, Value])) };
}

for (const size of SIZES) {
  describe(`An object of ${size} bytes`, () => {
    test("is encrypted as S3_SSE says", async () => {
      assert.equal((await storedWith({}, size)).ServerSideEncryption, undefined);
      assert.equal((await storedWith({ sse: "AES256" }, size)).ServerSideEncryption, "AES256");
    });

    test("is encrypted with the KMS key that is named, or the server's own", async () => {
      assert.equal((await storedWith({ sse: "aws:kms" }, size)).ServerSideEncryption, "aws:kms");
      const named = await storedWith({ sse: "aws:kms", sseKmsKeyId: KEY }, size);
      assert.match(named.SSEKMSKeyId ?? "", new RegExp(`${KEY}$`));
    });

    test("has the storage class and the tags that are asked for", async () => {
      const tags = { team: "web shop", "a:b/c@d": "1+1=2", none: "" };
      const stored = await storedWith({ storageClass: "REDUCED_REDUNDANCY", tags }, size);
      assert.equal(stored.StorageClass, "REDUCED_REDUNDANCY");
      assert.deepEqual(stored.tags, tags);
    });

    test("carries what it asks for in the request that begins it, and in no other", async () => {
      const write = {
        sse: "aws:kms",
        sseKmsKeyId: KEY,
        storageClass: "STANDARD",
        tags: { a: "1 2", b: "" },
      } as const;
      await storedWith(write, size);
      const names = [
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-storage-class",
        "x-amz-tagging",
      ];
      const asking = proxy.requests.filter(({ headers }) =>
        names.some((name) => headers[name] !== undefined),
      );
      assert.deepEqual(
        asking.map(({ method, url }) => `${method} ${url.includes("?uploads")}`),
        [size > 5 * MIB ? "POST true" : "PUT false"],
      );
      assert.deepEqual(
        names.map((name) => asking[0]?.headers[name]),
        ["aws:kms", KEY, "STANDARD", "a=1%202&b="],
      );
    });
  });
}

describe("A policy that demands", () => {
  const allow = { Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] };
  // MinIO asks for the headers of every request of s3:PutObject, parts among them; Amazon of those that begin objects.
  const rows: [what: string, condition: Record<string, string>, write: S3WriteOptions][] = [
    ["encryption", { "s3:x-amz-server-side-encryption": "AES256" }, { sse: "AES256" }],
    ["encryption with KMS", { "s3:x-amz-server-side-encryption": "aws:kms" }, { sse: "aws:kms" }],
    [
      "a storage class",
      { "s3:x-amz-storage-class": "REDUCED_REDUNDANCY" },
      { storageClass: "REDUCED_REDUNDANCY" },
    ],
    ["a tag", { "s3:RequestObjectTag/team": "platform" }, { tags: { team: "platform" } }],
  ];
  for (const [what, condition, write] of rows) {
    test(`${what} is satisfied by the setting, and refuses without it`, async () => {
      const deny = {
        ...allow,
        Effect: "Deny",
        Action: ["s3:PutObject"],
        Condition: { StringNotEquals: condition },
      };
      const session = await sessionWith(minio, [allow, deny]);
      await assert.rejects(
        storedWith({}, 100, session),
        /: access denied \(AccessDenied: Access Denied\.\)$/,
      );
      await storedWith(write, 100, session);
    });
  }
});

test("A server that cannot encrypt says so in its own words", async (t) => {
  const server = await startMinio();
  t.after(() => server.stop());
  await server.createBucket(BUCKET);
  const store = await openOn(server, "x", { write: { sse: "AES256" } });
  for (const size of SIZES) {
    await assert.rejects(
      store.put(NAME, streamOf(bytesOf(size, "x")), signal),
      /^OperatorError: Cannot store \S+ in \S+: .* \(NotImplemented: .*KMS is not configured.*\)$/,
    );
  }
  await store.close();
});

test("The Versity gateway keeps the tags, and refuses no storage class", async (t) => {
  const server = await startVersitygw();
  t.after(() => server.stop());
  await server.createBucket(BUCKET);
  const store = await openOn(server, "x", {
    write: { storageClass: "STANDARD", tags: { team: "web shop" } },
  });
  for (const [index, size] of SIZES.entries()) {
    const name = NAME.replace("00Z", `0${index}Z`);
    await store.put(name, streamOf(bytesOf(size, "x")), signal);
    const object = { Bucket: BUCKET, Key: `x/${name}.zip` };
    const { TagSet } = await server.client.send(new GetObjectTaggingCommand(object));
    assert.deepEqual(TagSet, [{ Key: "team", Value: "web shop" }]);
  }
  await store.close();
});
