/**
 * A Kubernetes control plane for tests: etcd, kube-apiserver and kube-controller-manager, real ones,
 * on loopback. There are no nodes: workloads' Pods are not made to run, all else is as in a cluster.
 */

import { spawn } from "node:child_process";
import { generateKeyPair, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { binaries } from "../binaries/build.ts";
import { freePort } from "../processes/free-port.ts";
import { type ServerProcess, startServerProcess, waitUntilReady } from "../processes/server-process.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { type Etcd, startEtcd } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

/** Options of {@link startControlPlane}. */
export interface ControlPlaneOptions {
  /** Services may have IPv6 addresses too. */
  dualStack?: boolean;
  /** How often the API server compacts etcd; default "1h", longer than any test ("0" would also stop it from noticing what {@link ControlPlane.compact} does). */
  compactionInterval?: string;
  /**
   * Whether the API server answers lists at older revisions from its own memory (as it does by
   * default from 1.34 on), which it clears up to 16 s after a compaction. With false it asks etcd,
   * and {@link ControlPlane.compact} takes effect at once.
   */
  historyFromCache?: boolean;
  /** Added to the API server's command line. */
  apiServerArgs?: readonly string[];
  /** Added to the controller manager's command line. */
  controllerManagerArgs?: readonly string[];
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
   * {@link ControlPlaneOptions.historyFromCache} is false.
   */
  compact(revision?: number): Promise<void>;
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
/** The port chosen may be taken by the time that the server binds it. */
const ATTEMPTS = 3;
const SINGLE_STACK_RANGE = "10.96.0.0/16";
const DUAL_STACK_RANGE = `${SINGLE_STACK_RANGE},fd00:10:96::/112`;

/**
 * Starts a control plane and waits until it is usable: the API server is ready, and the controllers
 * have made what every cluster has in its default namespace.
 *
 * It takes about 4 seconds. It ends with this process at the latest.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await binaries(["etcd", "kube-apiserver", "kube-controller-manager", "kubectl"]);
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
    const etcd = await startEtcd(folder);
    running.push(etcd.process);
    const apiServer = createApiServer({ command: programs["kube-apiserver"], folder, etcd, options });
    running.push(apiServer);
    await apiServer.start();
    const ca = await readFile(apiServer.caFile, "utf8");
    client = createApiClient(apiServer.url(), ca, token);
    const kubeconfig = await writeKubeconfig(path.join(folder, "kubeconfig"), {
      server: apiServer.url(),
      ca,
      token,
    });
    running.push(
      await startServerProcess({
        command: programs["kube-controller-manager"],
        args: controllerManagerArgs(folder, kubeconfig, options),
        log: path.join(folder, "kube-controller-manager.log"),
      }),
    );
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
      kubectl: (args, { input = "", kubeconfig: other = kubeconfig } = {}) => {
        const env = { ...process.env, KUBECONFIG: other, KUBECACHEDIR: path.join(folder, "kubectl-cache") };
        return runCommand(programs.kubectl, args, env, input);
      },
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

interface ApiServerParameters {
  command: string;
  folder: string;
  etcd: Etcd;
  options: ControlPlaneOptions;
}

/** The API server, which can be stopped and started again on the port that it found at first. */
function createApiServer({ command, folder, etcd, options }: ApiServerParameters) {
  // With no certificate given it makes one for itself, self-signed: its own CA, in effect.
  const caFile = path.join(folder, "certs", "apiserver.crt");
  let port: number | undefined;
  let server: ServerProcess | undefined;

  const startOn = async (candidate: number) => {
    const launched = await startServerProcess({
      command,
      args: apiServerArgs(folder, etcd.url, candidate, options),
      log: path.join(folder, "kube-apiserver.log"),
    });
    const ready = async () => {
      const probe = createApiClient(`https://127.0.0.1:${candidate}`, await readFile(caFile, "utf8"), "");
      try {
        return (await probe.request("GET", "/readyz")) === "ok";
      } finally {
        await probe.close();
      }
    };
    try {
      await waitUntilReady(launched, ready, { what: "kube-apiserver", timeoutMs: TIMEOUT, intervalMs: 50 });
    } catch (error) {
      await launched.stop(0);
      throw error;
    }
    return launched;
  };

  return {
    caFile,
    url: () => `https://127.0.0.1:${port}`,
    start: async () => {
      for (let attempt = 1; ; attempt++) {
        const candidate = port ?? (await freePort());
        try {
          server = await startOn(candidate);
          port = candidate;
          return;
        } catch (error) {
          const taken = error instanceof Error && error.message.includes("address already in use");
          if (!taken || port !== undefined || attempt === ATTEMPTS) throw error;
        }
      }
    },
    stop: async (graceMs?: number) => server?.stop(graceMs),
  };
}

function apiServerArgs(
  folder: string,
  etcdUrl: string,
  port: number,
  options: ControlPlaneOptions,
): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--etcd-compaction-interval=${options.compactionInterval ?? "1h"}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    // The endpoints of the Service "kubernetes" may not be loopback addresses.
    "--endpoint-reconciler-type=none",
    `--cert-dir=${path.join(folder, "certs")}`,
    `--service-account-key-file=${path.join(folder, "sa.pub")}`,
    `--service-account-signing-key-file=${path.join(folder, "sa.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--authorization-mode=RBAC",
    `--token-auth-file=${path.join(folder, "tokens.csv")}`,
    `--service-cluster-ip-range=${options.dualStack ? DUAL_STACK_RANGE : SINGLE_STACK_RANGE}`,
    "--allow-privileged=true",
    ...(options.historyFromCache === false ? ["--feature-gates=ListFromCacheSnapshot=false"] : []),
    ...(options.apiServerArgs ?? []),
  ];
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
  const end = Date.now() + TIMEOUT;
  for (const object of defaults) {
    while (
      !(await request("GET", object).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > end) throw new Error(`Cannot start the control plane: ${object} does not appear`);
      await sleep(50);
    }
  }
}

async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv, input: string) {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [output, errors, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject)),
  ]);
  if (status !== 0) {
    throw new Error(`Cannot run ${path.basename(command)} ${args.join(" ")}: status ${status}\n${errors}`);
  }
  return output;
}
