/** The keys that identify the items of a list, so that each item is compared with its counterpart. */

import { isJsonObject } from "../kubernetes/json.ts";

/** The keys of an item with their values, `[["name", "web"]]`. */
export type ItemKeys = readonly (readonly [string, string])[];

/** Keys that together identify an item. A key with a `?` is optional. A key with a dot is a nested member. */
type KeyNames = readonly string[];

/**
 * Keys by the field of the list, since the type of the object is not known. The first keys that are unique
 * on each side are used.
 *
 * The keys of built-in types are `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of
 * its OpenAPI specification (https://github.com/kubernetes/kubernetes/blob/v1.36.3/api/openapi-spec/swagger.json).
 * Owner references have no uids here, since uids differ between clusters.
 */
const LIST_KEYS: Readonly<Record<string, readonly KeyNames[]>> = {
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
  // These lists are atomic to the API server. Their items are identified by their purpose.
  items: [["key"], ["path"]],
  paths: [["path?", "pathType?"]],
  rules: [["host"]],
  tls: [["secretName"]],
  tolerations: [["key?", "operator?", "effect?"]],
  volumeClaimTemplates: [["metadata.name"]],
};

/** The key of containers, volumes, environment variables, webhooks and most lists of custom resources. */
const NAME_KEY: KeyNames = ["name"];

/**
 * The keys of each item of two lists. Undefined where no keys identify the items: an item is not an object,
 * or two items of one list have the same keys.
 *
 * @param field the field of the lists, `containers`.
 */
export function keysOfItems(
  field: string,
  left: readonly unknown[],
  right: readonly unknown[],
): { left: ItemKeys[]; right: ItemKeys[] } | undefined {
  const known = Object.hasOwn(LIST_KEYS, field) ? (LIST_KEYS[field] ?? []) : [];
  for (const candidate of [...known, NAME_KEY]) {
    const keys = { left: keysBy(candidate, left), right: keysBy(candidate, right) };
    if (keys.left !== undefined && keys.right !== undefined) return { left: keys.left, right: keys.right };
  }
  return undefined;
}

/** The keys as text, equal for equal keys. */
export function keysText(keys: ItemKeys): string {
  return JSON.stringify(keys);
}

function keysBy(candidate: KeyNames, items: readonly unknown[]): ItemKeys[] | undefined {
  const all: ItemKeys[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    const keys = isJsonObject(item) ? keysOf(candidate, item) : undefined;
    if (keys === undefined || seen.has(keysText(keys))) return undefined;
    seen.add(keysText(keys));
    all.push(keys);
  }
  return all;
}

/** The keys of an item. At least one key must exist, and each must be a string or a number. */
function keysOf(candidate: KeyNames, item: unknown): ItemKeys | undefined {
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
