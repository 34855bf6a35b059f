/** etcd for the test cluster: one member, nothing flushed to the disk. */

import { Buffer } from "node:buffer";
import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { request } from "undici";
import { binary } from "../binaries/build.ts";
import { freePort } from "../processes/free-port.ts";
import {
  rareGarbageCollection,
  type ServerProcess,
  startServerProcess,
  waitUntilReady,
} from "../processes/server-process.ts";
import { LOOPBACK, type Network } from "./network.ts";

const TIMEOUT = 30_000;

/** A running etcd. */
export interface Etcd {
  /** Client URL. */
  readonly url: string;
  readonly process: ServerProcess;
  /** The store's revision now. */
  revision(): Promise<number>;
  /** Drops the history before `revision`, and notes that where the API server looks for it. */
  compact(revision: number): Promise<void>;
  /** Copies its data to a folder that is not there yet, as of one moment: a snapshot. */
  copyData(target: string): Promise<void>;
  /** Goes back to data that was copied. No API server may run meanwhile. */
  restoreData(source: string): Promise<void>;
  /** Ends it, after `graceMs` with SIGKILL. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts etcd with its data in `folder`, which is removed if this process dies. */
export async function startEtcd(folder: string, network: Network = LOOPBACK): Promise<Etcd> {
  const url = `http://${network.address}:${await freePort()}`;
  const data = path.join(folder, "etcd");
  const start = async () => {
    const started = await startServerProcess({
      command: await binary("etcd"),
      args: [
        `--data-dir=${data}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        "--listen-peer-urls=http://127.0.0.1:0",
        "--unsafe-no-fsync",
        "--log-level=warn",
      ],
      prefix: network.prefix,
      log: path.join(folder, "etcd.log"),
      env: rareGarbageCollection(),
      orphanedFolder: folder,
    });
    try {
      await waitUntilReady(started, () => isHealthy(url), { what: "etcd", timeoutMs: TIMEOUT });
    } catch (error) {
      await started.stop(0);
      throw error;
    }
    return started;
  };
  let server = await start();
  return {
    url,
    get process() {
      return server;
    },
    stop: (graceMs) => server.stop(graceMs),
    copyData: async (target) => {
      server.signal("SIGSTOP");
      try {
        await cp(data, target, { recursive: true });
      } finally {
        server.signal("SIGCONT");
      }
    },
    restoreData: async (source) => {
      await server.stop(0);
      await rm(data, { recursive: true });
      await cp(source, data, { recursive: true });
      server = await start();
    },
    revision: async () => {
      const { header } = await call(url, "/v3/kv/range", { key: "AA==", limit: "1" });
      return Number(header.revision);
    },
    compact: async (revision) => {
      // As the API server's own compactor does: what it has in its caches, it drops by this key.
      const note = { key: base64("compact_rev_key"), value: base64(String(revision)) };
      await call(url, "/v3/kv/put", note);
      await call(url, "/v3/kv/compaction", { revision: String(revision), physical: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await request(`${url}/health`);
  await response.body.dump();
  return response.statusCode === 200;
}

function base64(value: string): string {
  return Buffer.from(value).toString("base64");
}

/** Calls etcd's JSON gateway, which writes numbers as strings and bytes in base64. */
async function call(url: string, method: string, body: unknown): Promise<{ header: { revision: string } }> {
  const response = await request(`${url}${method}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.body.text();
  if (response.statusCode !== 200)
    throw new Error(`Cannot call etcd's ${method}: ${response.statusCode} ${text}`);
  return JSON.parse(text);
}
