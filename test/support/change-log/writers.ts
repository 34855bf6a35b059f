/** Clients that write to a cluster at full speed, and keep a record of what the API server answered. */

import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../cluster/api-client.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";

/** What a writer did, by the API server's answers. */
export interface Written {
  /** Empty where it was deleted: the answer to a deletion does not tell its resource version. */
  revision: string;
  /** `configmaps shop/o-1` */
  key: string;
  /** Undefined where it was deleted. */
  value: string | undefined;
  /** When the request was sent, in milliseconds since 1970. */
  sent: number;
  answered: number;
}

/** The kinds that are written, each by a writer of its own. */
export const WRITTEN_KINDS = ["configmaps", "secrets", "services"] as const;

type Kind = (typeof WRITTEN_KINDS)[number];

/** Options of {@link startWriters}. */
export interface WriterOptions {
  request: ControlPlane["request"];
  namespaces: readonly string[];
  /** Tells names and values of several runs apart. */
  seed?: number;
  /** The pause after each write, in milliseconds; none by default. */
  pause?: number;
}

/** Writers at work. */
export interface Writers {
  /** What they did so far, of each kind in its order. */
  readonly written: ReadonlyMap<Kind, readonly Written[]>;
  /** Lets them end, and waits for that. */
  stop(): Promise<void>;
}

/** Starts a writer for each kind: it creates, updates and deletes a dozen objects in each namespace. */
export function startWriters(options: WriterOptions): Writers {
  const stopped = new AbortController();
  const written = new Map(WRITTEN_KINDS.map((kind) => [kind, [] as Written[]]));
  const done = Promise.all(
    WRITTEN_KINDS.map((kind, index) =>
      write(
        kind,
        { ...options, seed: (options.seed ?? 0) * 10 + index + 1 },
        written.get(kind) ?? [],
        stopped.signal,
      ),
    ),
  );
  done.catch(() => {});
  return {
    written,
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

async function write(
  kind: Kind,
  { request, namespaces, seed = 1, pause = 0 }: WriterOptions,
  written: Written[],
  signal: AbortSignal,
): Promise<void> {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const live = new Set<string>();
  for (let count = 0; !signal.aborted; count += 1) {
    const namespace = namespaces[Math.floor(random() * namespaces.length)] as string;
    const name = `o-${Math.floor(random() * 12)}`;
    const key = `${kind} ${namespace}/${name}`;
    const collection = `/api/v1/namespaces/${namespace}/${kind}`;
    const removes = live.has(key) && random() < 0.3;
    const value = removes ? undefined : `${seed}-${count}`;
    const sent = Date.now();
    let revision: string | undefined;
    try {
      revision = await send(request, { kind, collection, name, value, isLive: live.has(key) });
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) throw error;
      revision = await outcome(request, `${collection}/${name}`, value);
    }
    if (revision !== undefined) {
      if (value === undefined) live.delete(key);
      else live.add(key);
      written.push({ revision, key, value, sent, answered: Date.now() });
    }
    if (pause > 0) await sleep(pause);
  }
}

/** Writes, and returns the resource version; empty for a deletion. */
async function send(
  request: ControlPlane["request"],
  write: { kind: Kind; collection: string; name: string; value: string | undefined; isLive: boolean },
): Promise<string> {
  const { kind, collection, name, value, isLive } = write;
  const metadata = { name, annotations: { value } };
  if (value === undefined) {
    await request("DELETE", `${collection}/${name}`, { propagationPolicy: "Background" });
    return "";
  }
  const body =
    kind === "services" ? { metadata, spec: { ports: [{ port: 80 }] } } : { metadata, data: { v: "dg==" } };
  const answer = isLive
    ? await request("PATCH", `${collection}/${name}`, { metadata: { annotations: { value } } })
    : await request("POST", collection, body);
  return String(answer.metadata.resourceVersion);
}

/** What became of a write without an answer, once the API server tells; undefined where it was not done. */
async function outcome(
  request: ControlPlane["request"],
  path: string,
  value: string | undefined,
): Promise<string | undefined> {
  for (let attempts = 0; ; attempts += 1) {
    try {
      const { metadata } = await request("GET", path);
      if (value === undefined) return undefined;
      return metadata.annotations?.value === value ? String(metadata.resourceVersion) : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return value === undefined ? "" : undefined;
      if (attempts === 600) throw error;
      await sleep(200);
    }
  }
}
