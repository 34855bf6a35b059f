/** The settings of S3 as a user gives them: what the program does with them at a real server. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type ConnectProxy, startConnectProxy } from "../../support/faults/connect-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import { type Certificate, makeCertificate } from "../../support/servers/certificate.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "backups";
const HOST = "minio.example.test";
const OTHER = "other.example.test";

let certificate: Certificate;
let minio: S3Server;
let proxy: ConnectProxy;
let folder: string;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-s3-"));
  certificate = await makeCertificate([HOST, `*.${HOST}`, OTHER]);
  minio = await startMinio({ env: { MINIO_DOMAIN: HOST }, certificate });
  await minio.createBucket(BUCKET);
  proxy = await startConnectProxy(minio.port);
  const ca = path.join(folder, "ca.crt");
  await writeFile(ca, certificate.ca);
  env = {
    S3TARGET: `s3://${BUCKET}/blue`,
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_S3: `https://${HOST}`,
    AWS_CA_BUNDLE: ca,
    HTTPS_PROXY: proxy.url,
    AWS_ACCESS_KEY_ID: minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
  };
});
after(async () => {
  await proxy?.stop();
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lists; returns what was asked of the proxy. */
async function list(more: Record<string, string> = {}, ...args: string[]) {
  proxy.asked.length = 0;
  const result = await runProgram(["list", ...args], { env: { ...env, ...more } });
  return { ...result, asked: [...new Set(proxy.asked)] };
}

test("the server, its authority, the proxy and the bucket's place come from the environment", async () => {
  const inPath = await list();
  assert.equal(inPath.status, 0, inPath.stderr);
  assert.match(inPath.stdout, /^No backups in s3:\/\/backups\/blue\n$/);
  assert.deepEqual(inPath.asked, [`${HOST}:443`]);
  const inHost = await list({ S3_ADDRESSING: "virtual" });
  assert.equal(inHost.status, 0, inHost.stderr);
  assert.deepEqual(inHost.asked, [`${BUCKET}.${HOST}:443`]);
});

test("KUBE_BACKUP_NAME wins over NAME, and a flag over both", async () => {
  const wrong = { AWS_SECRET_ACCESS_KEY: "of another program", ENDPOINT_URI: "https://wrong.example.test" };
  const { status, stderr, asked } = await list({
    ...wrong,
    KUBE_BACKUP_AWS_ACCESS_KEY_ID: minio.accessKeyId,
    KUBE_BACKUP_AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
    KUBE_BACKUP_ENDPOINT_URI: `https://${OTHER}`,
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(asked, [`${OTHER}:443`]);
  const flag = await list({ KUBE_BACKUP_ENDPOINT_URI: "https://wrong" }, "--endpoint-uri", `https://${HOST}`);
  assert.equal(flag.status, 0, flag.stderr);
});

test("a bundle that is missing or broken ends with status 2, and names the setting", async () => {
  const broken = path.join(folder, "broken.crt");
  await writeFile(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const [file, said] of [
    [path.join(folder, "none.crt"), "cannot be read: there is no such file"],
    [broken, "is broken: certificate 1 of 1 cannot be read; get the file anew"],
  ] as const) {
    const { status, stderr, asked } = await list({ AWS_CA_BUNDLE: file });
    assert.equal(status, 2);
    assert.equal(JSON.parse(stderr).msg, `AWS_CA_BUNDLE (--ca-bundle) ${JSON.stringify(file)} ${said}`);
    assert.deepEqual(asked, []);
  }
});

test("what is asked of objects reaches the server: one that cannot encrypt says so", async () => {
  const S3_SSE = "AES256";
  const target = { KUBECONFIG: path.join(folder, "kubeconfig") };
  await writeFile(
    target.KUBECONFIG,
    JSON.stringify({
      "current-context": "x",
      clusters: [{ name: "x", cluster: { server: "http://127.0.0.1:1" } }],
      contexts: [{ name: "x", context: { cluster: "x" } }],
    }),
  );
  const args = ["check-access", "-o", "json", "--for", "backup"];
  const { stdout } = await runProgram(args, { env: { ...env, ...target, S3_SSE } });
  const { rights } = JSON.parse(stdout) as {
    rights: { right: string; allowed: boolean | null; reason: string }[];
  };
  const put = rights.find(({ right }) => right === "s3:PutObject");
  assert.equal(put?.allowed, null);
  assert.match(put?.reason ?? "", /NotImplemented.*KMS is not configured/);
});
