import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JOBS } from "../../../src/store/contract/store-access.ts";
import { type PolicyOptions, s3Policy } from "../../../src/store/s3/access/s3-policy.ts";

interface Statement {
  Sid: string;
  Action: string[];
  Resource: string[];
  Condition?: object;
}

/** Patterns of the keys below a prefix. */
function below(prefix: string): string[] {
  return ["backup_*", "notes/*", "reports/*", "tags/*", "log/*"].map((keys) => prefix + keys);
}

function statements(other: Partial<PolicyOptions>): Statement[] {
  const place = { bucket: "backups", keyPrefix: "blue/", region: "eu-west-1", write: {}, jobs: JOBS };
  return (s3Policy({ ...place, ...other }) as { Statement: Statement[] }).Statement;
}

describe("The IAM policy", () => {
  test("names this bucket and this prefix alone, and marks what only one job needs", () => {
    const objects = below("arn:aws:s3:::backups/blue/");
    assert.deepEqual(
      s3Policy({ bucket: "backups", keyPrefix: "blue/", region: "eu-west-1", write: {}, jobs: JOBS }),
      {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "List",
            Effect: "Allow",
            Action: ["s3:ListBucket"],
            Resource: ["arn:aws:s3:::backups"],
            Condition: { StringLike: { "s3:prefix": below("blue/") } },
          },
          {
            Sid: "ListUploads",
            Effect: "Allow",
            Action: ["s3:ListBucketMultipartUploads"],
            Resource: ["arn:aws:s3:::backups"],
          },
          { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: objects },
          {
            Sid: "BackupOnly",
            Effect: "Allow",
            Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            Resource: objects,
          },
          { Sid: "PruneOnly", Effect: "Allow", Action: ["s3:DeleteObject"], Resource: objects },
        ],
      },
    );
  });

  test("has what the jobs need, and the settings ask for", () => {
    const actions = (other: Partial<PolicyOptions>) => statements(other).flatMap(({ Action }) => Action);
    assert.deepEqual(actions({ jobs: ["restore"] }), ["s3:ListBucket", "s3:GetObject"]);
    assert.deepEqual(actions({ jobs: ["prune"] }), ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"]);
    assert.ok(actions({ write: { tags: { a: "b" } } }).includes("s3:PutObjectTagging"));
    assert.ok(!actions({ write: { sse: "AES256" } }).some((action) => action.startsWith("kms:")));
    const kms = { write: { sse: "aws:kms" } } as const;
    assert.deepEqual(actions(kms).slice(-2), ["kms:GenerateDataKey", "kms:Decrypt"]);
    assert.deepEqual(actions({ ...kms, jobs: ["restore"] }).slice(-1), ["kms:Decrypt"]);
  });

  test("writes places in the partition and the form that they have", () => {
    const rows: [Partial<PolicyOptions>, list: string, objects: string][] = [
      [{ keyPrefix: "" }, "arn:aws:s3:::backups", "arn:aws:s3:::backups/"],
      [{ region: "cn-north-1" }, "arn:aws-cn:s3:::backups", "arn:aws-cn:s3:::backups/blue/"],
      [{ region: "us-gov-west-1" }, "arn:aws-us-gov:s3:::backups", "arn:aws-us-gov:s3:::backups/blue/"],
      [
        { keyPrefix: ["a*b?c$", "{d}$/"].join("") },
        "arn:aws:s3:::backups",
        "arn:aws:s3:::backups/a?b?c?{d}$/",
      ],
      [
        { bucket: "arn:aws:s3:eu-west-1:123456789012:accesspoint/point" },
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/point",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/point/object/blue/",
      ],
    ];
    for (const [other, list, objects] of rows) {
      const [first, uploads, second] = statements(other);
      const places = [first, uploads, second].map((statement) => statement?.Resource);
      assert.deepEqual(places, [[list], [list], below(objects)]);
    }
  });

  test("names the KMS key as closely as the setting does, and only for S3", () => {
    const viaS3 = { StringLike: { "kms:ViaService": ["s3.*.amazonaws.com"] } };
    const rows: [key: string | undefined, resource: string, condition: object][] = [
      [undefined, "arn:aws:kms:*:*:key/*", viaS3],
      ["1234-ab", "arn:aws:kms:*:*:key/1234-ab", viaS3],
      ["arn:aws:kms:eu-west-1:123456789012:key/1", "arn:aws:kms:eu-west-1:123456789012:key/1", viaS3],
      [
        "alias/backups",
        "arn:aws:kms:*:*:key/*",
        { ...viaS3, "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/backups"] } },
      ],
      [
        "arn:aws:kms:eu-west-1:123456789012:alias/backups",
        "arn:aws:kms:*:*:key/*",
        { ...viaS3, "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/backups"] } },
      ],
    ];
    for (const [sseKmsKeyId, resource, condition] of rows) {
      const write = { sse: "aws:kms" as const, ...(sseKmsKeyId === undefined ? {} : { sseKmsKeyId }) };
      const key = statements({ write }).at(-1);
      assert.deepEqual([key?.Resource, key?.Condition], [[resource], condition]);
    }
  });
});
