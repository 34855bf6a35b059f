import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { readSettings } from "../../../src/settings/settings.ts";

function read(environment: Record<string, string>) {
  return readSettings({ environment, flags: {}, needs: [] }).s3;
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  return [];
}

describe("good settings of S3", () => {
  const rows: [environment: Record<string, string>, settings: object | undefined][] = [
    [{}, undefined],
    [{ S3_ADDRESSING: "auto" }, { addressing: "auto" }],
    [{ S3_ADDRESSING: "Virtual\n", ENDPOINT_URI: "http://minio:9000" }, { addressing: "virtual" }],
    [{ S3_ADDRESSING: "path", ENDPOINT_URI: "http://10.0.0.1:9000" }, { addressing: "path" }],
    [
      { S3_ADDRESSING: "virtual", S3TARGET: "s3://my.backups", ENDPOINT_URI: "http://minio:9000" },
      { addressing: "virtual" },
    ],
    [
      { S3_ADDRESSING: "virtual", S3TARGET: "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/p" },
      { addressing: "virtual" },
    ],
    [{ S3_SSE: "AES256" }, { sse: "AES256" }],
    [{ S3_SSE: "aes256" }, { sse: "AES256" }],
    [{ S3_SSE: "aws:kms" }, { sse: "aws:kms" }],
    [
      { S3_SSE: "aws:kms:dsse", S3_SSE_KMS_KEY_ID: "alias/backups" },
      { sse: "aws:kms:dsse", sseKmsKeyId: "alias/backups" },
    ],
    [
      { S3_SSE: "aws:kms", S3_SSE_KMS_KEY_ID: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd" },
      { sse: "aws:kms", sseKmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd" },
    ],
    [{ S3_STORAGE_CLASS: "GLACIER_IR" }, { storageClass: "GLACIER_IR" }],
    [{ S3_STORAGE_CLASS: "our-nvme.2" }, { storageClass: "our-nvme.2" }],
    [{ S3_OBJECT_TAGS: "team=platform" }, { tags: { team: "platform" } }],
    [
      { S3_OBJECT_TAGS: "team = web shop, x=, a:b/c@d=1+1=2" },
      { tags: { team: "web shop", x: "", "a:b/c@d": "1+1=2" } },
    ],
  ];
  for (const [environment, settings] of rows) {
    it(JSON.stringify(environment), () => assert.deepEqual(read(environment), settings));
  }
});

describe("bad settings of S3", () => {
  const tags = "write KEY=VALUE,KEY=VALUE, for example team=platform,purpose=backup";
  const eleven = Array.from({ length: 11 }, (_, index) => `k${index}=v`).join();
  const rows: [environment: Record<string, string>, problem: string][] = [
    [
      { S3_ADDRESSING: "host" },
      'S3_ADDRESSING (--s3-addressing) "host" is none of auto, path and virtual: write one of them',
    ],
    [
      { S3_ADDRESSING: "virtual", ENDPOINT_URI: "http://10.0.0.1:9000" },
      "S3_ADDRESSING is virtual, and the host of ENDPOINT_URI is an address: name the host, or set S3_ADDRESSING to path",
    ],
    [
      { S3_ADDRESSING: "virtual", ENDPOINT_URI: "http://[fd00::1]:9000" },
      "S3_ADDRESSING is virtual, and the host of ENDPOINT_URI is an address: name the host, or set S3_ADDRESSING to path",
    ],
    ...["My_Backups", "my.backups"].map((bucket): [Record<string, string>, string] => [
      { S3_ADDRESSING: "virtual", S3TARGET: `s3://${bucket}/x` },
      `S3_ADDRESSING is virtual, and ${bucket} cannot be part of a host's name: set S3_ADDRESSING to path`,
    ]),
    [
      { S3_ADDRESSING: "path", S3TARGET: "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/p" },
      "S3_ADDRESSING is path, and S3TARGET is an access point, which has a host of its own: leave S3_ADDRESSING out",
    ],
    [
      { S3_SSE: "true" },
      'S3_SSE (--s3-sse) "true" is none of AES256, aws:kms and aws:kms:dsse: write one of them',
    ],
    [
      { S3_SSE_KMS_KEY_ID: "k" },
      "S3_SSE_KMS_KEY_ID is set, and S3_SSE is missing: set S3_SSE to aws:kms or aws:kms:dsse",
    ],
    [
      { S3_SSE: "AES256", S3_SSE_KMS_KEY_ID: "k" },
      "S3_SSE_KMS_KEY_ID is set, and S3_SSE is AES256: set S3_SSE to aws:kms or aws:kms:dsse",
    ],
    [
      { S3_SSE: "aws:kms", S3_SSE_KMS_KEY_ID: "my key" },
      'S3_SSE_KMS_KEY_ID (--s3-sse-kms-key-id) "my key" is no KMS key: write its id, alias/NAME or its ARN, for example arn:aws:kms:eu-west-1:123456789012:key/ID',
    ],
    ...["GLACIER", "DEEP_ARCHIVE", "deep-archive"].map((value): [Record<string, string>, string] => [
      { S3_STORAGE_CLASS: value },
      `S3_STORAGE_CLASS (--s3-storage-class) "${value}" is an archive storage class, from which no backup can be read when it is needed: write another, for example STANDARD_IA or GLACIER_IR`,
    ]),
    [
      { S3_STORAGE_CLASS: "standard-ia" },
      'S3_STORAGE_CLASS (--s3-storage-class) "standard-ia" is no storage class: write STANDARD_IA',
    ],
    [
      { S3_STORAGE_CLASS: "two words" },
      'S3_STORAGE_CLASS (--s3-storage-class) "two words" is no storage class: write its name, for example STANDARD_IA',
    ],
    ...["team", "=x", "a=1,", "a=1,,b=2"].map((value): [Record<string, string>, string] => [
      { S3_OBJECT_TAGS: value },
      `S3_OBJECT_TAGS (--s3-object-tags) "${value}" holds a tag without a key or without "=": ${tags}`,
    ]),
    [
      { S3_OBJECT_TAGS: "a=1,a=2" },
      `S3_OBJECT_TAGS (--s3-object-tags) "a=1,a=2" holds the tag a twice: ${tags}`,
    ],
    [
      { S3_OBJECT_TAGS: "a=1&b" },
      `S3_OBJECT_TAGS (--s3-object-tags) "a=1&b" holds a character other than letters, digits, spaces and + - = . _ : / @: ${tags}`,
    ],
    [
      { S3_OBJECT_TAGS: "aws:x=1" },
      'S3_OBJECT_TAGS (--s3-object-tags) "aws:x=1" holds a key that begins with aws:, which is Amazon\'s own: choose another',
    ],
    [
      { S3_OBJECT_TAGS: eleven },
      `S3_OBJECT_TAGS (--s3-object-tags) "${eleven}" holds 11 tags: an object has at most 10`,
    ],
  ];
  for (const [environment, problem] of rows) {
    it(JSON.stringify(environment), () => assert.deepEqual(problemsOf(environment), [problem]));
  }
});

describe("AWS_CA_BUNDLE", () => {
  let folder: string;
  let good: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-ca-"));
    good = path.join(folder, "ca.crt");
    const made = [
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=ca",
    ];
    const files = ["-out", good, "-keyout", path.join(folder, "ca.key")];
    execFileSync("openssl", ["req", ...made, ...files], { stdio: "pipe" });
  });
  after(() => rm(folder, { recursive: true }));

  it("is read: certificates, and comments between them", async () => {
    const pem = await readFile(good, "utf8");
    const bundle = path.join(folder, "bundle.crt");
    await writeFile(bundle, `# the first\n${pem}\n# the second\n${pem}`);
    assert.equal(read({ AWS_CA_BUNDLE: `${good}\n` })?.ca, pem);
    assert.equal(read({ AWS_CA_BUNDLE: bundle })?.ca, await readFile(bundle, "utf8"));
  });

  it("that is missing or broken is a usage error, which names the setting", async () => {
    const key = path.join(folder, "ca.key");
    const broken = path.join(folder, "broken.crt");
    const pem = await readFile(good, "utf8");
    await writeFile(broken, pem + pem.replace(/\n[A-Za-z0-9+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA"));
    const rows: [file: string, problem: string][] = [
      [path.join(folder, "none"), "cannot be read: there is no such file"],
      [folder, "cannot be read: it is a folder"],
      [key, "holds no certificate: name a file of certificates in PEM (-----BEGIN CERTIFICATE-----)"],
      [broken, "is broken: certificate 2 of 2 cannot be read; get the file anew"],
    ];
    for (const [file, problem] of rows) {
      assert.deepEqual(problemsOf({ AWS_CA_BUNDLE: file }), [
        `AWS_CA_BUNDLE (--ca-bundle) "${file}" ${problem}`,
      ]);
    }
  });
});
