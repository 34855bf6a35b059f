/**
 * `diff` and `restore --existing update` never contradict each other: what differs is mended, or the restore names
 * it and says why it stays. Random edits of random objects of all kinds, many at a time; after each batch, the
 * backup is compared, restored and compared again.
 *
 * PROPERTY_SEED=N repeats a run, and SIZE=full makes it 2,000 edits.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { type Random, seededRandom } from "../../../bench/sample/random.ts";
import type { TakenBackup } from "../../../src/backup/take-backup.ts";
import { ApiError, ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import type { Comparison, ObjectDifference } from "../../../src/compare/document.ts";
import { type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";
import { items, member } from "../../../src/kubernetes/object-facts.ts";
import { collectionPath, type Resource, resourceName } from "../../../src/kubernetes/resource.ts";
import { portable } from "../../../src/objects/portable.ts";
import type { RestoredItem } from "../../../src/restore/report/report.ts";
import { collectionOf, define, type Restored, type Rig, startRig } from "../../support/engine/rig.ts";
import { loadEveryKind } from "../../support/samples/every-kind/load.ts";
import { until } from "../../support/until.ts";
import { ApiFields, pick } from "./api-fields.ts";
import { changeAtRandom, type Means } from "./edits.ts";
import { CONFIG_MAPS, customKind, type Kind, SECRETS } from "./kinds.ts";

const SEED = Number(process.env["PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EDITS = process.env["SIZE"] === "full" ? 2000 : 150;
const BATCH = 50;
const CONCURRENCY = 6;
/** How often another edit is looked for, where the API server refuses one. */
const TRIES = 12;
const KINDS = 6;
const NAMESPACES = ["edits-a", "edits-b"];
const OBJECTS = 6;

/** Kinds that keep the API server from working, or from taking the next edits, where what they say is random. */
const METADATA_ONLY =
  /^(namespaces|resourcequotas|customresourcedefinitions|apiservices|limitranges|flowschemas|prioritylevelconfigurations|.*webhookconfigurations|.*admissionpolic.*)(\.|$)/;
/** What goes with these would go as well. */
const NEVER_DELETED = /^(namespaces|customresourcedefinitions|persistentvolume.*|zones)(\.|$)/;

/** An object that can be edited. */
interface Subject {
  id: string;
  resource: Resource;
  path: string;
  object: JsonObject;
}

let rig: Rig;
let fields: ApiFields;

before(async () => {
  rig = await startRig();
  fields = new ApiFields(rig);
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
        { name: "b", port: 81, nodePort: 30_090 },
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
    const edits = await editAll(backup, round, Math.min(BATCH, EDITS - made));
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

/** Edits a batch of objects; returns what was done, by object. */
async function editAll(backup: TakenBackup, round: number, count: number): Promise<Map<string, string[]>> {
  const subjects = await subjectsOf(backup);
  const edits = new Map<string, string[]>();
  const names = new Set<string>();
  const choose = seededRandom(SEED + round * 1000);
  const resources = [...new Set(subjects.map(({ resource }) => resourceName(resource)))];
  const work: (() => Promise<void>)[] = [];
  for (let index = 0; index < count; index += 1) {
    // By kind first: there are many more ConfigMaps than StorageClasses.
    const name = pick(resources, choose);
    const subject = pick(
      subjects.filter(({ resource, id }) => resourceName(resource) === name && !names.has(id)),
      choose,
    );
    if (subject === undefined) continue;
    names.add(subject.id);
    const random = seededRandom(SEED + round * 1000 + index + 1);
    work.push(async () => {
      const done = await edit(subject, subjects, random);
      if (done.length > 0) edits.set(subject.id, done);
    });
  }
  await inParallel(work);
  return edits;
}

async function inParallel(work: (() => Promise<void>)[]): Promise<void> {
  const queue = work.values();
  const worker = async () => {
    for (const next of queue) await next();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Everything that a backup holds, as it is in the cluster. */
async function subjectsOf(backup: TakenBackup): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const namespaces = new Set([...NAMESPACES, "every-kind", "default"]);
  for (const resource of backup.manifest.resources) {
    const list = parseJson(await rig.send("GET", collectionPath(resource, undefined))) as JsonObject;
    for (const object of items(list, "items")) {
      object["apiVersion"] = list["apiVersion"];
      object["kind"] = resource.kind;
      const copy = parseJson(JSON.stringify(object)) as JsonObject;
      const held = portable(resource, copy, resource.namespaced ? namespaces : undefined);
      if (held === undefined || (resource.resource === "namespaces" && !namespaces.has(held.name))) continue;
      const { namespace, name } = held;
      const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
      subjects.push({ id: idOf(resourceName(resource), namespace, name), resource, path, object });
    }
  }
  return subjects;
}

function idOf(resource: string, namespace: string | null | undefined, name: string): string {
  return `${resource} ${namespace ?? ""}/${name}`;
}

/** Edits an object in one way that the API server takes, now and then by a new one of its name; or deletes it. */
async function edit(subject: Subject, subjects: readonly Subject[], random: Random): Promise<string[]> {
  const { resource } = subject;
  const name = resourceName(resource);
  const namespace = member(subject.object, "metadata")["namespace"];
  const isDeleted = !NEVER_DELETED.test(name) && random() < 0.05;
  if (isDeleted) {
    await remove(subject);
    return ["deleted"];
  }
  const others = subjects.filter((each) => resourceName(each.resource) === name && each.id !== subject.id);
  const owners = subjects
    .filter(({ object, resource }) => {
      const at = member(object, "metadata")["namespace"];
      return !METADATA_ONLY.test(resourceName(resource)) && (at === undefined || at === namespace);
    })
    .map(({ object }) => ({
      apiVersion: object["apiVersion"],
      kind: object["kind"],
      name: member(object, "metadata")["name"],
      uid: member(object, "metadata")["uid"],
    }));
  const other = pick(others, random)?.object;
  const means: Means = { random, fields, owners, other };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const now = await read(subject);
    if (now === undefined) return [];
    const was = JSON.stringify(now);
    const what = await changeAtRandom(now, means, METADATA_ONLY.test(name));
    if (what === undefined || JSON.stringify(now) === was) continue;
    if (await isTaken(() => rig.send("PUT", subject.path, JSON.stringify(now)))) return [what];
    if (NEVER_DELETED.test(name) || METADATA_ONLY.test(name) || random() < 0.5) continue;
    const anew = asNew(now);
    const body = JSON.stringify(anew);
    const collection = collectionPath(resource, namespace as string | undefined);
    const probe = JSON.stringify({ ...anew, metadata: { ...member(anew, "metadata"), name: "probe" } });
    if (!(await isTaken(() => rig.send("POST", `${collection}?dryRun=All`, probe)))) continue;
    await remove(subject);
    const created = await isTaken(() => rig.send("POST", collection, body));
    return [created ? `made anew with another ${what}` : "deleted"];
  }
  return [];
}

/** Whether the API server takes a request. Some that it does not expect make it drop the connection. */
async function isTaken(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return false;
    throw error;
  }
}

async function read({ path }: Subject): Promise<JsonObject | undefined> {
  try {
    return parseJson(await rig.send("GET", path)) as JsonObject;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Deletes an object and leaves what it owns. */
async function remove(subject: Subject): Promise<void> {
  const { path } = subject;
  if (path.includes("/pods/")) await isTaken(() => rig.send("DELETE", `${path}?gracePeriodSeconds=0`));
  else await isTaken(() => rig.send("DELETE", `${path}?propagationPolicy=Orphan`));
  const { uid } = member(subject.object, "metadata");
  // What a controller misses, it makes anew at once.
  await until(`${path} is gone`, async () => {
    const now = await read(subject);
    if (now === undefined || member(now, "metadata")["uid"] !== uid) return true;
    await dropFinalizers(now, path);
    return false;
  });
}

async function dropFinalizers(now: JsonObject, path: string): Promise<void> {
  const metadata = member(now, "metadata");
  const finalizers = metadata["finalizers"];
  if (!Array.isArray(finalizers)) return;
  // The garbage collector's own one is its to drop.
  const kept = finalizers.filter((each) => each === "orphan" || each === "foregroundDeletion");
  if (kept.length === finalizers.length) return;
  metadata["finalizers"] = kept;
  await isTaken(() => rig.send("PUT", path, JSON.stringify(now)));
}

/** An object as it is created: without what names the one that is gone. */
function asNew(object: JsonObject): JsonObject {
  const copy = parseJson(JSON.stringify(object)) as JsonObject;
  const metadata = member(copy, "metadata");
  for (const name of ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"])
    delete metadata[name];
  delete member(copy, "spec")["clusterIP"];
  delete member(copy, "spec")["clusterIPs"];
  return copy;
}

/** Restores a backup over what is there, twice, and tells where a comparison says otherwise. */
async function restoreAndCompare(backup: TakenBackup): Promise<{ id: string; what: string }[]> {
  const found: { id: string; what: string }[] = [];
  const before = changesOf(await rig.compare(backup));
  const asked = itemsOf(await rig.restore(backup, "update", "server"));
  const first = itemsOf(await rig.restore(backup, "update"));
  for (const [id, item] of first) {
    if (asked.get(id)?.outcome !== item.outcome)
      found.push({
        id,
        what: `${id}: the dry run says ${outcomeOf(asked.get(id))}, and the update ${outcomeOf(item)}`,
      });
  }
  for (const [id, difference] of before) {
    const item = first.get(id);
    if (item === undefined || (item.outcome === "unchanged" && item.reason === undefined))
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
