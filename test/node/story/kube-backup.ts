/** kube-backup as kube-backup.yml puts it into a story's cluster. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { apply, getObjects, type LiveObject, type StoryCluster } from "./cluster.ts";
import type { ClusterMinio } from "./minio.ts";

/** The manifest. */
export const MANIFEST = path.resolve(import.meta.dirname, "../../../kube-backup.yml");
/** The namespace that forbids a restore. */
export const FLAG = "backuprestore-donotuse";

/** How long a step may take in a cluster whose pods run, and how often it is looked at. */
export const PATIENCE = { timeoutMs: 120_000, intervalMs: 500 };

const NAMESPACE = "--namespace=kube-system";
const DEPLOYMENT = "deployment/kube-backup";
const SELECTOR = "--selector=app.kubernetes.io/name=kube-backup";

/** Makes the secret with the settings. */
export async function applySettings(
  cluster: StoryCluster,
  minio: ClusterMinio,
  settings: Record<string, string>,
): Promise<void> {
  const stringData = {
    ENDPOINT_URI: minio.endpoint,
    AWS_ACCESS_KEY_ID: minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
    ...settings,
  };
  const metadata = { name: "kube-backup", namespace: "kube-system" };
  await apply(cluster, [{ apiVersion: "v1", kind: "Secret", metadata, stringData }]);
}

/**
 * Applies the manifest; whatever the API server finds strange in it is an error.
 *
 * @param image another image than the manifest names.
 */
export async function applyManifest(cluster: StoryCluster, image?: string): Promise<void> {
  const manifest = await readFile(MANIFEST, "utf8");
  const input = image === undefined ? manifest : manifest.replace(/image: .*/, `image: ${image}`);
  const strict = ["--validate=strict", "--warnings-as-errors"];
  await cluster.kubectl(["apply", "--server-side", ...strict, "--filename=-"], { input });
}

/** Sets the number of pods, 0 or 1, and waits until it is so; one that is ready has passed the gate. */
export async function scale(cluster: StoryCluster, replicas: 0 | 1, timeoutSeconds = 120): Promise<void> {
  await cluster.kubectl(["scale", DEPLOYMENT, NAMESPACE, `--replicas=${replicas}`]);
  const timeout = `--timeout=${timeoutSeconds}s`;
  if (replicas === 1) await waitUntilReady(cluster, timeoutSeconds);
  else await cluster.kubectl(["wait", "pod", SELECTOR, NAMESPACE, "--for=delete", timeout]);
}

/** Waits until its pod is ready; throws with what its log and its events say when it is not. */
export async function waitUntilReady(cluster: StoryCluster, timeoutSeconds = 120): Promise<void> {
  try {
    await cluster.kubectl(["rollout", "status", DEPLOYMENT, NAMESPACE, `--timeout=${timeoutSeconds}s`]);
  } catch (error) {
    const log = await readLog(cluster).catch(String);
    const pod = await cluster.kubectl(["describe", "pod", SELECTOR, NAMESPACE]);
    throw new Error(`kube-backup is not ready\n${log.slice(-4000)}\n${pod.slice(-2000)}`, { cause: error });
  }
}

/** Its pods. */
export async function readPods(cluster: StoryCluster): Promise<LiveObject[]> {
  return await getObjects(cluster, ["pods", SELECTOR, NAMESPACE]);
}

/** Its log. */
export async function readLog(cluster: StoryCluster, previous = false): Promise<string> {
  return await cluster.kubectl(["logs", DEPLOYMENT, NAMESPACE, `--previous=${previous}`]);
}

/** Deletes a namespace, if it is there, and waits until it is gone. */
export async function deleteNamespace(cluster: StoryCluster, name: string): Promise<void> {
  await cluster.kubectl(["delete", "namespace", name, "--ignore-not-found", "--timeout=120s"]);
}
