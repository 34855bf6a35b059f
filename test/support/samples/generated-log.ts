/** A long change log as `run` leaves it, rolled up, in a store with its backups, without a cluster. */

import { Buffer } from "node:buffer";
import { RollUp } from "../../../src/change-log/roll-up/roll-up.ts";
import { inOrder } from "../../../src/concurrency/in-order.ts";
import type { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { MemorySegments } from "./memory-segments.ts";
import { NEVER, type SampleObject } from "./sample-archive.ts";
import { backupOf, beginTimeline, type KindWord, objectOf, type SampleChange } from "./sample-history.ts";
import { noteOf } from "./signed-backup.ts";

const MINUTE = 60_000;
/** A backup every so many minutes. */
const INTERVAL = 15;
/** ConfigMaps beside the Deployment `shop/web`, of which five change each minute. */
const OBJECTS = 200;
const CHANGES = 5;
/** How many requests are sent at once. */
const CONCURRENCY = 16;

/** How a log is generated. */
export interface GeneratedLogOptions {
  start: Date;
  days: number;
  signingKey?: SigningKey | undefined;
  encrypt?: ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined;
}

/** What was generated. */
export interface GeneratedLog {
  timeline: string;
  segments: number;
  backups: number;
  /** Files of the change log in the store. */
  files: number;
  /** The minutes in which `shop/web` has changed, and the replicas that it has had since. */
  web: { minute: number; replicas: number }[];
  end: Date;
}

/**
 * Puts a change log of a segment each minute into a store, and a backup every 15 minutes. Only the first backup, the last one, and
 * one in the middle can be read: a reader that opens another one fails.
 */
export async function generateLog(
  store: Store,
  { start, days, signingKey, encrypt }: GeneratedLogOptions,
): Promise<GeneratedLog> {
  const count = days * 24 * 60;
  const at = (minute: number) => new Date(start.getTime() + minute * MINUTE);
  const random = randomFrom(7);
  const cluster = new Map<string, SampleObject>();
  const set = (kind: KindWord, path: string, content: SampleChange["content"] = {}) =>
    cluster.set(`${kind} ${path}`, objectOf(kind, path, content));
  set("namespaces", "shop");
  set("deployments", "shop/web", { spec: { replicas: 1 } });
  for (let number = 0; number < OBJECTS; number += 1) set("configMaps", `shop/c${number}`, { data: {} });

  const backups = new Map<string, Buffer>();
  const back = async (minute: number) => {
    const name = backupName(at(minute));
    const isReal = [0, count - INTERVAL, Math.floor(count / 2 / INTERVAL) * INTERVAL].includes(minute);
    backups.set(name, isReal ? await backupOf(at(minute), 100 + minute, [...cluster.values()]) : NO_BACKUP);
    return name;
  };
  const segments = new MemorySegments();
  const sign = signingKey && ((text: Uint8Array) => signMessage(text, signingKey));
  let rolling: RollUp | undefined;
  const log = await beginTimeline({ segments } as unknown as Store, {
    ...{ began: at(0), base: await back(0), revision: 100, sign, encrypt },
    onStored: ({ place, size }, known) => {
      rolling ??= new RollUp({ segments, timeline: place.timeline, sign, encrypt });
      rolling.add({ file: place.file, size }, known);
    },
  });
  const web: GeneratedLog["web"] = [];
  for (let minute = 1; minute < count; minute += 1) {
    const change = (kind: KindWord, path: string, content: SampleChange["content"]): SampleChange => {
      set(kind, path, content);
      const operation = "update" as const;
      return { at: at(minute), revision: 100 + minute, operation, kind, path, content: content ?? {} };
    };
    const changes = Array.from({ length: CHANGES }, () =>
      change("configMaps", `shop/c${Math.floor(random() * OBJECTS)}`, { data: { value: noise(random) } }),
    );
    if (random() < 1 / 100) {
      const replicas = web.length + 2;
      web.push({ minute, replicas });
      changes.push(change("deployments", "shop/web", { spec: { replicas } }));
    }
    await log.add(
      at(minute),
      100 + minute,
      changes,
      minute % INTERVAL === 0 ? await back(minute) : undefined,
    );
    while (await rolling?.step(NEVER));
  }

  const files = await Array.fromAsync(segments.list(log.name, {}));
  await all(files, async ({ place }) => {
    await store.segments.create(place, (await segments.read(place)) ?? Buffer.alloc(0), NEVER);
  });
  await all([...backups], async ([name, bytes]) => {
    await store.put(name, once(bytes), NEVER);
    if (signingKey === undefined || bytes === NO_BACKUP) return;
    const note = await noteOf(name, bytes, { key: signingKey });
    await store.beside.create({ folder: "notes", backup: name, suffix: "note" }, note, NEVER);
  });
  return {
    ...{ timeline: log.name, segments: count, backups: backups.size, files: files.length, web },
    end: at(count - 1),
  };
}

const NO_BACKUP = Buffer.from("no backup");

/** Some hundred bytes that do not pack. */
function noise(random: () => number): string {
  return Buffer.from(Array.from({ length: 240 }, () => Math.floor(random() * 256))).toString("base64");
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function all<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for await (const _ of inOrder(items, CONCURRENCY, work));
}
