/**
 * Puts the objects of the round trip into a test cluster: more than 80, of all eight kinds, in every
 * variation that the YAML files beside this one list, and those that take several steps to make.
 */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../cluster/control-plane.ts";

/** What was loaded. */
export interface LoadedFixtures {
  /** The namespaces, all of them to be removed to make everything gone. */
  namespaces: readonly string[];
  /** Number of objects by kind, namespaces and what each namespace has by itself left out. */
  counts: Record<string, number>;
}

/** Lists of the kinds that are backed up by default, by kind. */
const LISTS = {
  ConfigMap: "/api/v1/configmaps",
  Secret: "/api/v1/secrets",
  Service: "/api/v1/services",
  Ingress: "/apis/networking.k8s.io/v1/ingresses",
  ReplicaSet: "/apis/apps/v1/replicasets",
  Deployment: "/apis/apps/v1/deployments",
  DaemonSet: "/apis/apps/v1/daemonsets",
  StatefulSet: "/apis/apps/v1/statefulsets",
} as const;

const NAMESPACES = ["web", "data", "edge", "config", "history", "empty"].map((name) => `fixture-${name}`);
const TIMEOUT = 60_000;

/** What of an object this file reads. */
interface LiveObject {
  kind?: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
  spec: { paused?: boolean };
  status?: { observedGeneration?: number };
}

/** Loads all fixtures and waits until the controllers are at rest. Takes about 15 seconds. */
export async function loadRoundTripFixtures(cluster: ControlPlane): Promise<LoadedFixtures> {
  const serverSide = (file: string) =>
    cluster.kubectl(["apply", "--server-side", "-f", path.join(import.meta.dirname, file)]);
  await serverSide("namespaces.yaml");
  // What generates names can only be created, and leaves no trace of a manager.
  for (const file of ["configmaps.yaml", "secrets.yaml"]) {
    await cluster.kubectl(["create", "-f", path.join(import.meta.dirname, file)]);
  }
  // Applied on the client's side, objects carry an annotation with themselves in it.
  for (const file of ["services.yaml", "ingresses.yaml"]) {
    await cluster.kubectl(["apply", "-f", path.join(import.meta.dirname, file)]);
  }
  if (await isDualStack(cluster)) await serverSide("services-dual-stack.yaml");
  await loadWorkloads(cluster);
  await addBigConfigMap(cluster);
  await waitUntilAtRest(cluster, NAMESPACES);
  await makeHistory(cluster);
  await addOwned(cluster);
  await waitUntilAtRest(cluster, NAMESPACES);
  return { namespaces: NAMESPACES, counts: await count(cluster) };
}

/**
 * Waits until the controllers have nothing left to do with what is in some namespaces: every
 * workload was observed as it is, every Deployment has its ReplicaSets, and no object changes any more.
 */
export async function waitUntilAtRest(cluster: ControlPlane, namespaces: readonly string[]): Promise<void> {
  const end = Date.now() + TIMEOUT;
  let previous = "";
  for (;;) {
    const objects = await liveObjects(cluster, namespaces);
    const now = JSON.stringify(
      objects.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).sort(),
    );
    const busy = unobserved(objects);
    if (busy.length === 0 && now === previous) return;
    if (Date.now() > end)
      throw new Error(`The controllers are not at rest: ${busy.join(", ") || "changes go on"}`);
    previous = now;
    // Longer than a controller's pause between two steps.
    await sleep(500);
  }
}

/** Names of the workloads that their controller has not brought up to date. */
function unobserved(objects: readonly LiveObject[]): string[] {
  const owners = new Set(
    objects.filter(({ kind }) => kind === "ReplicaSet").flatMap(({ metadata }) => controllerOf(metadata)),
  );
  return objects
    .filter(({ kind, metadata, spec, status }) => {
      if (metadata.generation === undefined || kind === "Ingress" || kind === "Service") return false;
      if (status?.observedGeneration !== metadata.generation) return true;
      return kind === "Deployment" && spec.paused !== true && !owners.has(metadata.uid);
    })
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
}

function controllerOf(metadata: LiveObject["metadata"]): string[] {
  return (metadata.ownerReferences ?? [])
    .filter(({ controller }) => controller === true)
    .map(({ uid }) => uid);
}

async function liveObjects(cluster: ControlPlane, namespaces: readonly string[]): Promise<LiveObject[]> {
  const lists = await Promise.all(
    Object.entries(LISTS).map(async ([kind, url]) => {
      const { items } = (await cluster.request("GET", url)) as { items: LiveObject[] };
      return items.map((item) => ({ ...item, kind }));
    }),
  );
  return lists.flat().filter(({ metadata }) => namespaces.includes(metadata.namespace));
}

async function count(cluster: ControlPlane): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind = "", metadata } of await liveObjects(cluster, NAMESPACES)) {
    if (metadata.name === "kube-root-ca.crt") continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

async function isDualStack(cluster: ControlPlane): Promise<boolean> {
  const { spec } = await cluster.request("GET", "/apis/networking.k8s.io/v1/servicecidrs/kubernetes");
  return spec.cidrs.length > 1;
}

/** The workloads, but for those with fields that a server of before 1.35 does not take. */
async function loadWorkloads(cluster: ControlPlane): Promise<void> {
  const { minor } = await cluster.request("GET", "/version");
  const text = await readFile(path.join(import.meta.dirname, "workloads.yaml"), "utf8");
  const documents = text.split("\n---\n").filter((each) => minor >= 35 || !each.includes("newest-fields"));
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input: documents.join("\n---\n") });
}

/** A ConfigMap near the greatest size: too big for the annotation that client-side apply adds. */
async function addBigConfigMap(cluster: ControlPlane): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces/fixture-config/configmaps", {
    metadata: { name: "big" },
    data: { text: "All work and no play makes Jack a dull boy. é\n".repeat(19_600) },
  });
}

/** Deployments with several ReplicaSets, and a ReplicaSet whose Deployment is gone. */
async function makeHistory(cluster: ControlPlane): Promise<void> {
  const namespace = ["--namespace=fixture-history"];
  for (const version of [2, 3, 4]) {
    await cluster.kubectl([
      "set",
      "image",
      "deployment/rolled",
      `main=registry.example.com/rolled:${version}`,
      ...namespace,
    ]);
    const reason = `kubernetes.io/change-cause=version ${version}`;
    await cluster.kubectl(["annotate", "deployment/rolled", reason, "--overwrite", ...namespace]);
    await waitUntilAtRest(cluster, ["fixture-history"]);
  }
  await cluster.kubectl(["rollout", "undo", "deployment/rolled", "--to-revision=2", ...namespace]);
  await cluster.kubectl([
    "set",
    "image",
    "deployment/half-way",
    "main=registry.example.com/half-way:2",
    ...namespace,
  ]);
  await cluster.kubectl(["delete", "deployment/orphans-parent", "--cascade=orphan", ...namespace]);
  await waitUntilAtRest(cluster, ["fixture-history"]);
}

/** Objects that belong to others: these references can only be made when the owners' uids are known. */
async function addOwned(cluster: ControlPlane): Promise<void> {
  const owner = async (apiVersion: string, kind: string, url: string, more: object = {}) => {
    const { metadata } = await cluster.request("GET", url);
    return { apiVersion, kind, name: metadata.name, uid: metadata.uid, ...more };
  };
  const web = await owner("apps/v1", "Deployment", "/apis/apps/v1/namespaces/fixture-web/deployments/web", {
    controller: true,
    blockOwnerDeletion: true,
  });
  const everything = await owner(
    "apps/v1",
    "Deployment",
    "/apis/apps/v1/namespaces/fixture-web/deployments/everything",
  );
  const database = await owner(
    "apps/v1",
    "StatefulSet",
    "/apis/apps/v1/namespaces/fixture-data/statefulsets/database",
  );
  const settings = await owner("v1", "ConfigMap", "/api/v1/namespaces/fixture-web/configmaps/web");

  const configMaps = "/api/v1/namespaces/fixture-web/configmaps";
  await cluster.request("POST", configMaps, {
    metadata: { name: "owned-by-deployment", ownerReferences: [web] },
    data: { k: "v" },
  });
  await cluster.request("POST", configMaps, {
    metadata: { name: "owned-by-three", ownerReferences: [everything, web, settings] },
    data: { k: "v" },
  });
  await cluster.request("POST", "/api/v1/namespaces/fixture-web/secrets", {
    metadata: { name: "owned-by-config-map", ownerReferences: [{ ...settings, blockOwnerDeletion: false }] },
    stringData: { password: "TOP-SECRET-owned" },
  });
  await cluster.request("POST", "/api/v1/namespaces/fixture-data/services", {
    metadata: { name: "owned-by-stateful-set", ownerReferences: [database] },
    spec: { selector: { app: "database" }, ports: [{ port: 5432 }] },
  });
}
