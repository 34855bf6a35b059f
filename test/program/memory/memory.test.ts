/**
 * Memory does not grow with the number of objects: lists and archives are walked beside one another.
 *
 * In CI at a size at which digests of all objects would show; SIZE=full measures 300,000 and a million objects, which
 * takes half an hour and 12 GiB of memory.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, it } from "node:test";
import { imageEnvironment } from "../../../bench/contenders/image-environment.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { runForPeakMemory } from "../../support/program/peak-memory.ts";
import { fillWithConfigMaps, writeManyConfigMaps } from "../../support/samples/many-config-maps.ts";

const IS_FULL = process.env["SIZE"] === "full";
const SIZES = IS_FULL ? [300_000, 1_000_000] : [40_000, 120_000];
/** MiB at any size; and from one size to the next, where digests of the objects between would take 25 MiB. */
const MOST = 200;
const MOST_GROWTH = 20;

const skip = process.platform !== "linux" && "reads /proc";

interface Run {
  args: (backups: readonly string[]) => string[];
  /** The exit status: 1 where objects differ. */
  status: number;
  says: (count: number) => string;
}

const RESTORE: Run = {
  args: ([name = ""]) => ["restore", name, "--yes"],
  status: 0,
  says: (count) => `0 created, ${count} unchanged`,
};

const RUNS: Record<string, Run> = {
  diff: {
    args: ([name = ""]) => ["diff", name],
    // The Namespaces have a label by now.
    status: 1,
    says: (count) => `, ${count} alike`,
  },
  "diff of two backups": {
    args: (names) => ["diff", ...names],
    status: 0,
    says: (count) => `0 added, 0 changed, 0 removed, ${count + 31} alike`,
  },
  // In CI, the dry run below stands for it.
  ...(IS_FULL ? { "restore where all exists": RESTORE } : {}),
  "restore --prune as a dry run": {
    args: ([name = ""]) => ["restore", name, "--yes", "--prune", "--dry-run=client"],
    status: 0,
    says: (count) => `0 to create, ${count} unchanged`,
  },
  verify: {
    args: ([name = ""]) => ["verify", name],
    status: 0,
    says: (count) => `is whole: ${count + 31} objects`,
  },
  "prune of the store": {
    args: () => ["prune", "--keep-last", "1", "--min-age", "0", "--dry-run"],
    status: 0,
    says: () => "1 would be removed, 1 kept",
  },
};

let cluster: ControlPlane;
let folder: string;
/** Peaks in MiB, by run and size. */
const peaks = new Map<string, number[]>();

before(async () => {
  if (skip) return;
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-memory-"));
  cluster = await startControlPlane();
});

after(async () => {
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

for (const count of SIZES) {
  it(`${count} objects take at most ${MOST} MiB`, { skip }, async () => {
    const times = [new Date("2026-01-02T03:04:06Z"), new Date("2026-01-02T03:04:07Z")];
    const backups: string[] = [];
    for (const time of times) backups.push(await writeManyConfigMaps(folder, { count, time }));
    await fillWithConfigMaps(cluster, count);
    const env = {
      ...imageEnvironment(),
      KUBECONFIG: cluster.kubeconfig,
      S3TARGET: `file:${folder}`,
      FREQUENCY: "1",
      MAXRESTOREAGE: "60",
    };
    for (const [name, { args, status, says }] of Object.entries(RUNS)) {
      const result = await runForPeakMemory(args(backups), { env });
      assert.equal(result.status, status, `${name}: ${result.stderr.slice(-2_000)}`);
      const text = result.stdout + result.stderr;
      assert.ok(text.includes(says(count)), `${name}: ${text.slice(-2_000)}`);
      peaks.set(name, [...(peaks.get(name) ?? []), result.peak]);
      assert.ok(result.peak > 0 && result.peak <= MOST, `${name}: ${result.peak} MiB`);
    }
  });
}

it("several times the objects take no more", { skip }, (context) => {
  for (const [name, [fewer = 0, more = Number.POSITIVE_INFINITY]] of peaks) {
    context.diagnostic(`${name}: ${fewer.toFixed(0)} and ${more.toFixed(0)} MiB`);
    assert.ok(more - fewer <= MOST_GROWTH, `${name}: ${fewer} MiB, and ${more} MiB`);
  }
  assert.equal(peaks.size, Object.keys(RUNS).length);
});
