/** The cluster of a story: one that a test started, or a user's own. */

import { request } from "undici";

/** A cluster with nodes. */
export interface StoryCluster {
  /** How kubectl is started so that it speaks to this cluster. */
  readonly kubectlCommand: readonly [string, ...string[]];
  /** Added to kubectl's environment. */
  readonly environment: Record<string, string>;
  /** Runs kubectl and returns what it prints; throws with its errors when it fails. */
  kubectl(args: readonly string[], options?: { input?: string }): Promise<string>;
  /** What a Service of a namespace answers to GET. */
  ask(namespace: string, service: string, path: string): Promise<string>;
}

/** One object as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind, as the API server gives them.
export type LiveObject = any;

/** Objects as `kubectl get ARGS` finds them. */
export async function getObjects(cluster: StoryCluster, args: readonly string[]): Promise<LiveObject[]> {
  const found = JSON.parse(await cluster.kubectl(["get", ...args, "--output=json"]));
  return found.kind === "List" ? found.items : [found];
}

/** Makes objects, or brings them up to date. */
export async function apply(cluster: StoryCluster, objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await cluster.kubectl(["apply", "--server-side", "--filename=-"], { input });
}

/** Whether an HTTP server answers 200. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await request(url);
    await response.body.dump();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}
