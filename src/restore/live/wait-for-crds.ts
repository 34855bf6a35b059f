import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import { type CrdFacts, readCrd } from "./crd-facts.ts";
import type { ServedResources } from "./served-resources.ts";

/** How long all restored CRDs together are waited for, in milliseconds. One of several API servers takes 5 s more. */
export const CRD_TIMEOUT = 30_000;

/** Exponential backoff between two reads, in milliseconds: CRDs take some 50 ms, discovery up to seconds. */
const FIRST_BACKOFF = 25;
const LONGEST_BACKOFF = 1_000;

/** What the wait needs. */
export interface CrdWaitOptions {
  client: ApiClient;
  served: ServedResources;
  log: Log;
  /** Milliseconds. */
  timeout: number;
  inFlight: InFlight;
}

/**
 * Waits until CRDs are established and their resources are served. Discovery lags behind, and is asked again.
 *
 * @param names of the CRDs.
 * @returns the reasons of the CRDs that did not get there in time, by name.
 */
export async function waitUntilServed(
  { client, served, log, timeout, inFlight }: CrdWaitOptions,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  log.debug({ definitions: names.length }, "Waiting until definitions are established");
  const waiting = new Map<string, string>(names.map((name) => [name, ""]));
  const established = new Map<string, CrdFacts>();
  let backoff = FIRST_BACKOFF;
  for (let waited = 0; ; waited += backoff, backoff = Math.min(backoff * 2, LONGEST_BACKOFF)) {
    await concurrently(each(waiting.keys()), inFlight, async (name) => {
      const crd = await readCrd(client, name, signal);
      if (crd?.established !== true) waiting.set(name, describe(crd));
      else if (waiting.delete(name)) established.set(name, crd);
    });
    if (established.size > 0) await served.renew(signal);
    for (const [name, crd] of established) if (isServed(served, name, crd)) established.delete(name);
    if (waiting.size + established.size === 0 || waited >= timeout) break;
    await sleep(backoff, signal);
  }
  for (const name of established.keys()) {
    // An API server without aggregated discovery tells of one version only.
    if (served.named(name) !== undefined) continue;
    waiting.set(name, `it is Established, but not served ${timeout / 1000} s after that`);
  }
  return waiting;
}

function isServed(served: ServedResources, name: string, { versions }: CrdFacts): boolean {
  const here = served.named(name)?.versions ?? [];
  return versions.every((version) => !version.served || here.includes(version.name));
}

function describe(crd: CrdFacts | undefined): string {
  if (crd === undefined) return "it was created, and is gone again";
  return `it was created, but ${crd.conditions === "" ? "has no conditions yet" : crd.conditions}`;
}

/** Copies the items first: the collection changes while the copy is iterated over. */
async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* [...items];
}
