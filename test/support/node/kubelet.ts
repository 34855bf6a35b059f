/** What Kubernetes runs for a node: scheduler, kube-proxy and kubelet. */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { binaries } from "../binaries/build.ts";
import { startServerProcess } from "../processes/server-process.ts";
import { POD_RANGE } from "./containerd.ts";
import type { Namespaces } from "./namespaces.ts";

/** Name of the one node. */
export const NODE_NAME = "node";

/** What a node's programs are started with. */
export interface KubeletOptions {
  folder: string;
  namespaces: Namespaces;
  /** The administrator's. */
  kubeconfig: string;
  /** containerd's socket, `unix:///…`. */
  runtimeEndpoint: string;
}

/** Starts scheduler, kube-proxy and kubelet. They end with the namespaces. */
export async function startKubelet(options: KubeletOptions): Promise<void> {
  const { folder, namespaces, kubeconfig } = options;
  const programs = await binaries(["kubelet", "kube-proxy", "kube-scheduler"]);
  const start = async (name: keyof typeof programs, args: readonly string[]) => {
    await startServerProcess({
      command: programs[name],
      prefix: namespaces.inside,
      args,
      log: path.join(folder, `${name}.log`),
    });
  };
  const [kubeletConfig, proxyConfig] = [path.join(folder, "kubelet.json"), path.join(folder, "proxy.json")];
  await mkdir(path.join(folder, "static-pods"), { recursive: true });
  await writeFile(kubeletConfig, JSON.stringify(kubeletConfiguration(options)));
  await writeFile(proxyConfig, JSON.stringify(proxyConfiguration(kubeconfig)));
  await Promise.all([
    start("kube-scheduler", [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"]),
    start("kube-proxy", [`--config=${proxyConfig}`, `--hostname-override=${NODE_NAME}`]),
    start("kubelet", [
      `--config=${kubeletConfig}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${path.join(folder, "kubelet")}`,
      `--cert-dir=${path.join(folder, "kubelet", "pki")}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${namespaces.network.address}`,
    ]),
  ]);
}

function kubeletConfiguration({ runtimeEndpoint }: KubeletOptions): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: runtimeEndpoint,
    // Nobody but this machine reaches it, over the address of the node's own network.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    // Whatever the machine is, a container or a virtual one: no demands on it.
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
    resolvConf: "",
  };
}

function proxyConfiguration(kubeconfig: string): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig },
    clusterCIDR: POD_RANGE,
    // These would be set for the whole machine.
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    // A change is to be seen at once.
    iptables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
  };
}
