/** Which rights on S3 are there: each one taken away from a real server's policy, and the policy that gives them all. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, describe, test } from "node:test";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { checkStoreAccess } from "../../../src/store/check-store-access.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { S3WriteOptions } from "../../../src/store/contract/s3-options.ts";
import { JOBS, type Job, type StoreAccess } from "../../../src/store/contract/store-access.ts";
import { startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { type Session, sessionWith } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { startVersitygw } from "../../support/servers/versitygw.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, SILENT, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const { signal } = new AbortController();
const TAGS = { tags: { team: "platform" } };
const KMS = { sse: "aws:kms" } as const;
const ACTIONS = [
  ...["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"],
  ...["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"],
  "s3:DeleteObject",
];

let minio: S3Server;

before(async () => {
  minio = await startMinio({
    env: { MINIO_KMS_SECRET_KEY: `backups-key:${Buffer.alloc(32, 7).toString("base64")}` },
  });
  await minio.createBucket(BUCKET);
});
after(() => minio?.stop());

interface Check {
  server?: S3Server;
  credentials?: Session;
  write?: S3WriteOptions;
  jobs?: readonly Job[];
  endpoint?: URL;
  bucket?: string;
}

async function check(prefix: string, given: Check = {}): Promise<StoreAccess> {
  const { server = minio, write = {}, jobs = JOBS } = given;
  const { credentials = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey } } =
    given;
  const options = {
    target: { kind: "s3", bucket: given.bucket ?? BUCKET, prefix },
    endpoint: given.endpoint ?? new URL(server.endpoint),
    credentials,
    write,
    log: SILENT,
    timeouts: { attempts: 2 },
  } as const;
  return await checkStoreAccess(options, jobs, signal);
}

/** The rights by name: yes, no, or unknown. */
function answers({ rights }: StoreAccess): Record<string, boolean | undefined> {
  return Object.fromEntries(rights.map(({ right, allowed }) => [right, allowed]));
}

/** A refusal as Amazon words it. */
function denial(message: string) {
  return { status: 403, body: `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>` };
}

/** Keys below a prefix. */
async function keys(server: S3Server, Prefix: string): Promise<string[]> {
  const { Contents } = await server.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
  return (Contents ?? []).map(({ Key }) => Key ?? "");
}

async function sessionOf(actions: readonly string[]): Promise<Session> {
  return await sessionWith(minio, [{ Effect: "Allow", Action: actions, Resource: ["arn:aws:s3:::*"] }]);
}

for (const [name, start] of [
  ["MinIO", startMinio],
  ["the Versity gateway", startVersitygw],
] as const) {
  test(`With all rights on ${name} all is there, and nothing is left`, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    await server.createBucket(BUCKET);
    for (const write of [{}, TAGS]) {
      const access = await check("blue", { server, write });
      assert.deepEqual(new Set(Object.values(answers(access))), new Set([true]), JSON.stringify(access));
      assert.deepEqual(access.leftBehind, []);
    }
    assert.deepEqual(await keys(server, ""), []);
    assert.deepEqual(await unfinishedUploads(server, "blue"), []);
  });
}

describe("A right that is missing", () => {
  // MinIO lets everybody tag who may write.
  for (const missing of ACTIONS.filter((action) => action !== "s3:PutObjectTagging")) {
    test(`${missing} is named, and no other`, async () => {
      const place = missing.replace(":", "-");
      const credentials = await sessionOf(ACTIONS.filter((action) => action !== missing));
      const access = await check(place, { credentials, write: TAGS });
      const expected = Object.fromEntries(ACTIONS.map((action) => [action, action !== missing]));
      if (missing === "s3:PutObject") {
        // Nothing can be written, so that nothing tells whether it could be tagged or read.
        expected["s3:PutObjectTagging"] = undefined as unknown as boolean;
        expected["s3:GetObject"] = true;
      }
      assert.deepEqual(answers(access), expected, JSON.stringify(access.rights));
      const { why = "" } = access.rights.find(({ right }) => right === missing) ?? {};
      assert.match(why, /access denied \(AccessDenied: Access Denied\.\)$/);
      const left = ["backup_access-check", "backup_access-check-parts", "notes/access-check"].map(
        (key) => `${place}/${key}`,
      );
      const stays = missing === "s3:DeleteObject" ? left : [];
      assert.deepEqual(
        access.leftBehind,
        stays.map((key) => `s3://${BUCKET}/${key}`),
      );
      assert.deepEqual(await keys(minio, `${place}/`), stays);
    });
  }

  test("s3:PutObjectTagging is named, and no other, as Amazon refuses", async (t) => {
    const proxy = await startS3Proxy(minio.port);
    t.after(() => proxy.stop());
    const said =
      "User: arn:aws:iam::123:user/u is not authorized to perform: s3:PutObjectTagging on resource: x";
    proxy.fault = ({ headers }) => (headers["x-amz-tagging"] === undefined ? undefined : denial(said));
    const access = await check("tagging", { endpoint: proxy.endpoint, write: TAGS });
    const expected = Object.fromEntries(ACTIONS.map((action) => [action, action !== "s3:PutObjectTagging"]));
    assert.deepEqual(answers(access), expected, JSON.stringify(access.rights));
    const { why } = access.rights.find(({ right }) => right === "s3:PutObjectTagging") ?? {};
    assert.equal(why, `access denied (AccessDenied: ${said})`);
    assert.deepEqual(await keys(minio, "tagging/"), []);
  });

  test("to use a KMS key is told from the right to write, as Amazon refuses", async (t) => {
    const proxy = await startS3Proxy(minio.port);
    t.after(() => proxy.stop());
    const said = (right: string) =>
      `User: arn:aws:iam::123:user/u is not authorized to perform: ${right} on resource: k`;
    proxy.fault = ({ headers }) =>
      headers["x-amz-server-side-encryption"] === undefined ? undefined : denial(said("kms:GenerateDataKey"));
    const { rights } = await check("kms", { endpoint: proxy.endpoint, write: KMS });
    const found = Object.fromEntries(rights.map(({ right, allowed, why }) => [right, [allowed, why]]));
    assert.deepEqual(found["kms:GenerateDataKey"], [
      false,
      `PutObject: access denied (AccessDenied: ${said("kms:GenerateDataKey")})`,
    ]);
    assert.deepEqual(found["s3:PutObject"], [
      undefined,
      "PutObject is refused for the lack of kms:GenerateDataKey",
    ]);
    proxy.fault = ({ method }) => (method === "GET" ? denial(said("kms:Decrypt")) : undefined);
    const reading = await check("kms", { endpoint: proxy.endpoint, write: KMS });
    assert.equal(answers(reading)["kms:Decrypt"], false);
    assert.equal(answers(reading)["kms:GenerateDataKey"], true);
  });

  test("of the notes beside the backups is one to write, too", async () => {
    const credentials = await sessionWith(minio, [
      { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::*"] },
      { Effect: "Allow", Action: ["s3:*"], Resource: [`arn:aws:s3:::${BUCKET}/old/backup_*`] },
    ]);
    assert.equal(answers(await check("old", { credentials }))["s3:PutObject"], false);
    assert.deepEqual(await keys(minio, "old/"), []);
  });

  test("leaves no further object behind where it is checked again", async () => {
    const credentials = await sessionOf(ACTIONS.filter((action) => action !== "s3:DeleteObject"));
    for (let time = 0; time < 2; time++) await check("again", { credentials });
    assert.equal((await keys(minio, "again/")).length, 3);
    assert.deepEqual(new Set(Object.values(answers(await check("again")))), new Set([true]));
    assert.deepEqual(await keys(minio, "again/"), []);
  });

  test("keeps none of the others from being asked: nothing is allowed at all", async () => {
    const access = await check("nothing", { credentials: await sessionOf(["s3:ListAllMyBuckets"]) });
    const denied = Object.fromEntries(
      ACTIONS.filter((action) => action !== "s3:PutObjectTagging").map((action) => [action, false]),
    );
    assert.deepEqual(answers(access), { ...denied, "s3:GetObject": undefined, "s3:DeleteObject": false });
    assert.equal(access.failure, undefined);
  });

  test("to write leaves the right to read certain, where there is a backup", async () => {
    const Key = `read-only/${backupName(new Date())}.zip`;
    await minio.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));
    const credentials = await sessionOf(["s3:ListBucket", "s3:GetObject"]);
    const access = await check("read-only", { credentials, jobs: ["restore"] });
    assert.deepEqual(answers(access), { "s3:ListBucket": true, "s3:GetObject": true });
    // Whoever only restores writes nothing, though it were allowed.
    const proxy = await startS3Proxy(minio.port);
    await check("read-only", { jobs: ["restore"], endpoint: proxy.endpoint });
    assert.deepEqual(new Set(proxy.requests.map(({ method }) => method)), new Set(["GET"]));
    await proxy.stop();
    const denied = await check("read-only", { credentials: await sessionOf(["s3:ListBucket"]) });
    assert.equal(answers(denied)["s3:GetObject"], false);
  });

  test("is the policy's demand for a header, where the setting is missing", async () => {
    const allow = { Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] };
    const Condition = { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } };
    const credentials = await sessionWith(minio, [
      allow,
      // MinIO asks for the header of parts too, which Amazon does not: only whole objects can be looked at.
      { ...allow, Effect: "Deny", Action: ["s3:PutObject"], Condition },
    ]);
    const without = await check("demanding", { credentials });
    const refused = without.rights.find(({ right }) => right === "s3:PutObject");
    assert.match(refused?.why ?? "", /^access denied/);
    const { rights } = await check("demanding", { credentials, write: KMS });
    const put = rights.find(({ right }) => right === "s3:PutObject");
    assert.doesNotMatch(put?.why ?? "", /^access denied/);
  });
});

describe("The policy that is printed", () => {
  for (const prefix of ["clusters/blue", "", "odd $ and * prefix"]) {
    test(`is enough for everything below "${prefix}", and gives nothing else`, async () => {
      const { policy } = await check(prefix, { write: TAGS });
      const { Statement } = policy as { Statement: object[] };
      const credentials = await sessionWith(minio, Statement);
      const access = await check(prefix, { credentials, write: TAGS });
      assert.deepEqual(
        new Set(Object.values(answers(access))),
        new Set([true]),
        JSON.stringify(access.rights),
      );

      const store = await openOn(minio, prefix, { credentials, write: TAGS });
      for (const size of [10, 6 * MIB]) {
        const name = backupName(new Date(size * 1000));
        assert.equal(await store.has(name, signal), false);
        await assert.rejects(store.open(name, signal), /: there is no backup of that name$/);
        await store.put(name, streamOf(bytesOf(size, "x")), signal);
        assert.equal((await store.newest({}, signal))?.name, name);
        await (await store.open(name, signal)).read(0, 10, signal);
        await store.remove(name, signal);
      }
      assert.equal(await store.holdsOlderFormat(signal), false);
      await store.close();

      for (const elsewhere of ["other", `${prefix}2`, `${prefix === "" ? "x" : prefix}/below`]) {
        const denied = await check(elsewhere, { credentials, write: TAGS });
        // Uploads are listed of a whole bucket or not at all.
        const { "s3:ListBucketMultipartUploads": _, ...others } = answers(denied);
        assert.ok(!Object.values(others).includes(true), `${elsewhere}: ${JSON.stringify(denied.rights)}`);
      }
    });
  }

  test("gives a laptop that only restores no right to write", async () => {
    const { policy } = await check("blue", { jobs: ["restore"] });
    const { Statement } = policy as { Statement: { Action: string[] }[] };
    assert.deepEqual(
      Statement.flatMap(({ Action }) => Action),
      ["s3:ListBucket", "s3:GetObject"],
    );
  });
});

describe("Where nothing can be asked", () => {
  test("the error says why, and all rights are unknown", async () => {
    const gone = await startS3Proxy();
    await gone.stop();
    const cases: [Check, RegExp][] = [
      [
        { endpoint: gone.endpoint },
        /^Cannot check the rights on S3: the server at \S+ refuses the connection$/,
      ],
      [{ bucket: "missing" }, /: there is no bucket missing \(NoSuchBucket: /],
      [
        { credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x", sessionToken: "" } },
        /: the server does not know the access key \(InvalidAccessKeyId: /,
      ],
    ];
    for (const [given, message] of cases) {
      const access = await check("x", given);
      assert.match(access.failure?.message ?? "", message);
      assert.deepEqual(new Set(Object.values(answers(access))), new Set([undefined]));
    }
  });

  test("an interruption ends it, and what was made is removed", async () => {
    const proxy = await startS3Proxy(minio.port);
    const stop = new AbortController();
    proxy.fault = ({ url }) => {
      if (url.includes("?uploads")) stop.abort(new Error("stop"));
      return undefined;
    };
    const options = {
      target: { kind: "s3", bucket: BUCKET, prefix: "stopped" },
      endpoint: proxy.endpoint,
      credentials: { accessKeyId: minio.accessKeyId, secretAccessKey: minio.secretAccessKey },
      log: SILENT,
    } as const;
    await assert.rejects(checkStoreAccess(options, JOBS, stop.signal), /^Error: stop$/);
    assert.deepEqual(await keys(minio, "stopped/"), []);
    await proxy.stop();
  });
});
