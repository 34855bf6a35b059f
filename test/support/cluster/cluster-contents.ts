/** What tests put into a cluster and take out of it again. */

import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../until.ts";
import type { ControlPlane } from "./control-plane.ts";
import { removeNamespace } from "./remove-namespace.ts";

/** The flag of the restore gate. */
export const FLAG = "/api/v1/namespaces/backuprestore-donotuse";

/** The record of a restore that was begun. */
export const RECORD = "/api/v1/namespaces/kube-system/configmaps/kube-backup-restore";

/** Whether an object is there. */
export async function exists(cluster: ControlPlane, path: string): Promise<boolean> {
  try {
    await cluster.request("GET", path);
    return true;
  } catch (error) {
    if ((error as { status?: number }).status === 404) return false;
    throw error;
  }
}

/** Deletes an object, if it is there, and waits until it is gone; a namespace with all that is in it. */
export async function remove(cluster: ControlPlane, path: string, timeoutMs = 60_000): Promise<void> {
  const namespace = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path)?.[1];
  if (namespace !== undefined) return await removeNamespace(cluster, namespace, timeoutMs);
  const end = Date.now() + timeoutMs;
  while (await exists(cluster, path)) {
    await cluster.request("DELETE", path).catch((error: { status?: number }) => {
      if (error.status !== 404 && error.status !== 409) throw error;
    });
    if (Date.now() > end) throw new Error(`${path} is still there`);
    await sleep(100);
  }
}

/** A small application in a namespace of its own. */
function application(namespace: string): object[] {
  const labels = { app: "web" };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace, name: "settings" },
      data: { color: "blue" },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "password" },
      stringData: { password: "TOP-SECRET-of-the-application" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name: "web" },
      spec: { selector: labels, ports: [{ port: 80 }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { namespace, name: "web" },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "web:1" }] } },
      },
    },
  ];
}

/** Puts a small application into a cluster and waits for what its controllers make of it. */
export async function loadApplication(cluster: ControlPlane, namespace: string): Promise<void> {
  const input = application(namespace)
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
  const replicaSets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  await until(`${namespace} has a ReplicaSet`, async () => {
    return (await cluster.request("GET", replicaSets)).items.length > 0;
  });
}
