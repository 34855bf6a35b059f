import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { createS3Client, type S3ClientOptions } from "../../../src/store/s3/s3-client.ts";

const CREDENTIALS = { accessKeyId: "AKIAKEY\n", secretAccessKey: "secret\n" };
const ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/point";

/** Where a listing would be sent, and for which region it is signed. */
async function destination(options: Omit<S3ClientOptions, "credentials">): Promise<string> {
  const client = await createS3Client({ ...options, credentials: CREDENTIALS });
  let seen = "";
  client.middlewareStack.add(
    () => async (args) => {
      const { hostname, path, headers } = args.request as {
        hostname: string;
        path: string;
        headers: Record<string, string>;
      };
      const [, key, region] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(headers["authorization"] ?? "") ?? [];
      seen = `${hostname}${path} ${key} ${region}`;
      return { response: {}, output: { $metadata: {} } as ListObjectsV2CommandOutput };
    },
    { step: "finalizeRequest", priority: "low", name: "see" },
  );
  await client.send(new ListObjectsV2Command({ Bucket: options.bucket }));
  client.destroy();
  return seen;
}

const ENDPOINT = new URL("http://minio.example:9000");

const TABLE: [string, Omit<S3ClientOptions, "credentials">, string][] = [
  ["a bucket", { bucket: "backups" }, "backups.s3.us-east-1.amazonaws.com/ AKIAKEY us-east-1"],
  [
    "a bucket with dots",
    { bucket: "my.backups" },
    "s3.us-east-1.amazonaws.com/my.backups/ AKIAKEY us-east-1",
  ],
  [
    "a region",
    { bucket: "backups", region: "eu-west-1" },
    "backups.s3.eu-west-1.amazonaws.com/ AKIAKEY eu-west-1",
  ],
  [
    "AWS_REGION",
    { bucket: "backups", environment: { AWS_REGION: "eu-west-2\n", AWS_DEFAULT_REGION: "eu-west-3" } },
    "backups.s3.eu-west-2.amazonaws.com/ AKIAKEY eu-west-2",
  ],
  [
    "AWS_DEFAULT_REGION",
    { bucket: "backups", environment: { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-3" } },
    "backups.s3.eu-west-3.amazonaws.com/ AKIAKEY eu-west-3",
  ],
  [
    "an endpoint, with the bucket in the host's name",
    { bucket: "backups", endpoint: ENDPOINT, addressing: "virtual" },
    "backups.minio.example/ AKIAKEY us-east-1",
  ],
  [
    "Amazon's, with the bucket in the path",
    { bucket: "backups", addressing: "path" },
    "s3.us-east-1.amazonaws.com/backups/ AKIAKEY us-east-1",
  ],
  [
    "Amazon's, with the bucket in the host's name",
    { bucket: "backups", addressing: "virtual" },
    "backups.s3.us-east-1.amazonaws.com/ AKIAKEY us-east-1",
  ],
  ["an endpoint", { bucket: "backups", endpoint: ENDPOINT }, "minio.example/backups/ AKIAKEY us-east-1"],
  [
    "an access point",
    { bucket: ARN },
    "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/ AKIAKEY eu-west-1",
  ],
];

describe("Requests to S3", () => {
  // The region of whoever runs the tests must not decide.
  const { AWS_CONFIG_FILE: configFile } = process.env;
  before(() => {
    process.env.AWS_CONFIG_FILE = "/nowhere";
  });
  after(() => {
    if (configFile === undefined) delete process.env.AWS_CONFIG_FILE;
    else process.env.AWS_CONFIG_FILE = configFile;
  });

  for (const [what, options, expected] of TABLE) {
    test(`go to the right host, in the right region: ${what}`, async () => {
      assert.equal(await destination({ environment: {}, ...options }), expected);
    });
  }

  test("leave variables of the environment that are not AWS's as they are", async () => {
    const environment = { AWS_PROFILE: "backup\n", OTHER: "x\n", AWS_REGION: "eu-west-1" };
    (await createS3Client({ bucket: "backups", environment })).destroy();
    assert.deepEqual(environment, { AWS_PROFILE: "backup", OTHER: "x\n", AWS_REGION: "eu-west-1" });
  });
});
