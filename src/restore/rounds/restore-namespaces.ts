import { NAMESPACES } from "../../kubernetes/resource.ts";
import type { Log } from "../../terminal/log/log.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import { createNamespace } from "../live/create-namespace.ts";
import { readLiveObjects } from "../live/live-objects.ts";
import { createIt } from "../object/create-object.ts";
import { failureOf, restoreObject } from "../object/restore-object.ts";
import type { RestoreTarget } from "../object/target.ts";
import type { ArchivedNamespace } from "../source/archived-objects.ts";
import type { Source, WaitingObjects } from "./waiting-objects.ts";

/** What the namespaces of a restore need. */
export interface NamespacesOptions extends Omit<RestoreTarget, "resource" | "live" | "namespaces"> {
  log: Log;
  waiting: WaitingObjects;
  inFlight: InFlight;
}

/**
 * Creates namespaces; what becomes of one that is there goes by the policy only where it is selected
 * itself.
 *
 * @param read reads the archive's, again each time.
 * @returns names of those that were there before, and that are not being deleted.
 */
export async function restoreNamespaces(
  options: NamespacesOptions,
  read: (signal: AbortSignal) => AsyncIterable<ArchivedNamespace>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { client, log, waiting, inFlight, dryRun } = options;
  const live = await readLiveObjects(client, NAMESPACES, { namespaces: new Set() }, signal);
  const target: RestoreTarget = { ...options, resource: NAMESPACES, live, namespaces: new Set() };
  const existing = new Set<string>();
  /** Those that are only needed for what is in them. */
  const needed = new Set<string>();
  const source: Source = {
    resource: NAMESPACES,
    read,
    bringBack: async (object, signal) => {
      const { name } = object.key;
      const create = async () => (await createIt(target, object, signal)) !== undefined;
      try {
        const there =
          dryRun === undefined
            ? !(await createNamespace(client, { name, log, create }, signal))
            : live.has(object.key);
        if (there) existing.add(name);
        else if (dryRun === undefined) return { outcome: "created" };
      } catch (error) {
        return failureOf(error, target);
      }
      const exists = existing.has(name);
      if (exists && needed.has(name)) return undefined;
      return await restoreObject(target, { ...object, exists }, signal);
    },
  };
  await concurrently(read(signal), inFlight, async ({ selected, ...object }) => {
    if (!selected) needed.add(object.key.name);
    await waiting.bringBack(source, { ...object, owners: [] }, signal);
  });
  return existing;
}
