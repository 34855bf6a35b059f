/** The test cluster's API server, which can be stopped and started again on the port that it found at first. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "../processes/free-port.ts";
import {
  rareGarbageCollection,
  type ServerProcess,
  startServerProcess,
  waitUntilReady,
} from "../processes/server-process.ts";
import { createApiClient } from "./api-client.ts";
import { LOOPBACK, type Network } from "./network.ts";

const TIMEOUT = 60_000;
/** The port chosen may be taken by the time that the server binds it. */
const ATTEMPTS = 3;
const SINGLE_STACK_RANGE = "10.96.0.0/16";
const DUAL_STACK_RANGE = `${SINGLE_STACK_RANGE},fd00:10:96::/112`;

/** How the API server behaves. */
export interface ApiServerOptions {
  /** Services may have IPv6 addresses too. */
  dualStack?: boolean;
  /**
   * How often the API server compacts etcd; default "1h", longer than any test ("0" would also stop
   * it from noticing what `compact()` does).
   */
  compactionInterval?: string;
  /**
   * Whether the API server answers lists at older revisions from its own memory (as it does by
   * default from 1.34 on), which it clears up to 16 s after a compaction. With false it asks etcd,
   * and `compact()` takes effect at once.
   */
  historyFromCache?: boolean;
  /** Where it listens; default loopback. */
  network?: Network;
  /** Added to the API server's command line. */
  apiServerArgs?: readonly string[];
}

/** What an API server is made of. */
export interface ApiServerParameters {
  command: string;
  folder: string;
  etcdUrl: string;
  options: ApiServerOptions;
}

/** Describes an API server; nothing runs before its `start()`. */
export function createApiServer({ command, folder, etcdUrl, options }: ApiServerParameters) {
  const { address, prefix } = options.network ?? LOOPBACK;
  // With no certificate given it makes one for itself, self-signed: its own CA, in effect.
  const caFile = path.join(folder, "certs", "apiserver.crt");
  let port: number | undefined;
  let server: ServerProcess | undefined;

  const startOn = async (candidate: number) => {
    const launched = await startServerProcess({
      command,
      prefix,
      args: apiServerArgs(folder, etcdUrl, candidate, options),
      log: path.join(folder, "kube-apiserver.log"),
      env: rareGarbageCollection(),
    });
    const ready = async () => {
      const probe = createApiClient(`https://${address}:${candidate}`, await readFile(caFile, "utf8"), "");
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
    url: () => `https://${address}:${port}`,
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

function apiServerArgs(folder: string, etcdUrl: string, port: number, options: ApiServerOptions): string[] {
  const { address } = options.network ?? LOOPBACK;
  return [
    `--etcd-servers=${etcdUrl}`,
    `--etcd-compaction-interval=${options.compactionInterval ?? "1h"}`,
    `--secure-port=${port}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    // The endpoints of the Service "kubernetes" may not be loopback addresses.
    ...(address === LOOPBACK.address ? ["--endpoint-reconciler-type=none"] : []),
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
