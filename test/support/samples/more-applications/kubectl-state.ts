/** What is in a cluster as kubectl shows it, without what belongs to this cluster alone. The program has no part in it. */

import type { ControlPlane } from "../../cluster/control-plane.ts";

interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  managedFields?: ManagedFields[];
  ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  [member: string]: unknown;
}

interface ManagedFields {
  manager?: string;
  time?: string;
  operation?: string;
  subresource?: string;
  fieldsV1?: unknown;
}

interface Item {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind.
  [member: string]: any;
}

/** Written all the time, or made anew by the cluster with names or contents of its own. */
const OF_THE_MOMENT =
  /^(events|leases|leasecandidates|endpoints|endpointslices|pods|ipaddresses|nodes|componentstatuses|servicecidrs)\b/;

const UID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/**
 * Texts of all objects, by `Kind.group namespace/name`. In place of a uid is the title of the object that has it; a uid
 * that nobody has stays, and differs.
 *
 * @param without titles of objects that are not looked at.
 */
export async function kubectlState(
  cluster: ControlPlane,
  without: ReadonlySet<string> = new Set(),
): Promise<Map<string, string>> {
  const items = await allItems(cluster);
  const titles = new Map(items.map((item) => [item.metadata.uid, titleOf(item)]));
  const definitions = items.filter(({ kind }) => kind === "CustomResourceDefinition");
  const custom = new Set(definitions.map(({ spec }) => `${spec.group}/${spec.names.kind}`));
  const state = new Map<string, string>();
  for (const item of items) {
    const title = titleOf(item);
    if (without.has(title) || isOfTheClusterItself(item)) continue;
    const isCustom = custom.has(`${groupOf(item)}/${item.kind}`);
    state.set(title, comparable(item, { keepsStatus: isCustom, titles }));
  }
  return state;
}

async function allItems(cluster: ControlPlane): Promise<Item[]> {
  const names = await cluster.kubectl([
    "api-resources",
    "--verbs=list,create",
    "--output=name",
    "--no-headers",
  ]);
  const resources = names.split("\n").filter((name) => name !== "" && !OF_THE_MOMENT.test(name));
  const text = await cluster.kubectl([
    "get",
    resources.join(","),
    ...["--all-namespaces", "--show-managed-fields", "--output=json"],
  ]);
  return JSON.parse(text, exactly).items;
}

/** A number as it is written. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? `number ${context?.source}` : value;
}

function groupOf({ apiVersion }: Item): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

function titleOf(item: Item): string {
  const { namespace, name } = item.metadata;
  const group = groupOf(item);
  const kind = group === "" ? item.kind : `${item.kind}.${group}`;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function isOfTheClusterItself({ kind, metadata }: Item): boolean {
  const { name, namespace, labels } = metadata;
  return (
    namespace === "kube-system" ||
    (kind === "ConfigMap" && name === "kube-root-ca.crt") ||
    (kind === "Namespace" && name === "backuprestore-donotuse") ||
    namespace === "backuprestore-donotuse" ||
    labels?.["kube-aggregator.kubernetes.io/automanaged"] !== undefined
  );
}

function comparable(
  item: Item,
  { keepsStatus, titles }: { keepsStatus: boolean; titles: ReadonlyMap<string, string> },
): string {
  const { metadata, status, ...rest } = item;
  const {
    uid: _u,
    resourceVersion: _v,
    generation: _g,
    creationTimestamp: _c,
    managedFields,
    ...kept
  } = metadata;
  const entries = (managedFields ?? []).filter(({ subresource }) => keepsStatus || subresource === undefined);
  if (item.kind === "Service" && rest["spec"].clusterIP !== "None") {
    for (const member of ["clusterIP", "clusterIPs", "healthCheckNodePort"]) delete rest["spec"][member];
    // One that nobody asked for is the cluster's choice.
    if (!JSON.stringify(entries).includes("f:nodePort"))
      for (const port of rest["spec"].ports ?? []) delete port.nodePort;
  }
  const shown = {
    ...rest,
    metadata: kept,
    ...(keepsStatus && { status }),
    managers: comparableManagers(entries, titles),
  };
  // In owner references, in their managers, and in a Job's selector and labels.
  return named(JSON.stringify(shown, null, 1), titles);
}

/**
 * Field managers, without their times. An object that one manager wrote alone is created under this manager's name, so
 * that fields which belonged to nobody are among its fields: here its name counts. Of one without a manager, what the
 * API server writes in counts for nobody.
 */
function comparableManagers(
  entries: readonly ManagedFields[],
  titles: ReadonlyMap<string, string>,
): unknown[] {
  const others = entries.filter(
    ({ manager, fieldsV1 }) => manager !== "kube-backup" || JSON.stringify(fieldsV1) !== '{"f:type":{}}',
  );
  const [sole] = others;
  if (others.length === 1 && sole?.operation === "Update") return [`${sole.manager} alone`];
  return others.map(({ time: _t, ...entry }) => JSON.stringify(inOrder(entry, titles))).sort();
}

/** With members in the order of their names, in which uids are titles. */
function inOrder(value: unknown, titles: ReadonlyMap<string, string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    named(name, titles),
    inOrder(member, titles),
  ]);
  return Object.fromEntries(members.sort(([left], [right]) => (String(left) < String(right) ? -1 : 1)));
}

function named(text: string, titles: ReadonlyMap<string, string>): string {
  return text.replaceAll(UID, (found) => titles.get(found) ?? found);
}
