import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { isOf } from "../../kubernetes/object-facts.ts";
import { ownersOf } from "../../kubernetes/owners.ts";
import { isAdopter } from "../../objects/adopters.ts";

/** Fields of an existing object that its controller maintains. */
interface ControllerFields {
  /** The API group; apps by default. */
  group?: string;
  kind: string;
  /** Whether this object has such a controller. */
  applies: (live: JsonObject, wanted: JsonObject) => boolean;
  /** Fields of the object itself. */
  fields?: readonly string[];
  /** Fields of `spec`. */
  spec?: readonly string[];
  annotations?: RegExp;
}

/**
 * The fields that an update of an existing object keeps: the controller, or the API server itself, would write
 * them again at once, and two writers would take turns.
 */
const CONTROLLER_FIELDS: readonly ControllerFields[] = [
  // The Deployment controller counts the revisions, and sets the number in Deployment and ReplicaSet.
  {
    kind: "Deployment",
    applies: () => true,
    annotations: /^deployment\.kubernetes\.io\/revision$/,
  },
  {
    kind: "ReplicaSet",
    applies: (live) => ownersOf(live).some((owner) => isAdopter("replicasets.apps", owner)),
    spec: ["replicas"],
    annotations: /^deployment\.kubernetes\.io\//,
  },
  // The controllers of DaemonSets and StatefulSets count a revision up when they go back to its template.
  {
    kind: "ControllerRevision",
    applies: (live) => ownersOf(live).some((owner) => isAdopter("controllerrevisions.apps", owner)),
    fields: ["revision"],
  },
  // The rules of a ClusterRole that aggregates others are those of the others.
  {
    group: "rbac.authorization.k8s.io",
    kind: "ClusterRole",
    applies: (live, wanted) => [live, wanted].every((role) => isJsonObject(role["aggregationRule"])),
    fields: ["rules"],
  },
  // The API server counts the changes of the Pod template, whatever is sent.
  {
    kind: "DaemonSet",
    applies: () => true,
    annotations: /^deprecated\.daemonset\.template\.generation$/,
  },
];

/** Gives the backup's object, in place, the live values of the fields that a controller maintains. */
export function keepControllerFields(kind: string, live: JsonObject, wanted: JsonObject): void {
  for (const rule of CONTROLLER_FIELDS) {
    // Other groups have kinds of the same names without such controllers.
    const { group = "apps" } = rule;
    if (!isOf({ kind, object: live }, group, rule.kind) || !rule.applies(live, wanted)) continue;
    const { fields = [], spec = [], annotations } = rule;
    keep([live, wanted], [], (name) => fields.includes(name));
    keep([live, wanted], ["spec"], (name) => spec.includes(name));
    keep([live, wanted], ["metadata", "annotations"], (name) => annotations?.test(name) === true);
  }
}

/** Gives the map at a path the matching members of the live object, also where the live object has none. */
function keep(
  [live, wanted]: readonly [JsonObject, JsonObject],
  path: readonly string[],
  fits: (name: string) => boolean,
): void {
  const here = mapAt(live, path);
  const there = mapAt(wanted, path);
  const names = Object.keys(here ?? {}).filter(fits);
  if (there === undefined && names.length === 0) return;
  const members = there ?? makeMap(wanted, path);
  for (const name of Object.keys(members)) if (fits(name)) delete members[name];
  for (const name of names) members[name] = here?.[name];
  if (Object.keys(members).length === 0) removeMap(wanted, path);
}

function mapAt(object: JsonObject, path: readonly string[]): JsonObject | undefined {
  let map: unknown = object;
  for (const step of path) map = isJsonObject(map) ? map[step] : undefined;
  return isJsonObject(map) ? map : undefined;
}

function makeMap(object: JsonObject, path: readonly string[]): JsonObject {
  let map = object;
  for (const step of path) {
    const next = map[step];
    const below: JsonObject = isJsonObject(next) ? next : {};
    map[step] = below;
    map = below;
  }
  return map;
}

function removeMap(object: JsonObject, path: readonly string[]): void {
  const parent = mapAt(object, path.slice(0, -1));
  const last = path.at(-1);
  if (parent !== undefined && last !== undefined) delete parent[last];
}
