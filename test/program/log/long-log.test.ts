/**
 * A change log of a segment each minute, rolled up, and a backup every 15 minutes, in MinIO: how many requests the history of one
 * object and a moment take. Three days; with SIZE=full 30 days, 43,200 segments and 2,880 backups, and how long it takes.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { BUCKET, openOn } from "../../engine/store/s3-fixture.ts";
import { encrypted, keyPair, recipientsOf } from "../../support/encryption/age-files.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import { type GeneratedLog, generateLog } from "../../support/samples/generated-log.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const FULL = process.env["SIZE"] === "full";
const DAYS = FULL ? 30 : 3;
const START = new Date("2026-01-01T00:00:00.000Z");
const KEY = new SigningKey(Buffer.alloc(32, 1));

let minio: S3Server;
let proxy: S3Proxy;
let folder: string;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-long-log-"));
});

after(async () => {
  await proxy?.stop();
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const form of ["plain", "signed and encrypted"]) {
  describe(`a long change log that is ${form}`, () => {
    let log: GeneratedLog;
    const env: Record<string, string> = { KUBECONFIG: "/nonexistent", LOG_FORMAT: "text" };

    before(async () => {
      const prefix = form.replaceAll(" ", "-");
      const store = await openOn(minio, prefix);
      const keys = await keyPair();
      const isPlain = form === "plain";
      try {
        log = await generateLog(store, {
          ...{ start: START, days: isPlain || FULL ? DAYS : 1 },
          signingKey: isPlain ? undefined : KEY,
          encrypt: isPlain ? undefined : (bytes) => encrypted(bytes, recipientsOf(keys)),
        });
      } finally {
        await store.close();
      }
      Object.assign(env, {
        ...{ S3TARGET: `s3://${BUCKET}/${prefix}`, ENDPOINT_URI: proxy.endpoint.href },
        ...{ AWS_ACCESS_KEY_ID: minio.accessKeyId, AWS_SECRET_ACCESS_KEY: minio.secretAccessKey },
      });
      if (isPlain) return;
      const signers = path.join(folder, "signers");
      await writeFile(signers, `* ssh-ed25519 ${KEY.publicKey.blob.toString("base64")}\n`);
      Object.assign(env, { AGE_KEY: keys.identity, ALLOWED_SIGNERS_FILE: signers });
    });

    /** Runs a command line, and counts its requests. */
    async function run(args: readonly string[]): Promise<{ stdout: string; requests: number }> {
      const from = proxy.requests.length;
      const started = performance.now();
      const { status, stdout, stderr } = await runProgram(args, { env });
      assert.equal(status, 0, stderr);
      const requests = proxy.requests.length - from;
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      if (FULL) console.log(`${form}, ${args.slice(0, 2).join(" ")}: ${requests} requests, ${seconds} s`);
      return { stdout, requests };
    }

    it("is in few files", () => {
      assert.ok(log.files < 50, `${log.segments} segments in ${log.files} files`);
      if (FULL)
        console.log(
          `${form}: ${log.segments} segments and ${log.backups} backups, ${log.files} files of the log`,
        );
    });

    it("tells the history of one object with at most 100 requests, and reads no backup in between", async () => {
      const args = ["log", "deploy/web", "-n", "shop", "--since", START.toISOString()];
      const { stdout, requests } = await run([...args, "--until", log.end.toISOString(), "-o", "json"]);
      const items: { time: string; changes: { after?: unknown; right?: unknown }[] }[] =
        JSON.parse(stdout).items;
      assert.deepEqual(
        items.map(({ time }) => Date.parse(time)),
        log.web.map(({ minute }) => START.getTime() + minute * 60_000),
      );
      assert.ok(log.web.length > 2);
      assert.ok(requests <= (FULL ? 100 : 70), `${requests} requests`);
    });

    it("opens a moment with few requests", async () => {
      const middle = Math.floor(log.segments / 2 / 15) * 15 + 14;
      const moment = new Date(START.getTime() + middle * 60_000).toISOString();
      const { stdout, requests } = await run([
        "get",
        "deploy/web",
        "-n",
        "shop",
        "--at",
        moment,
        "-o",
        "json",
      ]);
      const { replicas } = log.web.findLast(({ minute }) => minute <= middle) ?? { replicas: 1 };
      assert.equal(JSON.parse(stdout).spec.replicas, replicas);
      assert.ok(requests <= 30, `${requests} requests`);
    });
  });
}
