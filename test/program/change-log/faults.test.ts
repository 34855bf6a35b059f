/**
 * The program as a process, killed, stopped and cut off again and again: whatever is certain is right. The change log is in plain,
 * or encrypted and signed: by chance, and by FAULTS_SEED, which the test prints.
 */

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DecryptingStore } from "../../../src/encryption/decrypting-store.ts";
import { parseIdentities } from "../../../src/encryption/identities.ts";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { Beliefs } from "../../../src/trust/beliefs.ts";
import { BelievedStore } from "../../../src/trust/believed-store.ts";
import {
  randomMoments,
  readMoment,
  readMoments,
  wrongMoments,
} from "../../support/change-log/check-moments.ts";
import { startWriters } from "../../support/change-log/writers.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { startTcpProxy, type TcpProxy } from "../../support/faults/tcp-proxy.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type RunningProgram, startProgram } from "../../support/program/program.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";

const FULL = process.env["SIZE"] === "full";
/** How often the program is killed; of each other fault there is one for five kills. */
const KILLS = FULL ? 50 : Number(process.env["SIZE"]) || 5;
/** How long the store is away, in milliseconds. */
const AWAY = FULL ? 120_000 : 8_000;
const MOMENTS = KILLS * 20;
const NAMESPACES = ["killed-a", "killed-b"];
const SEED = Number(process.env["FAULTS_SEED"] ?? randomInt(1_000));
const IS_SEALED = SEED % 2 === 1;

let cluster: ControlPlane;
let minio: S3Server;
let api: ApiProxy;
let s3: TcpProxy;
let store: Store;
let folder: string;
/** Settings with which the change log is encrypted and signed; none where it is in plain. */
let keys: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-faults-"));
  if (IS_SEALED) keys = await sealingKeys(folder);
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket("backups");
  [api, s3] = await Promise.all([startApiProxy(cluster), startTcpProxy(minio.port)]);
  const credentials = { accessKeyId: minio.accessKeyId, secretAccessKey: minio.secretAccessKey };
  const stored = await openStore({
    target: { kind: "s3", bucket: "backups", prefix: "clusters/blue" },
    ...{ endpoint: new URL(minio.endpoint), credentials },
    log: { debug: () => undefined, warn: () => undefined },
  });
  store = IS_SEALED ? await asRead(stored) : stored;
  for (const name of ["backuprestore-donotuse", ...NAMESPACES])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
});

after(async () => {
  await store?.close();
  await Promise.all([api?.stop(), s3?.stop()]);
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** The store as a program with the keys reads it: decrypted, and only what is signed. */
async function asRead(stored: Store): Promise<Store> {
  const text = async (setting: string) => await readFile(keys[setting] ?? "", "utf8");
  const identities = parseIdentities(await text("AGE_KEY_FILE"));
  const signers = parseAllowedSigners(await text("ALLOWED_SIGNERS_FILE"));
  assert.ok("value" in identities && "value" in signers);
  const now = () => new Date();
  const log = await createLog({
    stream: { write: () => true },
    readable: false,
    colors: false,
    debug: false,
    now,
  });
  const inner = new DecryptingStore(stored, identities.value);
  const beliefs = new Beliefs({ store: inner, signers: signers.value, now, log });
  return new BelievedStore({ store: inner, beliefs, whenNone: "error" });
}

/** Starts the program. */
function start(): RunningProgram {
  const through = { endpoint: `http://${s3.address}`, accessKeyId: minio.accessKeyId };
  const env = programEnvironment(api, { ...through, secretAccessKey: minio.secretAccessKey }, "backups", {
    ...{ FREQUENCY: "1", MAXRESTOREAGE: "1440", CHANGE_LOG: "1s", LEASE_TERM: "3s", ...keys },
  });
  return startProgram(["run"], { env });
}

test("whatever is certain is right after kills, stops, broken connections and restarts", async (t) => {
  const writers = startWriters({ request: cluster.request, namespaces: NAMESPACES, pause: 10 });
  const texts: string[] = [];
  let program = start();
  const started = Date.now();
  const begins = async (count = 1) =>
    await program.saw(new RegExp(`("msg":"Change log begins"[^]*){${count}}`), 120_000);
  const end = async (signal: NodeJS.Signals) => {
    program.child.kill(signal);
    const { stderr } = await program.ended;
    texts.push(stderr);
  };
  const faults: readonly (() => Promise<void>)[] = [
    // Watches break off while it goes on.
    async () => {
      const long = ({ query }: { query: URLSearchParams }) => Number(query.get("timeoutSeconds")) > 3;
      const heal = api.inject({ when: long, fault: { kind: "cut", afterBytes: 15_000 } });
      await sleep(4_000);
      heal();
    },
    async () => {
      s3.setMode("refuse");
      await sleep(AWAY / 2);
      s3.setMode("stall");
      await sleep(AWAY / 2);
      s3.setMode("pass");
    },
    // The API server forgets all that was before, and so does etcd.
    async () => {
      await cluster.stopApiServer();
      await cluster.compact();
      await cluster.startApiServer();
    },
    // Another instance takes over from one that is stopped, and that one wakes up.
    async () => {
      const stopped = program;
      stopped.child.kill("SIGSTOP");
      program = start();
      await begins();
      await sleep(2_000);
      stopped.child.kill("SIGCONT");
      const { status, stderr } = await stopped.ended;
      assert.equal(status, 1, stderr);
      assert.match(stderr, /Lease/);
      texts.push(stderr);
    },
  ];
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await begins();
      await sleep(4_000 + (kill % 3) * 700);
      await faults[kill - 1 - 5 * Math.floor((kill - 1) / 5)]?.();
      await sleep(3_000);
      await end("SIGKILL");
      program = start();
    }
    await begins();
    await sleep(2_000);
  } finally {
    await writers.stop();
    if (program.child.exitCode === null) t.after(() => program.child.kill("SIGKILL"));
  }
  const last = Date.now();
  await cluster.request("POST", `/api/v1/namespaces/${NAMESPACES[0]}/configmaps`, {
    metadata: { name: "last" },
  });
  const isCertain = async () => typeof (await readMoment(store, new Date(last), NAMESPACES)) !== "string";
  await until("the end is certain", isCertain, { timeoutMs: 90_000, intervalMs: 500 });
  const ends = Date.now();
  await end("SIGTERM");
  assert.ok(Date.now() - ends < 20_000, "it does not hang");

  const moments = randomMoments(MOMENTS, started, last);
  const { readings, refusals } = await readMoments(store, moments, NAMESPACES);
  const told = [...refusals].map(([why, count]) => `${count} ${why}`).join(", ");
  t.diagnostic(
    `FAULTS_SEED=${SEED}, ${IS_SEALED ? "encrypted and signed" : "in plain"}: ${KILLS} kills in ${Math.round((last - started) / 1000)} s: ${readings.length} moments, ${told}`,
  );
  assert.deepEqual(wrongMoments(readings, writers, { late: 60_000 }), []);
  assert.ok(readings.length > MOMENTS / 8, `${readings.length} of ${MOMENTS}: ${told}`);
  assert.equal(refusals.get("not yet"), undefined);
  assert.doesNotMatch(texts.join(""), /the change log and the backup differ/);
});
