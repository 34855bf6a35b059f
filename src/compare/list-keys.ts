/** What tells the items of a list from each other, so that each is compared with its own counterpart. */

import { isJsonObject } from "../kubernetes/json.ts";

/** The keys of an item and their values, `[["name", "web"]]`. */
export type ItemKeys = readonly (readonly [string, string])[];

/** Keys that together name an item; items may lack those with a `?`. A key with a dot is a member's member. */
type Candidate = readonly string[];

/**
 * Lists by the field that holds them, since the type around them is not known. The first keys that all
 * items on both sides differ by are taken.
 *
 * Those of Kubernetes' own types are `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of
 * its OpenAPI specification (https://github.com/kubernetes/kubernetes/blob/v1.36.3/api/openapi-spec/swagger.json).
 * Owner references have no uids here, which differ between clusters.
 */
const LIST_KEYS: Readonly<Record<string, readonly Candidate[]>> = {
  addresses: [["type"]],
  conditions: [["type"]],
  hostAliases: [["ip"]],
  ownerReferences: [["kind", "name"]],
  ports: [
    ["containerPort", "protocol?"],
    ["port", "protocol?"],
  ],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  volumeDevices: [["devicePath"]],
  volumeMounts: [["mountPath"]],
  "x-kubernetes-validations": [["rule"]],
  // The API server takes these as a whole. People tell their items apart by what they are for.
  items: [["key"], ["path"]],
  paths: [["path?", "pathType?"]],
  rules: [["host"]],
  tls: [["secretName"]],
  tolerations: [["key?", "operator?", "effect?"]],
  volumeClaimTemplates: [["metadata.name"]],
};

/** Containers, volumes, variables, webhooks and most lists of custom resources. */
const BY_NAME: Candidate = ["name"];

/**
 * The keys of each item of two lists, or undefined where nothing names them: an item is no object, or
 * two of one list have the same keys.
 *
 * @param field the field that holds the lists, `containers`.
 */
export function keysOfItems(
  field: string,
  left: readonly unknown[],
  right: readonly unknown[],
): { left: ItemKeys[]; right: ItemKeys[] } | undefined {
  const known = Object.hasOwn(LIST_KEYS, field) ? (LIST_KEYS[field] ?? []) : [];
  for (const candidate of [...known, BY_NAME]) {
    const keys = { left: keysBy(candidate, left), right: keysBy(candidate, right) };
    if (keys.left !== undefined && keys.right !== undefined) return { left: keys.left, right: keys.right };
  }
  return undefined;
}

/** A text that is the same for the same keys. */
export function identity(keys: ItemKeys): string {
  return JSON.stringify(keys);
}

function keysBy(candidate: Candidate, items: readonly unknown[]): ItemKeys[] | undefined {
  const all: ItemKeys[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    const keys = isJsonObject(item) ? keysOf(candidate, item) : undefined;
    if (keys === undefined || seen.has(identity(keys))) return undefined;
    seen.add(identity(keys));
    all.push(keys);
  }
  return all;
}

/** One key at least must be there, and each be a text or a number. */
function keysOf(candidate: Candidate, item: unknown): ItemKeys | undefined {
  const keys: [string, string][] = [];
  for (const name of candidate) {
    const key = name.replace("?", "");
    const value = key.split(".").reduce(memberOf, item);
    if (value === undefined && key !== name) continue;
    if (typeof value !== "string" && typeof value !== "number") return undefined;
    keys.push([key, String(value)]);
  }
  return keys.length === 0 ? undefined : keys;
}

function memberOf(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
