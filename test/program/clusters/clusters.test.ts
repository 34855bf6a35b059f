/** The stores of many clusters in one bucket, or in one folder, told by the newest backup of each. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "fleet";
/** How many clusters one bucket has. */
const MANY = process.env["SIZE"] === "full" ? 1_000 : 40;
const INTERVAL = 900;

let server: S3Server;
let proxy: S3Proxy;

before(async () => {
  server = await startMinio();
  proxy = await startS3Proxy(server.port);
  await Promise.all([BUCKET, "many", "empty"].map((bucket) => server.createBucket(bucket)));
});
after(async () => {
  await proxy?.stop();
  await server?.stop();
});

async function put(bucket: string, key: string, body: Uint8Array | string): Promise<void> {
  await server.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** A backup of so many hours ago under a prefix, with a note. */
async function putNoted(
  bucket: string,
  prefix: string,
  {
    hours,
    interval = INTERVAL,
    name = prefix,
  }: { hours: number; interval?: number | undefined; name?: string },
): Promise<string> {
  const pair = await notedBackup(hoursAgo(hours), {
    change: ({ intervalSeconds: _, ...note }) => ({
      ...note,
      cluster: { id: note.cluster.id, name },
      ...(interval === 0 ? {} : { intervalSeconds: interval }),
    }),
  });
  await put(bucket, `${prefix}/${pair.name}.zip`, pair.zip);
  await put(bucket, `${prefix}/notes/${pair.name}.note`, pair.note ?? "");
  return pair.name;
}

async function clusters(
  place: string,
  args: string[] = [],
  more: Record<string, string> = {},
): Promise<ProgramResult> {
  const env = {
    ENDPOINT_URI: proxy.endpoint.href,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    ...more,
  };
  return await runProgram(["clusters", ...(place === "" ? [] : [place]), ...args], { env });
}

describe("a bucket of several clusters", () => {
  before(async () => {
    await putNoted(BUCKET, "blue", { hours: 30 });
    await putNoted(BUCKET, "blue", { hours: 0.1 });
    await put(BUCKET, "blue/log/20260131T120000000Z-0f0c4f0e-00000000/x.jsonl.gz", "x");
    await putNoted(BUCKET, "team/a/green", { hours: 5, name: "green" });
    await putNoted(BUCKET, "manual", { hours: 500, interval: 0 });
    await put(BUCKET, "gone/notes/backup_20260131T120000Z.note", "x");
    await put(BUCKET, "torn/backup_20260131T120000Z.zip", "this is no zip");
    await put(BUCKET, "website/index.html", "x");
  });

  test("has each one's newest, and what is stale; the status is 1", async () => {
    const { status, stdout, stderr } = await clusters(`s3://${BUCKET}`, ["-o", "json"]);
    assert.equal(status, 1, stderr);
    const { store, clusters: rows } = JSON.parse(stdout);
    assert.equal(store, `s3://${BUCKET}`);
    const told = rows.map((row: Record<string, unknown> & { cluster: { name: string } | null }) => [
      row["store"],
      row.cluster?.name ?? null,
      row["state"],
      row["stale"] !== null,
    ]);
    assert.deepEqual(told, [
      [`s3://${BUCKET}/blue`, "blue", "ok", false],
      [`s3://${BUCKET}/gone`, null, "none", true],
      [`s3://${BUCKET}/manual`, "manual", "ok", false],
      [`s3://${BUCKET}/team/a/green`, "green", "ok", true],
      [`s3://${BUCKET}/torn`, null, "damaged", true],
    ]);
    assert.match(
      rows[3].stale,
      /^the newest that can be read, backup_\w+, is of 5h .*, more than two intervals of 15m$/,
    );
    assert.match(
      stderr,
      /Cannot rely on all backups: s3:\/\/fleet\/gone: it holds no backup that counts, and 2 more/,
    );
  });

  test("is one line a cluster for people", async () => {
    const { stdout } = await clusters(`s3://${BUCKET}`);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0] ?? "", /^STORE +CLUSTER +NEWEST \(UTC\) +AGE +OBJECTS +SIZE +STATE$/);
    assert.match(
      lines[1] ?? "",
      /^s3:\/\/fleet\/blue +blue +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +6m ago +3 +\S+ \S+ +ok$/,
    );
    assert.match(lines[4] ?? "", /^s3:\/\/fleet\/team\/a\/green +green .* stale \(ok\)$/);
    assert.equal(lines.length, 6);
  });

  test("of those below a prefix, or of S3TARGET, has only these", async () => {
    for (const [place, more] of [
      [`s3://${BUCKET}/blue`, { S3TARGET: `s3://${BUCKET}/elsewhere` }],
      ["", { S3TARGET: `s3://${BUCKET}/blue` }],
    ] as const) {
      const { status, stdout, stderr } = await clusters(place, ["-o", "json"], more);
      assert.equal(status, 0, stderr);
      assert.deepEqual(
        JSON.parse(stdout).clusters.map((row: { store: string }) => row.store),
        [`s3://${BUCKET}/blue`],
      );
    }
  });

  test("with MAXRESTOREAGE, is stale where the newest is older", async () => {
    const { stdout } = await clusters(`s3://${BUCKET}/manual`, ["-o", "json"], { MAXRESTOREAGE: "60" });
    assert.match(JSON.parse(stdout).clusters[0].stale, /MAXRESTOREAGE is 1h/);
  });

  test("with ALLOWED_SIGNERS, has no backup that nobody of these has signed", async () => {
    const signers = `blue namespaces="kube-backup" ssh-ed25519 ${Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from("ssh-ed25519"),
      Buffer.from([0, 0, 0, 32]),
      Buffer.alloc(32, 9),
    ]).toString("base64")}`;
    const { status, stdout, stderr } = await clusters(`s3://${BUCKET}/blue`, ["-o", "json"], {
      ALLOWED_SIGNERS: signers,
    });
    assert.equal(status, 1, stderr);
    const [row] = JSON.parse(stdout).clusters;
    assert.deepEqual([row.state, row.stale], ["none", "it holds no backup that counts"]);
  });
});

test("an empty bucket has none, and a bucket that cannot be listed is an error", async () => {
  const none = await clusters("s3://empty");
  assert.equal(none.status, 0, none.stderr);
  assert.equal(none.stdout, "No backups in s3://empty, nor in what is below it\n");
  const missing = await clusters("s3://missing");
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /Cannot list backups in s3:\/\/missing: /);
});

test(`a bucket of ${MANY} clusters takes a few requests for each`, async (t) => {
  const names = Array.from({ length: MANY }, (_, index) => `cluster-${String(index).padStart(4, "0")}`);
  const pair = await notedBackup(hoursAgo(0.2), {
    change: (note) => ({ ...note, intervalSeconds: INTERVAL }),
  });
  for (const name of names) {
    await put("many", `${name}/${pair.name}.zip`, pair.zip);
    await put("many", `${name}/notes/${pair.name}.note`, pair.note ?? "");
  }
  proxy.requests.length = 0;
  const begun = performance.now();
  const { status, stdout, stderr } = await clusters("s3://many", ["-o", "json"]);
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).clusters.length, MANY);
  t.diagnostic(`${MANY} clusters: ${proxy.requests.length} requests, ${seconds.toFixed(1)} s`);
  assert.ok(proxy.requests.length <= 4 * MANY + 10, `${proxy.requests.length} requests`);
});

test("folders are stores, too", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-clusters-"));
  try {
    const { name, zip, note } = await notedBackup(hoursAgo(0.2));
    await mkdir(path.join(folder, "blue", "notes"), { recursive: true });
    await mkdir(path.join(folder, "music"));
    await writeFile(path.join(folder, "blue", `${name}.zip`), zip);
    await writeFile(path.join(folder, "blue", "notes", `${name}.note`), note ?? "");
    const { status, stdout, stderr } = await runProgram(["clusters", `file://${folder}`, "-o", "json"], {
      env: {},
    });
    assert.equal(status, 0, stderr);
    const rows = JSON.parse(stdout).clusters;
    assert.deepEqual(
      rows.map((row: { store: string; backup: string }) => [row.store, row.backup]),
      [[`file://${folder}/blue`, name]],
    );
    const missing = await runProgram(["clusters", `file://${folder}/nothing`], { env: {} });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /Cannot look for backups in file:\/\/\S+nothing: /);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
