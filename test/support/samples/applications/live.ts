/** What is in a cluster, of every kind, as the API server tells; without the program. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../cluster/control-plane.ts";

/** An object that is there. */
export interface LiveObject {
  /** `deployments.apps` */
  resource: string;
  /** The address of the objects of its kind in its namespace. */
  list: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    finalizers?: string[];
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  status?: { observedGeneration?: number };
}

interface Group {
  name: string;
  versions: { groupVersion: string }[];
}

interface ApiResource {
  name: string;
  namespaced: boolean;
  verbs: string[];
}

const TIMEOUT = 60_000;
/** What is written all the time. */
const RESTLESS = /^(events|leases|componentstatuses)\b/;
/** Controllers of these say which generation they have seen. */
const OBSERVED = /^(deployments|replicasets|statefulsets|daemonsets)\.apps$/;

/** Lists all objects of all kinds that can be listed and created. */
export async function liveObjects(cluster: ControlPlane): Promise<LiveObject[]> {
  const { groups } = (await cluster.request("GET", "/apis")) as { groups: Group[] };
  const core = { name: "", roots: ["/api/v1"] };
  const others = groups.map(({ name, versions }) => ({
    name,
    roots: versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
  }));
  return (await Promise.all([core, ...others].map((group) => objectsOfGroup(cluster, group)))).flat();
}

/** The preferred version of a group comes first, and need not have all of its kinds. */
async function objectsOfGroup(
  cluster: ControlPlane,
  { name: group, roots }: { name: string; roots: readonly string[] },
): Promise<LiveObject[]> {
  const kinds = new Map<string, { root: string; namespaced: boolean }>();
  for (const root of roots) {
    for (const { name, namespaced, verbs } of await resourcesOf(cluster, root)) {
      if (name.includes("/") || !verbs.includes("list") || !verbs.includes("create")) continue;
      if (!kinds.has(name)) kinds.set(name, { root, namespaced });
    }
  }
  const lists = [...kinds].map(async ([name, { root, namespaced }]) => {
    const resource = group === "" ? name : `${name}.${group}`;
    return (await list(cluster, `${root}/${name}`)).map((item) => {
      const { namespace } = item.metadata;
      const place = namespaced ? `${root}/namespaces/${namespace}/${name}` : `${root}/${name}`;
      return { ...item, resource, list: place };
    });
  });
  return (await Promise.all(lists)).flat();
}

async function resourcesOf(cluster: ControlPlane, root: string): Promise<ApiResource[]> {
  try {
    return (await cluster.request("GET", root)).resources;
  } catch (error) {
    // Nobody answers for an API that a Pod would serve, nor for one whose definitions have just gone.
    const { status } = error as { status?: number };
    if (status === 503 || status === 404) return [];
    throw error;
  }
}

/** A kind whose definition has just come is answered for a second or two with "try again". */
async function list(cluster: ControlPlane, place: string): Promise<LiveObject[]> {
  for (const end = Date.now() + TIMEOUT; ; await sleep(200)) {
    try {
      return (await cluster.request("GET", place)).items;
    } catch (error) {
      const { status } = error as { status?: number };
      if (status === 404) return [];
      if (status !== 429 || Date.now() > end) throw error;
    }
  }
}

/** `deployments.apps shop/web` */
export function titleOf({ resource, metadata: { namespace, name } }: LiveObject): string {
  return `${resource} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Waits until the controllers have seen every workload as it is, and no object changes any more. */
export async function waitUntilQuiet(cluster: ControlPlane): Promise<void> {
  let previous = "";
  let same = 0;
  for (const end = Date.now() + TIMEOUT; same < 2; await sleep(500)) {
    const objects = (await liveObjects(cluster)).filter(({ resource }) => !RESTLESS.test(resource));
    const behind = objects.filter(
      ({ resource, metadata, status }) =>
        OBSERVED.test(resource) && status?.observedGeneration !== metadata.generation,
    );
    const now = objects.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).join();
    same = behind.length === 0 && now === previous ? same + 1 : 0;
    previous = now;
    if (Date.now() > end)
      throw new Error(
        `The controllers are not at rest: ${behind.map(titleOf).join(", ") || "changes go on"}`,
      );
  }
}
