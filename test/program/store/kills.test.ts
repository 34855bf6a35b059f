/**
 * Backup, restore and prune are killed at random moments, against a folder and S3, with backups in plain and with backups
 * that are encrypted and signed: the next run ends right, and in the end nothing is left that is not cleaned up. KILLS_SEED=N repeats a run; KILLS=N makes it N kills, SIZE=full 200.
 */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { seededRandom } from "../../../bench/sample/random.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { exists, FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { backupBytes, hoursAgo, putBackup } from "../../support/samples/sample-backups.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";
import { otherFiles } from "../../support/samples/stored-files.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { startVersitygw } from "../../support/servers/versitygw.ts";

const KILLS = Number(process.env["KILLS"] ?? (process.env["SIZE"] === "full" ? 200 : 9));
const SEED = Number(process.env["KILLS_SEED"] ?? 1);
const BUCKET = "backups";
const HOUR = 3_600_000;
/** Objects of the namespace that is restored. */
const SMALL = 40;
/** ConfigMaps that no compression makes small: the archive is sent in parts. */
const LARGE = 24;
const LARGE_BYTES = 300_000;

let cluster: ControlPlane;
let folder: string;
let minio: S3Server;
let versitygw: S3Server;
/** Settings with which backups are encrypted and signed. */
let sealed: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  sealed = await sealingKeys(folder);
  [minio, versitygw] = await Promise.all([startMinio(), startVersitygw()]);
  await Promise.all([minio, versitygw].map((server) => server.createBucket(BUCKET)));
  for (const name of ["small", "large"]) {
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  }
  const put = (namespace: string, name: string, text: string) =>
    cluster.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name },
      data: { text },
    });
  for (let index = 0; index < SMALL; index += 1) await put("small", `settings-${index}`, `value ${index}`);
  for (let index = 0; index < LARGE; index += 1) {
    await put("large", `noise-${index}`, randomBytes(LARGE_BYTES).toString("base64"));
  }
});
after(async () => {
  await minio?.stop();
  await versitygw?.stop();
});

/** A kind of store, and what a test does to it beside the program. */
interface Place {
  title: string;
  env: Record<string, string>;
  /** The same for backups that are pruned, which are none of the cluster's. */
  pruned: Record<string, string>;
  /** Puts backups of these ages in hours there, in the place of all others. */
  fill(hours: readonly number[]): Promise<void>;
  /** What is left of writes that never ended. */
  leftOvers(): Promise<string[]>;
}

function folderPlace(title: string, keys: Record<string, string> = {}): Place {
  const root = path.join(folder, title.replaceAll(" ", "-"));
  const [backups, pruned] = [path.join(root, "backups"), path.join(root, "pruned")];
  const env = (target: string) => ({ KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${target}` });
  return {
    title,
    env: { ...env(backups), ...keys },
    pruned: env(pruned),
    fill: async (hours) => {
      await rm(pruned, { recursive: true, force: true });
      await mkdir(pruned, { recursive: true });
      for (const each of hours) await putBackup(pruned, hoursAgo(each));
    },
    leftOvers: () => otherFiles(backups),
  };
}

function s3Place(title: string, server: S3Server, keys: Record<string, string> = {}): Place {
  const place = `clusters/${title.replaceAll(" ", "-")}`;
  const env = { ...programEnvironment(cluster, server, BUCKET), S3TARGET: `s3://${BUCKET}/${place}` };
  const prefix = `${place}/pruned`;
  const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey };
  return {
    title,
    env: { ...env, ...keys },
    pruned: { ...env, S3TARGET: `s3://${BUCKET}/${prefix}` },
    fill: async (hours) => {
      const log = { debug: () => undefined, warn: () => undefined };
      const endpoint = new URL(server.endpoint);
      const target = { kind: "s3", bucket: BUCKET, prefix } as const;
      const store = await openStore({ target, endpoint, credentials, log });
      const { signal } = new AbortController();
      for await (const { name } of store.list({}, signal)) await store.remove(name, signal);
      await store.close();
      for (const each of hours) {
        const time = hoursAgo(each);
        const Key = `${prefix}/${backupName(time)}.zip`;
        await server.client.send(
          new PutObjectCommand({ Bucket: BUCKET, Key, Body: await backupBytes(time) }),
        );
      }
    },
    // A server that tells no time, so that the clock of the sweep can be set an hour ahead.
    leftOvers: async () => {
      const proxy = await startS3Proxy(server.port);
      proxy.fault = () => ({ alter: ({ headers }) => ({ headers: { ...headers, date: "unknown" } }) });
      const sweep = async (ahead: number) => {
        const store = await openStore({
          target: { kind: "s3", bucket: BUCKET, prefix: place },
          endpoint: proxy.endpoint,
          credentials,
          log: { debug: (fields) => assert.fail(JSON.stringify(fields)), warn: () => undefined },
          now: () => new Date(Date.now() + ahead),
        });
        return await store.sweep(new AbortController().signal).finally(() => store.close());
      };
      try {
        assert.deepEqual(await sweep(0), [], "an upload of less than an hour ago was given up");
        swept += (await sweep(HOUR + 60_000)).length;
        return await sweep(HOUR + 60_000);
      } finally {
        await proxy.stop();
      }
    },
  };
}

/** Uploads that an hour later would have been given up. */
let swept = 0;

function assertWell({ status, stderr }: ProgramResult, what: string): void {
  assert.equal(status, 0, `${what}: ${stderr}`);
}

/** The ConfigMaps of the namespace that is restored, by name. */
async function contents(): Promise<Record<string, unknown>> {
  const list = await cluster.request("GET", "/api/v1/namespaces/small/configmaps");
  const { items } = list as { items: { metadata: { name: string }; data?: unknown }[] };
  const own = items.filter(({ metadata }) => metadata.name.startsWith("settings-"));
  return Object.fromEntries(own.map(({ metadata, data }) => [metadata.name, data]));
}

/** A job that is killed, and what must be true after the run that follows. */
interface Job {
  args: (place: Place) => string[];
  env: (place: Place) => Record<string, string>;
  before?: (place: Place) => Promise<void>;
  afterwards?: (place: Place) => Promise<void>;
}

const AGES = [90, 80, 70, 60, 50, 40];

test(`${KILLS} kills of backup, restore and prune`, async (t) => {
  t.diagnostic(`KILLS_SEED=${SEED}`);
  const random = seededRandom(SEED);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const places = [
    folderPlace("a folder"),
    folderPlace("a folder, sealed", sealed),
    s3Place("MinIO", minio),
    s3Place("MinIO, sealed", minio, sealed),
    s3Place("the Versity gateway", versitygw),
  ];
  for (const place of places) await place.fill(AGES);
  const original = await contents();
  assert.equal(Object.keys(original).length, SMALL);
  const names = new Map<Place, string>();
  const jobs: Record<string, Job> = {
    backup: {
      args: () => ["backup", "-o", "json"],
      env: ({ env }) => env,
    },
    restore: {
      args: (place) => ["restore", names.get(place) ?? "", "-n", "small", "--yes"],
      env: ({ env }) => env,
      before: () => remove(cluster, "/api/v1/namespaces/small"),
      afterwards: async () => {
        assert.deepEqual(await contents(), original);
        assert.equal(await exists(cluster, FLAG), false, "a flag is written");
        assert.equal(await exists(cluster, RECORD), false, "a restore of the gate is on record");
      },
    },
    prune: {
      args: () => ["prune", "--keep-last", "3", "--min-age", "0", "--yes"],
      env: ({ pruned }) => pruned,
      before: (place) => place.fill(AGES),
      afterwards: async ({ pruned }) => {
        const { stdout } = await runProgram(["list", "-o", "json"], { env: pruned });
        const left = (JSON.parse(stdout).backups as { ageSeconds: number }[]).map(({ ageSeconds }) =>
          Math.floor(ageSeconds / 3600),
        );
        assert.deepEqual(left, AGES.slice(-3));
      },
    },
  };

  /** How long each job takes undisturbed, in milliseconds. */
  const whole = new Map<Job, number>();
  for (const place of places) {
    const stored = await runProgram(["backup", "-o", "json"], { env: place.env });
    assertWell(stored, `the first backup to ${place.title}`);
    names.set(place, JSON.parse(stored.stdout).name);
  }
  const killed: Record<string, number> = {};
  for (let kills = 0; kills < KILLS; ) {
    const [title, job] = pick(Object.entries(jobs));
    const place = pick(places);
    const what = `${title}, ${place.title}`;
    const options = { env: job.env(place) };
    await job.before?.(place);
    const started = performance.now();
    const program = startProgram(job.args(place), options);
    const end = program.ended;
    const moment = whole.get(job);
    if (moment !== undefined) {
      await Promise.race([sleep(random() * moment), end]);
      program.child.kill("SIGKILL");
    }
    const { signal } = await end;
    if (moment === undefined) whole.set(job, performance.now() - started);
    else if (signal === "SIGKILL") {
      kills += 1;
      killed[what] = (killed[what] ?? 0) + 1;
    }
    // Names are of whole seconds: one that was killed after its last request has the name of this second.
    if (title === "backup") await sleep(1000);
    assertWell(await runProgram(job.args(place), options), `${what}, after a kill`);
    await job.afterwards?.(place);
  }
  t.diagnostic(`killed: ${JSON.stringify(killed)}`);

  for (const place of places) {
    // The next run sweeps a folder at once, since the writers have ended.
    assertWell(await runProgram(["backup"], { env: place.env }), `the last backup to ${place.title}`);
    assert.deepEqual(await place.leftOvers(), [], place.title);
    assertWell(await runProgram(["verify", "--all"], { env: place.env }), `verify, ${place.title}`);
    assertWell(await runProgram(["verify", "--all"], { env: place.pruned }), `verify, ${place.title}`);
  }
  t.diagnostic(`uploads that were left, and given up an hour later: ${swept}`);
  assert.deepEqual(await contents(), original);
});
