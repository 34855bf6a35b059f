/**
 * `diff` and `restore --existing update` never contradict each other: what differs is mended, or the restore names
 * it and says why it stays. Random edits of random objects of all kinds, many at a time; after each batch, the
 * backup is compared, restored and compared again.
 *
 * PROPERTY_SEED=N repeats a run; SIZE=full makes it 2,000 edits, of a seed of its own.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { TakenBackup } from "../../../src/backup/take-backup.ts";
import type { Comparison, ObjectDifference } from "../../../src/compare/document.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { items, member } from "../../../src/kubernetes/object-facts.ts";
import type { RestoredItem } from "../../../src/restore/report/report.ts";
import { collectionOf, define, type Restored, type Rig, startRig } from "../../support/engine/rig.ts";
import { loadEveryKind } from "../../support/samples/every-kind/load.ts";
import { ClusterEditor, idOf } from "./cluster-editor.ts";
import { CONFIG_MAPS, customKind, type Kind, SECRETS } from "./kinds.ts";

const FULL = process.env["SIZE"] === "full";
/** The long run looks for new ones, and the short one tells whether what was found is mended. */
const SEED = Number(process.env["PROPERTY_SEED"] ?? (FULL ? Math.floor(Math.random() * 2 ** 31) : 1));
const EDITS = FULL ? 2000 : 150;
/** How many objects one round edits; the API server refuses all that is tried with one or another. */
const BATCH = 75;
const KINDS = 6;
const NAMESPACES = ["edits-a", "edits-b"];
const OBJECTS = 6;

let rig: Rig;
let editor: ClusterEditor;

before(async () => {
  rig = await startRig();
  editor = new ClusterEditor(rig, [...NAMESPACES, "every-kind", "default"]);
  await loadEveryKind(rig.cluster);
  const sampled = <T>(arbitrary: fc.Arbitrary<T>, index: number, numRuns: number): T[] =>
    fc.sample(arbitrary, { seed: SEED + index, numRuns });
  const zone = await rig.cluster.request("GET", "/apis/kinds.example.com/v1/zones/north");
  const tenant = { apiVersion: "kinds.example.com/v1", kind: "Zone", name: "north", uid: zone.metadata.uid };
  for (const name of NAMESPACES)
    await rig.cluster.request("POST", "/api/v1/namespaces", {
      metadata: { name, ...(name === "edits-b" ? { ownerReferences: [tenant] } : {}) },
    });
  const kinds = Array.from(
    { length: KINDS },
    (_, index) => sampled(customKind(index), index, 5).at(-1) as Kind,
  );
  await define(
    rig,
    kinds.map(({ definition }) => definition),
  );
  for (const [index, { definition, objects }] of kinds.entries())
    await fill(
      (at) => collectionOf(definition, definition.namespaced ? at : undefined),
      sampled(objects, index, OBJECTS),
    );
  await fill((at) => `/api/v1/namespaces/${at}/configmaps`, sampled(CONFIG_MAPS, 100, OBJECTS));
  await fill((at) => `/api/v1/namespaces/${at}/secrets`, sampled(SECRETS, 101, OBJECTS));
  await fill((at) => `/api/v1/namespaces/${at}/services`, SERVICES);
  await settled();
});

after(() => rig?.stop());

const SERVICES = [
  {
    spec: {
      type: "NodePort",
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81, nodePort: 30_070 },
      ],
    },
  },
  { spec: { clusterIP: "None", ports: [{ port: 80 }] } },
  { spec: { type: "ExternalName", externalName: "example.com" } },
  { spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", ports: [{ port: 80 }] } },
  { spec: { ports: [{ port: 80 }] } },
];

async function fill(collection: (namespace: string | undefined) => string, bodies: object[]): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    const metadata = {
      ...(body as { metadata?: object }).metadata,
      name: `edit-${index}`,
      finalizers: undefined,
    };
    await rig.send("POST", collection(NAMESPACES[index % 2]), JSON.stringify({ ...body, metadata }));
  }
}

test(`${EDITS} random edits: diff and an update agree on each (PROPERTY_SEED=${SEED})`, async (t) => {
  let made = 0;
  const kinds = new Set<string>();
  const contradictions: string[] = [];
  for (let round = 0; made < EDITS; round += 1) {
    const backup = await rig.backUp();
    const edits = await editor.editAll(backup, { seed: SEED + round * 1000, count: BATCH });
    made += [...edits.values()].reduce((sum, each) => sum + each.length, 0);
    for (const id of edits.keys()) kinds.add(id.split(" ")[0] ?? "");
    await settled();
    const found = await restoreAndCompare(backup);
    contradictions.push(
      ...found.map(
        ({ id, what }) => `${what}\n    round ${round}, edited: ${edits.get(id)?.join(", ") ?? "not"}`,
      ),
    );
    t.diagnostic(`round ${round}: ${made} edits of ${kinds.size} kinds, ${found.length} contradictions`);
  }
  assert.equal(contradictions.length, 0, `PROPERTY_SEED=${SEED}\n${contradictions.join("\n")}`);
});

/** Restores a backup over what is there, twice, and tells where a comparison says otherwise. */
async function restoreAndCompare(backup: TakenBackup): Promise<{ id: string; what: string }[]> {
  const found: { id: string; what: string }[] = [];
  const before = changesOf(await rig.compare(backup));
  const asked = itemsOf(await rig.restore(backup, "update", "server"));
  const first = itemsOf(await rig.restore(backup, "update"));
  for (const [id, item] of first) {
    if (asked.get(id)?.outcome !== item.outcome && !isAggregated(item) && !isForetold(asked.get(id), item))
      found.push({
        id,
        what: `${id}: the dry run says ${outcomeOf(asked.get(id))}, and the update ${outcomeOf(item)}`,
      });
  }
  for (const [id, difference] of before) {
    const item = first.get(id);
    const isSilent = item?.outcome === "unchanged" && item.reason === undefined;
    if (item === undefined || (isSilent && !isAggregated(item)))
      found.push({ id, what: `${id}: diff says ${textOf(difference)}, and the update ${outcomeOf(item)}` });
  }
  await settled();
  if ([...first.values()].some(({ reason }) => reason?.includes("--existing replace") === true)) {
    await rig.restore(backup, "replace");
    await settled();
  }
  const last = itemsOf(await rig.restore(backup, "update"));
  for (const [id, item] of last) {
    if (["updated", "created", "replaced"].includes(item.outcome) && !isContested(item))
      found.push({
        id,
        what: `${id} is not mended once and for all: ${outcomeOf(item)}, before that ${outcomeOf(first.get(id))}`,
      });
  }
  for (const [id, difference] of changesOf(await rig.compare(backup))) {
    const item = last.get(id);
    if (!isNamed(difference, item))
      found.push({
        id,
        what: `${id} is left with ${textOf(difference)}, and the update says ${outcomeOf(item)}`,
      });
  }
  return found;
}

/** Whether a Deployment's controller has copied an annotation to its newest ReplicaSet anew, which the reason names. */
function isContested({ kind, reason = "" }: RestoredItem): boolean {
  return (
    kind === "ReplicaSet" &&
    /overwrote fields of kube-controller-manager \(metadata\.annotations/.test(reason)
  );
}

/** Whether a controller follows others of its kind, which the same restore mends: what differed may be gone. */
function isAggregated({ kind, name }: RestoredItem): boolean {
  return kind === "ClusterRole" && name === "every-kind:aggregated";
}

/** Whether the dry run named the finalizers that kept the object from being created. */
function isForetold(asked: RestoredItem | undefined, { outcome, reason = "" }: RestoredItem): boolean {
  const kept = /kept by [^:]+/.exec(reason)?.[0];
  return outcome === "failed" && kept !== undefined && asked?.reason?.endsWith(kept) === true;
}

/** Whether an item names all that differs. */
function isNamed({ change, fields }: ObjectDifference, item: RestoredItem | undefined): boolean {
  const { outcome, reason } = item ?? {};
  if (reason === undefined) return false;
  if (outcome === "failed" || change === "removed") return true;
  return fields.every(({ path }) => {
    const top = path.split(/[[.]/).slice(0, 2).join(".");
    return reason.includes(path) || reason.includes(top) || reason.includes(" more");
  });
}

/** What differs and was there when the backup was taken. */
function changesOf({ objects }: Comparison): Map<string, ObjectDifference> {
  return new Map(
    objects
      .filter(({ change }) => change !== "added")
      .map((each) => [idOf(each.resource, each.namespace, each.name), each]),
  );
}

function itemsOf({ items }: Restored): Map<string, RestoredItem> {
  return new Map(items.map((item) => [idOf(item.resource, item.namespace, item.name), item]));
}

function textOf({ change, fields }: ObjectDifference): string {
  const shown = fields.map(
    ({ path, left, right }) => `${path}: ${JSON.stringify(left)} → ${JSON.stringify(right)}`,
  );
  return `${change} (${shown.join("; ").slice(0, 600)})`;
}

function outcomeOf(item: RestoredItem | undefined): string {
  return item === undefined ? "nothing" : `${item.outcome} (${item.reason ?? "no reason"})`;
}

/** Waits until nothing that controllers write changes any more. */
async function settled(): Promise<void> {
  const lists = ["deployments", "replicasets", "statefulsets", "daemonsets"].map(
    (name) => `/apis/apps/v1/${name}`,
  );
  lists.push("/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs");
  for (const name of [
    "replicationcontrollers",
    "pods",
    "persistentvolumeclaims",
    "persistentvolumes",
    "services",
    "endpoints",
    "serviceaccounts",
    "configmaps",
  ])
    lists.push(`/api/v1/${name}`);
  lists.push("/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/networking.k8s.io/v1/servicecidrs");
  let previous = "";
  let same = 0;
  for (const end = Date.now() + 60_000; same < 2; await sleep(500)) {
    if (Date.now() > end) throw new Error(`The controllers are not at rest\n`);
    const texts = await Promise.all(lists.map((list) => rig.send("GET", list)));
    const now = JSON.stringify(
      texts.flatMap((text) =>
        items(JSON.parse(text) as JsonObject, "items").map((each) => {
          const { uid, resourceVersion } = member(each, "metadata");
          return `${uid} ${resourceVersion}`;
        }),
      ),
    );
    same = now === previous ? same + 1 : 0;
    previous = now;
  }
}
