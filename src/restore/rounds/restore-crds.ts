import { concurrently } from "../concurrency/concurrently.ts";
import { DEFINITIONS_NAME } from "../live/crd-facts.ts";
import { readLiveObjects } from "../live/live-objects.ts";
import { waitUntilServed } from "../live/wait-for-crds.ts";
import { countObject, restoreObject } from "../object/restore-object.ts";
import type { ObjectToRestore, Settled } from "../object/target.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";
import type { Restore } from "./context.ts";
import { readOwners } from "./stage.ts";
import type { Source } from "./waiting-objects.ts";

/** Outcomes after which a definition is not at once what the API server goes by. */
const WRITTEN: readonly Settled["outcome"][] = ["created", "updated", "replaced"];

/**
 * Brings back CustomResourceDefinitions, and waits until what they define is served. One that does not
 * get there has failed, with its conditions as the reason.
 *
 * @param limit how long they are waited for, all together, in milliseconds.
 */
export async function restoreDefinitions(
  restore: Restore,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, objects, served, report, dryRun, waiting, defined, inFlight } = restore;
  const files = objects.files(DEFINITIONS_NAME);
  const resource = served.named(DEFINITIONS_NAME);
  if (files.length === 0 || resource === undefined) return;
  const { namespaces } = restore;
  const live = await readLiveObjects(client, resource, { namespaces }, signal);
  const target = { ...restore, resource, live };
  const wait = (names: readonly string[]) => waitUntilServed({ ...restore, limit }, names, signal);
  /** Whether it is there now, and not gone through yet. */
  const isNew = (name: string, { outcome }: Settled) =>
    dryRun === undefined &&
    (WRITTEN.includes(outcome) || (outcome !== "failed" && served.named(name) === undefined));
  const count = (name: string, settled: Settled, failure: string | undefined) => {
    const failed = failure === undefined ? {} : { outcome: "failed" as const, reason: failure };
    countObject(report, {
      resource,
      key: { namespace: undefined, name },
      settled: { ...settled, ...failed },
    });
  };
  const written = new Map<string, Settled>();
  for (const file of files) {
    const ownersByName = await readOwners(objects, file, signal);
    const source: Source = {
      resource,
      read: (signal) => objects.objects(file, signal),
      bringBack: async (object, signal) => {
        const { name } = object.key;
        const settled = await restoreObject(target, object, signal);
        const failure = isNew(name, settled) ? (await wait([name])).get(name) : undefined;
        return failure === undefined ? settled : { outcome: "failed", reason: failure };
      },
    };
    const bringBack = async (archived: ArchivedObject) => {
      const { key } = archived;
      const owners = ownersByName.get(key.name);
      const object: ObjectToRestore = { ...archived, owners: [] };
      defined.add(key.name);
      if (owners !== undefined && dryRun === undefined && !live.has(key))
        return waiting.add(source, key, { owners });
      const settled = await restoreObject(target, object, signal);
      if (settled.waitsFor !== undefined) waiting.add(source, key, { owners: [], refused: settled });
      else if (isNew(key.name, settled)) written.set(key.name, settled);
      else {
        if (settled.outcome === "failed") defined.delete(key.name);
        count(key.name, settled, undefined);
      }
    };
    await concurrently(source.read(signal), inFlight, bringBack, ({ text }) => text.length);
  }
  const failures = await wait([...written.keys()]);
  for (const [name, settled] of written) {
    if (failures.has(name)) defined.delete(name);
    count(name, settled, failures.get(name));
  }
}
