/**
 * A cluster with one real node: control plane, scheduler, containerd, kubelet and kube-proxy, in
 * namespaces of their own. Pods run and Services answer; there is no name server and no way out.
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "../cluster/control-plane.ts";
import { runCommand } from "../processes/run-command.ts";
import { until } from "../until.ts";
import { removeControlGroups } from "./cgroup.ts";
import { type Containerd, containersIn, startContainerd } from "./containerd.ts";
import { type BuiltImage, buildImages, IMAGES, type ImageKey, STORY_IMAGES } from "./images.ts";
import { NODE_NAME, startKubelet } from "./kubelet.ts";
import { type Namespaces, startNamespaces } from "./namespaces.ts";

const TIMEOUT = 90_000;

/** A running cluster of one node. */
export interface Node {
  readonly cluster: ControlPlane;
  readonly containerd: Containerd;
  /** Holds images, logs and what pods keep on the node; removed by {@link stop}. */
  readonly folder: string;
  readonly images: readonly BuiltImage[];
  /** Time that each step of the start took, in milliseconds. */
  readonly times: Record<string, number>;
  /** Runs a command in the node's network, where Services answer. */
  run(command: readonly string[]): Promise<string>;
  /** Ends everything and removes all that it left. May be called twice. */
  stop(): Promise<void>;
}

/** Options of {@link startNode}. */
export interface NodeOptions extends Omit<ControlPlaneOptions, "network" | "apiServerArgs"> {
  /** What the node has of images; those of the story without it. */
  imageKeys?: readonly ImageKey[];
}

/** Starts a node with images in it, and waits until it is ready for pods. */
export async function startNode({ imageKeys = STORY_IMAGES, ...options }: NodeOptions = {}): Promise<Node> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-node-"));
  const times: Record<string, number> = {};
  let namespaces: Namespaces | undefined;
  let cluster: ControlPlane | undefined;
  const stop = async () => {
    await cluster?.stop();
    await namespaces?.stop();
    await removeControlGroups(await containersIn(folder));
    await rm(folder, { recursive: true, force: true });
  };
  const timed = async <T>(what: string, work: () => Promise<T>) => {
    const started = Date.now();
    const result = await work();
    times[what] = Date.now() - started;
    return result;
  };
  try {
    const images = await timed("images built", () => buildImages(folder, imageKeys));
    const made = await timed("namespaces", () => startNamespaces(folder));
    namespaces = made;
    const { network } = made;
    const plane = await timed("control plane", () =>
      // The node's name is known to nobody.
      startControlPlane({
        ...options,
        network,
        apiServerArgs: ["--kubelet-preferred-address-types=InternalIP"],
      }),
    );
    cluster = plane;
    const containerd = await timed("containerd", () =>
      startContainerd({ folder, namespaces: made, pauseImage: IMAGES.pause }),
    );
    await timed("images imported", async () => {
      for (const { archive } of images) await containerd.importImages(archive);
    });
    await timed("node ready", async () => {
      const { kubeconfig } = plane;
      await startKubelet({
        folder,
        namespaces: made,
        kubeconfig,
        runtimeEndpoint: containerd.endpoint,
      });
      await waitUntilReady(plane, path.join(folder, "kubelet.log"));
    });
    const run = (command: readonly string[]) => runCommand([...network.prefix, ...command]);
    return { cluster: plane, containerd, folder, images, times, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ready, and free of the taint that keeps pods away from a node that is not. */
async function waitUntilReady(cluster: ControlPlane, log: string): Promise<void> {
  const ready = async () => {
    const node = await cluster.request("GET", `/api/v1/nodes/${NODE_NAME}`);
    const conditions: { type: string; status: string }[] = node.status?.conditions ?? [];
    const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
    return isReady && (node.spec.taints ?? []).length === 0;
  };
  try {
    await until("the node is ready", ready, { timeoutMs: TIMEOUT, intervalMs: 100 });
  } catch (error) {
    const last = (await readFile(log, "utf8")).slice(-3000);
    throw new Error(`Cannot start a node: it is not ready after ${TIMEOUT / 1000} s\n${last}`, {
      cause: error,
    });
  }
}
