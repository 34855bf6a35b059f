import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { readSettings } from "../../../src/settings/settings.ts";

const FIRST = {
  S3TARGET: "s3://first/blue",
  ENDPOINT_URI: "http://first:9000",
  AWS_ACCESS_KEY_ID: "first-id",
  AWS_SECRET_ACCESS_KEY: "first-secret",
  AWS_REGION: "eu-west-1",
  S3_ADDRESSING: "path",
  S3_SSE: "AES256",
  COPY_TO: "s3://second/blue",
};

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-second-"));
});
after(() => rm(folder, { recursive: true, force: true }));

function second(environment: Record<string, string>) {
  const { copyTo } = readSettings({ environment: { ...FIRST, ...environment }, flags: {}, needs: [] });
  if (copyTo === undefined) return undefined;
  const { target, endpoint, accessKey, region, s3, objectLock } = copyTo;
  return {
    target: target.kind === "s3" ? target.bucket : target.folder,
    endpoint: endpoint?.host,
    id: accessKey?.accessKeyId.reveal(),
    secret: accessKey?.secretAccessKey.reveal(),
    region,
    ...s3,
    ...(objectLock === undefined ? {} : { objectLock }),
  };
}

function problems(environment: Record<string, string>): readonly string[] {
  try {
    second(environment);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  return [];
}

const SHARED = { endpoint: "first:9000", id: "first-id", secret: "first-secret", region: "eu-west-1" };
const NOTHING = { endpoint: undefined, id: undefined, secret: undefined, region: undefined };
const KEY = { COPY_AWS_ACCESS_KEY_ID: "other-id", COPY_AWS_SECRET_ACCESS_KEY: "other-secret\n" };

describe("the second store", () => {
  const rows: [title: string, environment: Record<string, string>, expected: object | undefined][] = [
    ["is none without COPY_TO", { COPY_TO: "" }, undefined],
    ["is on the same server without more", {}, { ...SHARED, addressing: "path" }],
    [
      "shares what it does not say otherwise, and nothing of its objects",
      { COPY_AWS_REGION: "eu-north-1", COPY_S3_STORAGE_CLASS: "STANDARD_IA" },
      { ...SHARED, region: "eu-north-1", addressing: "path", storageClass: "STANDARD_IA" },
    ],
    ["shares nothing with a key of its own", KEY, { ...NOTHING, id: "other-id", secret: "other-secret" }],
    [
      "shares nothing with a server of its own",
      { COPY_ENDPOINT_URI: "https://second" },
      { ...NOTHING, endpoint: "second" },
    ],
    [
      "is read with KUBE_BACKUP_ before its names",
      { ...KEY, KUBE_BACKUP_COPY_AWS_ACCESS_KEY_ID: "own-id", KUBE_BACKUP_COPY_ENDPOINT_URI: "https://own" },
      { ...NOTHING, endpoint: "own", id: "own-id", secret: "other-secret" },
    ],
    [
      "has a lock of its own",
      {
        OBJECT_LOCK: "governance",
        OBJECT_LOCK_DAYS: "7",
        COPY_OBJECT_LOCK: "compliance",
        COPY_OBJECT_LOCK_DAYS: "30",
      },
      { ...SHARED, addressing: "path", objectLock: { mode: "compliance", days: 30 } },
    ],
  ];
  for (const [title, environment, expected] of rows)
    it(title, () => {
      assert.deepEqual(second(environment), expected && { target: "second", ...expected });
    });

  it("has its key in files", async () => {
    const [id, secret, empty] = ["id", "secret", "empty"].map((name) => path.join(folder, name));
    assert.ok(id !== undefined && secret !== undefined && empty !== undefined);
    await writeFile(id, "file-id\n");
    await writeFile(secret, "file-secret\n");
    await writeFile(empty, "\n");
    const files = { COPY_AWS_ACCESS_KEY_ID_FILE: id, COPY_AWS_SECRET_ACCESS_KEY_FILE: secret };
    assert.deepEqual(second(files), { target: "second", ...NOTHING, id: "file-id", secret: "file-secret" });
    assert.equal(second({ ...files, COPY_AWS_ACCESS_KEY_ID: "id" })?.id, "id");
    assert.deepEqual(problems({ ...files, COPY_AWS_SECRET_ACCESS_KEY_FILE: path.join(folder, "none") }), [
      "COPY_AWS_SECRET_ACCESS_KEY_FILE cannot be read: there is no such file",
    ]);
    assert.deepEqual(problems({ ...files, COPY_AWS_SECRET_ACCESS_KEY_FILE: empty }), [
      "COPY_AWS_SECRET_ACCESS_KEY_FILE names a file that is empty",
    ]);
  });

  const wrong: [environment: Record<string, string>, problem: RegExp][] = [
    [
      { COPY_AWS_ACCESS_KEY_ID: "x" },
      /^COPY_AWS_SECRET_ACCESS_KEY is missing, and COPY_AWS_ACCESS_KEY_ID is set/,
    ],
    [{ COPY_AWS_SECRET_ACCESS_KEY: "x" }, /^COPY_AWS_ACCESS_KEY_ID is missing/],
    [
      { COPY_S3_SSE_KMS_KEY_ID: "x" },
      /^COPY_S3_SSE_KMS_KEY_ID is set, and COPY_S3_SSE is missing: set COPY_S3_SSE/,
    ],
    [{ COPY_OBJECT_LOCK: "governance" }, /^COPY_OBJECT_LOCK is set, and COPY_OBJECT_LOCK_DAYS is missing/],
    [
      { COPY_TO: "file:///x", COPY_OBJECT_LOCK: "governance", COPY_OBJECT_LOCK_DAYS: "1" },
      /^COPY_OBJECT_LOCK is for buckets, and COPY_TO is a folder/,
    ],
    [{ COPY_TO: "bucket" }, /^COPY_TO \(--copy-to\) "bucket" is not a URL/],
  ];
  for (const [environment, problem] of wrong)
    it(`is wrong with ${Object.keys(environment).join(", ")}`, () => {
      const found = problems(environment);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", problem);
    });
});
