/**
 * Memory hardly grows with the number of files: the same objects in very many namespaces, and in few. What is done with one
 * namespace reads the files of that one alone.
 *
 * In CI at a size at which an object for each file would show; SIZE=full measures 20,000 namespaces of six kinds, 140,002
 * files, which takes some minutes.
 */

import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, it } from "node:test";
import { imageEnvironment } from "../../../bench/contenders/image-environment.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { runForPeakMemory } from "../../support/program/peak-memory.ts";
import {
  FILES_OF_NAMESPACE,
  namespaceName,
  writeManyNamespaces,
} from "../../support/samples/many-namespaces.ts";

const IS_FULL = process.env["SIZE"] === "full";
/** Objects of each kind; of namespaces there are as many, or few. */
const OBJECTS = IS_FULL ? 20_000 : 5_000;
const SHAPES = { few: 20, many: OBJECTS };
/** MiB for what is done with one namespace, at any size. */
const MOST = 240;

const TIMES = [new Date("2026-01-02T03:04:06Z"), new Date("2026-01-02T03:04:07Z")] as const;
const [BACKUP, LATER] = [backupName(TIMES[0]), backupName(TIMES[1])];
const CHANGED = new Set([7, 8, OBJECTS - 1]);
const HERE = namespaceName(7);
const ELSEWHERE = namespaceName(3);

/** Kinds of which the API server fills in no fields. */
const UNTOUCHED = "configmaps,resourcequotas,secrets";

const skip = process.platform !== "linux" && "reads /proc";

interface Run {
  args: readonly string[];
  /** The exit status: 1 where objects differ. */
  status: number;
  says: string;
  /** MiB that many namespaces may take beyond few: in CI, and in full. An object for each file: 56 to 111, and 98 to 232. */
  growth?: readonly [ci: number, full: number];
}

const RUNS: Record<string, Run> = {
  "list --long": { args: ["list", "--long"], status: 0, says: `${7 * OBJECTS}`, growth: [50, 65] },
  verify: {
    args: ["verify", BACKUP],
    status: 0,
    says: `is whole: ${7 * OBJECTS} objects`,
    growth: [60, 120],
  },
  "diff of two backups": {
    args: ["diff", BACKUP, LATER],
    status: 1,
    says: `0 added, 3 changed, 0 removed, ${7 * OBJECTS - 3} alike`,
    growth: [75, 130],
  },
  "get in one namespace": {
    args: ["get", "configmaps,secrets", "-n", HERE, "--backup", BACKUP, "-o", "name"],
    status: 0,
    says: "configmap/web-",
    growth: [42, 85],
  },
};

/** With a cluster that has nothing but what is restored. */
const ONE_NAMESPACE: Record<string, Run> = {
  "restore --dry-run of one namespace": {
    args: ["restore", BACKUP, "-n", HERE, "--yes", "--dry-run"],
    status: 0,
    says: "7 to create",
  },
  "restore of one namespace": {
    args: ["restore", BACKUP, "-n", HERE, "--yes"],
    status: 0,
    says: "7 created",
  },
  "diff of one namespace with the cluster": {
    args: ["diff", BACKUP, "-n", HERE, "--include-kinds", UNTOUCHED],
    status: 0,
    says: "0 added, 0 changed, 0 removed, 3 alike",
  },
};

let cluster: ControlPlane;
let folder: string;
/** By run and shape. */
const measured = new Map<string, Record<string, Measured>>();

before(async () => {
  if (skip) return;
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-memory-"));
  cluster = await startControlPlane();
});

after(async () => {
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

function environment(store: string): Record<string, string> {
  return {
    ...imageEnvironment(),
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file:${store}`,
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
  };
}

/** The peak in MiB, and the time in seconds. */
interface Measured {
  peak: number;
  seconds: number;
}

/** The least of some runs: when garbage is collected depends on what else the machine does. */
async function measureLeast(name: string, run: Run, store: string, runs = 4): Promise<Measured> {
  let least = await measure(name, run, store);
  for (let count = 1; count < runs; count += 1) {
    const next = await measure(name, run, store);
    if (next.peak < least.peak) least = next;
  }
  return least;
}

async function measure(name: string, { args, status, says }: Run, store: string): Promise<Measured> {
  const start = performance.now();
  const result = await runForPeakMemory(args, { env: environment(store) });
  assert.equal(result.status, status, `${name}: ${result.stderr.slice(-2_000)}`);
  const text = result.stdout + result.stderr;
  assert.ok(text.includes(says), `${name}: ${text.slice(-2_000)}`);
  return { peak: result.peak, seconds: (performance.now() - start) / 1000 };
}

function describe({ peak, seconds }: Measured): string {
  return `${peak.toFixed(0)} MiB, ${seconds.toFixed(1)} s`;
}

for (const [shape, namespaces] of Object.entries(SHAPES)) {
  it(`the objects in ${namespaces} namespaces`, { skip }, async () => {
    const store = path.join(folder, shape);
    await mkdir(store);
    const made = { namespaces, objects: OBJECTS };
    await writeManyNamespaces(store, { ...made, time: TIMES[0] });
    await writeManyNamespaces(store, { ...made, time: TIMES[1], changed: CHANGED });
    for (const [name, run] of Object.entries(RUNS)) {
      measured.set(name, { ...measured.get(name), [shape]: await measureLeast(name, run, store) });
    }
  });
}

it("many namespaces take hardly more than few", { skip }, (context) => {
  for (const [name, { few, many }] of measured)
    if (few !== undefined && many !== undefined)
      context.diagnostic(`${name}: ${describe(few)}; in many ${describe(many)}`);
  for (const [name, { growth: [inCi, inFull] = [0, 0] }] of Object.entries(RUNS)) {
    const { few, many } = measured.get(name) ?? {};
    const growth = (many?.peak ?? Number.POSITIVE_INFINITY) - (few?.peak ?? 0);
    assert.ok(growth <= (IS_FULL ? inFull : inCi), `${name}: ${growth} MiB more`);
  }
});

it(`one namespace of many takes at most ${MOST} MiB`, { skip }, async (context) => {
  for (const [name, run] of Object.entries(ONE_NAMESPACE)) {
    const result = await measure(name, run, path.join(folder, "many"));
    context.diagnostic(`${name}: ${describe(result)}`);
    assert.ok(result.peak <= MOST, `${name}: ${result.peak} MiB`);
  }
});

it("what is done with one namespace reads no files of others", { skip }, async () => {
  const store = path.join(folder, "damaged");
  await mkdir(store);
  const copy = path.join(store, `${BACKUP}.zip`);
  await copyFile(path.join(folder, "many", `${BACKUP}.zip`), copy);
  await damage(copy, `namespaces/${ELSEWHERE}/configmaps.json`);
  const env = environment(store);
  const exported = path.join(folder, "exported");
  for (const args of [
    ["diff", BACKUP, "--include-kinds", UNTOUCHED],
    ["get", "configmaps", "--backup", BACKUP],
  ]) {
    const here = await runForPeakMemory([...args, "-n", HERE], { env });
    assert.equal(here.status, 0, here.stdout + here.stderr);
    const elsewhere = await runForPeakMemory([...args, "-n", ELSEWHERE], { env });
    assert.match(elsewhere.stderr, /it is damaged: .*configmaps\.json/);
    assert.notEqual(elsewhere.status, 0);
  }
  // These check every byte before they write anything.
  for (const args of [
    ["restore", BACKUP, "-n", HERE, "--yes"],
    ["export", BACKUP, exported, "-n", HERE],
  ]) {
    const { status, stderr } = await runForPeakMemory(args, { env });
    assert.match(stderr, /it is damaged: .*configmaps\.json/);
    assert.notEqual(status, 0);
  }
});

/** Changes a byte of the data of a small file, behind its local header. */
async function damage(archive: string, file: string): Promise<void> {
  const at = (await readFile(archive)).indexOf(file) + file.length + 10;
  await using handle = await open(archive, "r+");
  const { buffer } = await handle.read(new Uint8Array(1), 0, 1, at);
  await handle.write(
    buffer.map((byte) => byte ^ 0xff),
    0,
    1,
    at,
  );
}

it("an archive has a file for each kind of each namespace, and one of owners", { skip }, async () => {
  const bytes = await readFile(path.join(folder, "many", `${BACKUP}.zip`));
  // Besides: the Namespaces, the README, MANIFEST and its checksum.
  const entries = FILES_OF_NAMESPACE * OBJECTS + 4;
  assert.equal(bytes.readUInt16LE(bytes.length - 22 + 10), Math.min(entries, 0xffff));
});
