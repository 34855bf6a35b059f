/** Random edits of objects, as people, controllers and other tools make them. */

import type { Random } from "../../../bench/sample/random.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";
import { items, member } from "../../../src/kubernetes/object-facts.ts";
import { type ApiFields, pick } from "./api-fields.ts";

/** What an edit may draw on. */
export interface Means {
  random: Random;
  fields: ApiFields;
  /** Owner references that an object may get: to objects of its namespace, or of none. */
  owners: readonly JsonObject[];
  /** Another object of its kind, where there is one. */
  other: JsonObject | undefined;
}

/** Changes an object in place; returns what was changed, or undefined where the edit does not fit. */
type Change = (object: JsonObject, means: Means) => string | undefined | Promise<string | undefined>;

const LABELS = ["a", "app", "example.com/tier", "mine"];
const TEXTS = ["", "1", "x", "web", "true"];

/** Edits of metadata, which every kind bears. */
const METADATA_CHANGES: readonly Change[] = [
  (object, { random }) => changeEntry(object, "labels", pick(LABELS, random) ?? "", random),
  (object, { random }) => changeEntry(object, "annotations", pick(LABELS, random) ?? "", random),
  (object, { random }) => {
    const metadata = metadataOf(object);
    const now: unknown[] = Array.isArray(metadata["finalizers"]) ? metadata["finalizers"] : [];
    if (now.length > 0 && random() < 0.5) delete metadata["finalizers"];
    else metadata["finalizers"] = [...now, `example.com/f${now.length}`];
    return "finalizers";
  },
  addOwner,
  addOwner,
  (object, { random }) => {
    const metadata = metadataOf(object);
    const now = items(metadata, "ownerReferences");
    const owner = pick(now, random);
    if (owner === undefined) return undefined;
    const flag = pick(["controller", "blockOwnerDeletion"], random) ?? "";
    const turn = random();
    if (turn < 0.4) metadata["ownerReferences"] = now.filter((each) => each !== owner);
    else if (turn < 0.7) owner[flag] = owner[flag] !== true;
    else if (turn < 0.8) delete owner[flag];
    else metadata["ownerReferences"] = now.toReversed();
    return "owner references";
  },
];

/** Edits of what an object says. */
const CONTENT_CHANGES: readonly Change[] = [
  changeLeaf,
  changeLeaf,
  changeLeaf,
  async (object, { fields, random }) => await fields.change(object, random),
  async (object, { fields, random }) => await fields.change(object, random),
  async (object, { fields, random }) => await fields.change(object, random),
  (object, { random }) => {
    const list = pick(listsOf(object), random);
    if (list === undefined || list.length === 0) return undefined;
    const turn = random();
    if (turn < 0.4) list.reverse();
    else if (turn < 0.6) list.splice(Math.floor(random() * list.length), 1);
    else list.push(parseJson(JSON.stringify(pick(list, random))));
    return "a list";
  },
  (object, { other, random }) => {
    if (other === undefined) return undefined;
    const name = pick(contentOf(other), random);
    if (name === undefined) return undefined;
    object[name] = other[name];
    return `${name} of another one`;
  },
  (object, { random }) => {
    if (object["kind"] !== "Service") return undefined;
    const port = pick(items(member(object, "spec"), "ports"), random);
    if (port === undefined) return undefined;
    if (port["nodePort"] !== undefined && random() < 0.5) delete port["nodePort"];
    else port["nodePort"] = 30_100 + Math.floor(random() * 2000);
    return "a node port";
  },
  (object, { random }) => {
    if (object["kind"] !== "Service") return undefined;
    const spec = member(object, "spec");
    spec["type"] = pick(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], random);
    if (spec["type"] === "ExternalName") spec["externalName"] = "example.com";
    return `type ${spec["type"]}`;
  },
];

/** What controllers and the API server keep for themselves. */
const KEPT_CHANGES: readonly Change[] = [
  (object, { random }) => {
    metadataOf(object)["managedFields"] = random() < 0.5 ? [{}] : [];
    return "no field managers";
  },
  (object, { random }) => {
    const name = pick(
      [
        "deployment.kubernetes.io/revision",
        "deployment.kubernetes.io/desired-replicas",
        "deprecated.daemonset.template.generation",
        "pv.kubernetes.io/bound-by-controller",
        "pv.kubernetes.io/bind-completed",
        "kubectl.kubernetes.io/last-applied-configuration",
      ],
      random,
    );
    return changeEntry(object, "annotations", name ?? "", random);
  },
  (object, { random }) => {
    const spec = member(object, "spec");
    if (typeof spec["replicas"] !== "number") return undefined;
    spec["replicas"] = Math.floor(random() * 5);
    return "replicas";
  },
  (object) => {
    const claim = member(member(object, "spec"), "claimRef");
    if (claim["uid"] === undefined) return undefined;
    delete claim["uid"];
    return "claimRef.uid";
  },
  (object, { random }) => {
    object["status"] = { phase: pick(["Ready", "Lost"], random), count: Math.floor(random() * 9) };
    return "status";
  },
];

/**
 * Changes an object at random, in place.
 *
 * @param metadataOnly for kinds of which a wrong one would keep the API server from working.
 * @returns what was changed; undefined where nothing was.
 */
export async function changeAtRandom(
  object: JsonObject,
  means: Means,
  metadataOnly: boolean,
): Promise<string | undefined> {
  const { random } = means;
  const turn = random();
  const changes =
    metadataOnly || turn < 0.35 ? METADATA_CHANGES : turn < 0.88 ? CONTENT_CHANGES : KEPT_CHANGES;
  return await pick(changes, random)?.(object, means);
}

function addOwner(object: JsonObject, { owners, random }: Means): string | undefined {
  const metadata = metadataOf(object);
  const now = items(metadata, "ownerReferences");
  const free = owners.filter(
    ({ uid }) => uid !== metadata["uid"] && !now.some((reference) => reference["uid"] === uid),
  );
  const owner = pick(free, random);
  if (owner === undefined) return undefined;
  const flags = {
    ...(random() < 0.3 ? { controller: random() < 0.6 } : {}),
    ...(random() < 0.3 ? { blockOwnerDeletion: random() < 0.5 } : {}),
  };
  const added = { ...owner, ...flags };
  metadata["ownerReferences"] = random() < 0.5 ? [...now, added] : [added, ...now];
  return `the owner ${owner["kind"]} ${owner["name"]}`;
}

function changeEntry(object: JsonObject, map: string, key: string, random: Random): string {
  const metadata = metadataOf(object);
  const entries = { ...member(metadata, map) };
  const key2 = random() < 0.4 ? (pick(Object.keys(entries), random) ?? key) : key;
  if (key2 in entries && random() < 0.5) delete entries[key2];
  else entries[key2] = pick(TEXTS, random);
  metadata[map] = entries;
  return `${map} ${key2}`;
}

/** Gives one value anywhere in an object another one of its type, or takes it away. */
function changeLeaf(object: JsonObject, { random }: Means): string | undefined {
  const leaf = pick(leavesOf(object), random);
  if (leaf === undefined) return undefined;
  const { parent, key, path } = leaf;
  const value = parent[key];
  if (random() < 0.25) delete parent[key];
  else if (typeof value === "boolean") parent[key] = !value;
  else if (typeof value === "number") parent[key] = value + (random() < 0.5 ? 1 : -1);
  else if (typeof value === "string")
    parent[key] = pick([`${value}x`, value.slice(1), "", `${value}-2`, ...TEXTS], random);
  else parent[key] = pick([null, 0, "", {}], random);
  return path;
}

/** A value that holds no others. */
interface Leaf {
  parent: JsonObject;
  key: string;
  path: string;
}

/** The members of an object that are told by people: all but its names, metadata and status. */
function contentOf(object: JsonObject): string[] {
  return Object.keys(object).filter((name) => !["apiVersion", "kind", "metadata", "status"].includes(name));
}

function leavesOf(object: JsonObject): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (value: unknown, parent: JsonObject, key: string, path: string) => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        walk(item, value as never as JsonObject, String(index), `${path}[${index}]`);
    } else if (isJsonObject(value)) {
      // An empty map below the top is a leaf too.
      if (path.includes(".") && Object.keys(value).length === 0) leaves.push({ parent, key, path });
      for (const [name, below] of Object.entries(value)) walk(below, value, name, `${path}.${name}`);
    } else if (!Array.isArray(parent)) leaves.push({ parent, key, path });
  };
  for (const name of contentOf(object)) walk(object[name], object, name, name);
  return leaves;
}

function listsOf(object: JsonObject): unknown[][] {
  const lists: unknown[][] = [];
  const walk = (value: unknown) => {
    if (Array.isArray(value)) lists.push(value);
    for (const below of Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [])
      walk(below);
  };
  for (const name of contentOf(object)) walk(object[name]);
  return lists;
}

function metadataOf(object: JsonObject): JsonObject {
  return member(object, "metadata");
}
