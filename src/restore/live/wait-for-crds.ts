import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import { type DefinitionFacts, readDefinition } from "./crd-facts.ts";
import type { ServedResources } from "./served-resources.ts";

/** How long restored definitions are waited for, all together, in milliseconds. Of several API servers one takes 5 s more. */
export const DEFINITIONS_LIMIT = 30_000;

/** Pauses between two looks, in milliseconds: definitions take some 50 ms, discovery up to seconds. */
const FIRST_PAUSE = 25;
const LONGEST_PAUSE = 1_000;

/** What the wait needs. */
export interface EstablishedOptions {
  client: ApiClient;
  served: ServedResources;
  log: Log;
  /** Milliseconds. */
  limit: number;
  inFlight: InFlight;
}

/**
 * Waits until definitions have their names and what they define is served, and asks then what is served:
 * discovery lags behind.
 *
 * @param names of the CustomResourceDefinitions.
 * @returns of those that did not get there in time, why.
 */
export async function waitUntilServed(
  { client, served, log, limit, inFlight }: EstablishedOptions,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  log.debug({ definitions: names.length }, "Waiting until definitions are established");
  const waiting = new Map<string, string>(names.map((name) => [name, ""]));
  const established = new Map<string, DefinitionFacts>();
  let pause = FIRST_PAUSE;
  for (let waited = 0; ; waited += pause, pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    await concurrently(each(waiting.keys()), inFlight, async (name) => {
      const definition = await readDefinition(client, name, signal);
      if (definition?.established !== true) waiting.set(name, describe(definition));
      else if (waiting.delete(name)) established.set(name, definition);
    });
    if (established.size > 0) await served.renew(signal);
    for (const [name, definition] of established)
      if (isServed(served, name, definition)) established.delete(name);
    if (waiting.size + established.size === 0 || waited >= limit) break;
    await sleep(pause, signal);
  }
  for (const name of established.keys()) {
    // An API server that knows no aggregated discovery tells of one version only.
    if (served.named(name) !== undefined) continue;
    waiting.set(name, `it is Established, but not served ${limit / 1000} s after that`);
  }
  return waiting;
}

function isServed(served: ServedResources, name: string, { versions }: DefinitionFacts): boolean {
  const here = served.named(name)?.versions ?? [];
  return versions.every((version) => !version.served || here.includes(version.name));
}

function describe(definition: DefinitionFacts | undefined): string {
  if (definition === undefined) return "it was created, and is gone again";
  return `it was created, but ${definition.conditions === "" ? "has no conditions yet" : definition.conditions}`;
}

/** Copies first: what is iterated over changes meanwhile. */
async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* [...items];
}
