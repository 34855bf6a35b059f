/**
 * Whatever is put into a cluster comes back: random objects of random kinds, through capture, archive,
 * restore and capture again.
 *
 * PROPERTY_SEED=N repeats a run; PROPERTY_OBJECTS says how many objects each kind has, 50 without it.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import fc from "fast-check";
import PQueue from "p-queue";
import type { TakenBackup } from "../../../src/backup/take-backup.ts";
import { collectionOf, define, type Rig, removeDefinitions, startRig } from "../../support/engine/rig.ts";
import { clusterContents, unzip } from "../../support/program/archive-contents.ts";
import { until } from "../../support/until.ts";
import { CONFIG_MAPS, customKind, type Kind, SECRETS } from "./kinds.ts";

const SEED = Number(process.env["PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const OBJECTS = Number(process.env["PROPERTY_OBJECTS"] ?? 50);
const KINDS = 10;
const NAMESPACES = ["property-a", "property-a-b", "property-c"];
const CONCURRENCY = 8;

/** What is put into the cluster of one kind. */
interface Batch {
  /** The path of all of its objects, and that of one namespace's. */
  list: string;
  collections: string[];
  objects: { path: string; body: Record<string, unknown> }[];
}

let rig: Rig;
let kinds: Kind[];
let batches: Batch[];
let first: TakenBackup;
/** Answers of the API server before the first restore, by list. */
let texts: Map<string, Map<string, string>>;

before(async () => {
  rig = await startRig();
  const sampled = <T>(arbitrary: fc.Arbitrary<T>, index: number, numRuns: number): T[] =>
    fc.sample(arbitrary, { seed: SEED + index, numRuns });
  // The last of several: the first ones that fast-check makes are small.
  kinds = Array.from({ length: KINDS }, (_, index) => sampled(customKind(index), index, 5).at(-1) as Kind);
  await Promise.all(
    NAMESPACES.map((name) => rig.cluster.request("POST", "/api/v1/namespaces", { metadata: { name } })),
  );
  await define(
    rig,
    kinds.map(({ definition }) => definition),
  );
  batches = [
    ...kinds.map(({ definition, objects }, index) =>
      batchOf(
        (namespace) => collectionOf(definition, namespace),
        definition.namespaced,
        sampled(objects, index, OBJECTS),
      ),
    ),
    batchOf(
      (namespace) => coreCollection("configmaps", namespace),
      true,
      sampled(CONFIG_MAPS, KINDS, OBJECTS),
    ),
    batchOf((namespace) => coreCollection("secrets", namespace), true, sampled(SECRETS, KINDS + 1, OBJECTS)),
  ];
  await each(
    batches.flatMap(({ objects }) => objects),
    async ({ path, body }) => {
      await rig.send("POST", path, JSON.stringify(body));
    },
  );
  texts = await answers();
  first = await rig.backUp();
});

after(() => rig?.stop());

test("every object that was put in is in the backup, once", (t) => {
  t.diagnostic(
    `seed ${SEED}: ${batches.flatMap(({ objects }) => objects).length} objects of ${batches.length} kinds`,
  );
  for (const { definition } of kinds) {
    const { counts } = first.manifest;
    assert.equal(counts[definition.kind], OBJECTS, definition.kind);
  }
  assert.deepEqual(first.manifest.missing, []);
});

test("deleted and restored, all of it is as it was: for the API server to the letter, and in a backup to the byte", async () => {
  await empty();
  await restoreAll();
  await sameAsBefore();
});

test("so it is where the definitions are gone as well", async () => {
  await empty();
  await removeDefinitions(
    rig,
    kinds.map(({ definition }) => definition),
  );
  await restoreAll();
  await sameAsBefore();
});

/** Brings everything back. */
async function restoreAll(): Promise<void> {
  const { report } = await rig.restore(first);
  assert.deepEqual(report.failures, [], hint());
  assert.deepEqual(report.notes, [], hint());
}

async function sameAsBefore(): Promise<void> {
  const now = await answers();
  const differing = [...texts].flatMap(([list, objects]) =>
    [...objects]
      .filter(([title, text]) => now.get(list)?.get(title) !== text)
      .map(([title, text]) => ({ list, title, text, now: now.get(list)?.get(title) })),
  );
  // The smallest tells the most.
  const [smallest] = differing.sort((left, right) => left.text.length - right.text.length);
  assert.equal(
    smallest,
    undefined,
    `${differing.length} objects differ, the smallest: ${JSON.stringify(smallest)}\n${hint()}`,
  );
  const [then, again] = await Promise.all([contents(first), contents(await rig.backUp())]);
  assert.deepEqual(Object.keys(again), Object.keys(then), hint());
  for (const [file, text] of Object.entries(then))
    assert.ok(again[file] === text, `${file} differs\n${hint()}`);
}

/** What an archive holds of the cluster; who wrote which field is another matter. */
async function contents({ name }: TakenBackup): Promise<Record<string, string>> {
  const archive = await unzip(await readFile(path.join(rig.folder, `${name}.zip`)));
  return Object.fromEntries(
    Object.entries(clusterContents(archive)).filter(([file]) => !file.endsWith(".managers.jsonl")),
  );
}

async function answers(): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  for (const { list } of batches) found.set(list, await rig.texts(list));
  return found;
}

/** Deletes what was put in. */
async function empty(): Promise<void> {
  const kept = batches
    .flatMap(({ objects }) => objects)
    .filter(({ body }) => "finalizers" in metadataOf(body));
  await each(kept, async ({ path, body }) => {
    await rig.cluster.request("PATCH", `${path}/${metadataOf(body)["name"]}`, {
      metadata: { finalizers: null },
    });
  });
  await each(
    batches.flatMap(({ collections }) => collections),
    async (path) => {
      await rig.send("DELETE", path);
      await until(`${path} is empty`, async () => {
        const { items } = await rig.cluster.request("GET", path);
        return items.every(
          ({ metadata }: { metadata: { name: string } }) => metadata.name === "kube-root-ca.crt",
        );
      });
    },
  );
}

function batchOf(
  collection: (namespace?: string) => string,
  namespaced: boolean,
  sample: readonly Record<string, unknown>[],
): Batch {
  const places = namespaced ? NAMESPACES : [undefined];
  return {
    list: collection(),
    collections: places.map(collection),
    objects: sample.map((body, index) => ({
      path: collection(places[index % places.length]),
      body: { ...body, metadata: { ...metadataOf(body), name: `object-${index}` } },
    })),
  };
}

function metadataOf(body: Record<string, unknown>): Record<string, unknown> {
  return (body["metadata"] ?? {}) as Record<string, unknown>;
}

function coreCollection(plural: string, namespace?: string): string {
  return `/api/v1${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}`;
}

async function each<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  try {
    await queue.addAll(list.map((item) => () => work(item)));
  } catch (error) {
    // The others would go on, against a cluster that is being stopped.
    queue.clear();
    throw error;
  }
}

function hint(): string {
  return `To repeat: PROPERTY_SEED=${SEED} PROPERTY_OBJECTS=${OBJECTS}`;
}
