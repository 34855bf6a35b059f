/**
 * A Kubernetes control plane for tests: etcd, kube-apiserver and kube-controller-manager, real ones,
 * on loopback. There are no nodes: workloads' Pods are not made to run, all else is as in a cluster.
 */

import { generateKeyPair, randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { binaries } from "../binaries/build.ts";
import {
  rareGarbageCollection,
  type ServerProcess,
  startServerProcess,
} from "../processes/server-process.ts";
import { until } from "../until.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { type ApiServerOptions, createApiServer } from "./api-server.ts";
import { type Etcd, startEtcd } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { runKubectl } from "./kubectl.ts";

/** Options of {@link startControlPlane}. */
export interface ControlPlaneOptions extends ApiServerOptions {
  /** Added to the controller manager's command line. */
  controllerManagerArgs?: readonly string[];
  /** Which Kubernetes, `1.34`; otherwise the one that all tests run on. */
  kubernetesVersion?: string;
  /** Data of another control plane's etcd that this one begins with: it is a clone of that one. */
  etcdData?: string;
}

/** A running control plane. */
export interface ControlPlane {
  /** `https://127.0.0.1:12345` */
  readonly server: string;
  /** The administrator's kubeconfig file. */
  readonly kubeconfig: string;
  /** The CA certificate that clients trust, PEM. */
  readonly caFile: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** Holds all of the above, and the logs; removed by {@link stop}. */
  readonly folder: string;
  readonly etcd: Etcd;
  /** Runs kubectl as the administrator and returns what it prints; throws with its errors when it fails. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Sends a request as the administrator. See {@link ApiClient.request}. */
  request: ApiClient["request"];
  /** A kubeconfig file for a ServiceAccount that is there, with a token of its own (TokenRequest). */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /**
   * Drops etcd's history before `revision` (default: now), so that reading at an older one is
   * answered with 410, as five minutes after the fact in a real cluster. At once only where
   * {@link ApiServerOptions.historyFromCache} is false.
   */
  compact(revision?: number): Promise<void>;
  /** Does something while no controller of the cluster does anything. */
  withoutControllers<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the API server as a crash would. */
  stopApiServer(): Promise<void>;
  /** Starts it again, on the same port, and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Ends everything and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

/** Options of {@link ControlPlane.kubectl}. */
export interface KubectlOptions {
  /** What it reads from its standard input. */
  input?: string;
  /** Another kubeconfig than the administrator's. */
  kubeconfig?: string;
}

const TIMEOUT = 60_000;

/**
 * Starts a control plane and waits until it is usable: the API server is ready, and the controllers
 * have made what every cluster has in its default namespace.
 *
 * It takes about 4 seconds. It ends with this process at the latest.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = {
    ...(await binaries(["etcd", "kubectl"])),
    ...(await binaries(["kube-apiserver", "kube-controller-manager"], options.kubernetesVersion)),
  };
  const folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-cluster-"));
  const running: { stop(graceMs?: number): Promise<void> }[] = [];
  let client: ApiClient | undefined;
  const stop = async () => {
    await client?.close();
    // Nothing that they hold is needed again: there is no reason to let them end in order.
    await Promise.all(running.splice(0).map((server) => server.stop(0)));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const token = await writeCredentials(folder);
    if (options.etcdData !== undefined)
      await cp(options.etcdData, path.join(folder, "etcd"), { recursive: true });
    const etcd = await startEtcd(folder, options.network);
    running.push(etcd);
    const apiServer = createApiServer({
      command: programs["kube-apiserver"],
      folder,
      etcdUrl: etcd.url,
      options,
    });
    running.push(apiServer);
    await apiServer.start();
    const ca = await readFile(apiServer.caFile, "utf8");
    client = createApiClient(apiServer.url(), ca, token);
    const kubeconfig = await writeKubeconfig(path.join(folder, "kubeconfig"), {
      server: apiServer.url(),
      ca,
      token,
    });
    const controllers = await startServerProcess({
      command: programs["kube-controller-manager"],
      prefix: options.network?.prefix ?? [],
      args: controllerManagerArgs(folder, kubeconfig, options),
      log: path.join(folder, "kube-controller-manager.log"),
      env: rareGarbageCollection(),
    });
    running.push(controllers);
    const { request } = client;
    await waitForDefaults(request);
    return {
      server: apiServer.url(),
      kubeconfig,
      caFile: apiServer.caFile,
      token,
      folder,
      etcd,
      request,
      kubectl: (args, options) =>
        runKubectl(programs.kubectl, args, {
          kubeconfig,
          cacheFolder: path.join(folder, "kubectl-cache"),
          ...options,
        }),
      serviceAccountKubeconfig: async (namespace, name) => {
        const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
        const { status } = await request("POST", `${account}/token`, { spec: { expirationSeconds: 86_400 } });
        return writeKubeconfig(path.join(folder, `kubeconfig-${namespace}-${name}`), {
          server: apiServer.url(),
          ca,
          token: status.token,
          namespace,
        });
      },
      withoutControllers: pausing(controllers),
      compact: async (revision) => etcd.compact(revision ?? (await etcd.revision())),
      stopApiServer: () => apiServer.stop(0),
      startApiServer: () => apiServer.start(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops a process while some work goes on, and lets it go on after the last of several. */
function pausing({ signal }: Pick<ServerProcess, "signal">): ControlPlane["withoutControllers"] {
  let works = 0;
  return async (work) => {
    if (works === 0) signal("SIGSTOP");
    works += 1;
    try {
      return await work();
    } finally {
      works -= 1;
      if (works === 0) signal("SIGCONT");
    }
  };
}

/** Writes the ServiceAccounts' keys and the administrator's token; returns the token. */
async function writeCredentials(folder: string): Promise<string> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  const token = randomBytes(16).toString("hex");
  await mkdir(path.join(folder, "certs"));
  await writeFile(path.join(folder, "sa.pub"), publicKey);
  await writeFile(path.join(folder, "sa.key"), privateKey, { mode: 0o600 });
  await writeFile(path.join(folder, "tokens.csv"), `${token},admin,1,system:masters\n`, { mode: 0o600 });
  return token;
}

function controllerManagerArgs(folder: string, kubeconfig: string, options: ControlPlaneOptions): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${path.join(folder, "sa.key")}`,
    `--root-ca-file=${path.join(folder, "certs", "apiserver.crt")}`,
    "--use-service-account-credentials",
    "--leader-elect=false",
    // At the default of 20 requests a second, making its own accounts alone takes 5 s.
    "--kube-api-qps=1000",
    "--kube-api-burst=1000",
    // No port of its own: its health shows in what it does.
    "--secure-port=0",
    ...(options.controllerManagerArgs ?? []),
  ];
}

/** What the controllers make in every namespace shows that they are at work. */
async function waitForDefaults(request: ApiClient["request"]): Promise<void> {
  const defaults = [
    "/api/v1/namespaces/kube-system",
    "/api/v1/namespaces/default/serviceaccounts/default",
    "/api/v1/namespaces/default/configmaps/kube-root-ca.crt",
  ];
  for (const object of defaults) {
    const appears = async () => (await request("GET", object)) !== undefined;
    await until(`the control plane makes ${object}`, appears, { timeoutMs: TIMEOUT });
  }
}
