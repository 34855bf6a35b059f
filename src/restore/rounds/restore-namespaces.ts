import type { Owner } from "../../kubernetes/owners.ts";
import { NAMESPACES, resourceName } from "../../kubernetes/resource.ts";
import { concurrently } from "../concurrency/concurrently.ts";
import { createNamespace } from "../live/create-namespace.ts";
import { readLiveObjects } from "../live/live-objects.ts";
import { createFromBackup } from "../object/create-object.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { failureOf, restoreObject } from "../object/restore-object.ts";
import type { ArchivedNamespace } from "../source/archived-objects.ts";
import { ownersOfObjects } from "./pass.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting-objects.ts";

/**
 * Restores Namespaces, and fills `namespacesBefore` with the names of those that existed and that are not being
 * deleted. The policy holds for an existing Namespace only where the Namespace itself is selected. A Namespace that
 * has owners gets its owner references once the owners exist.
 *
 * @param read reads the archive's Namespaces, anew each time.
 */
export async function restoreNamespaces(
  context: RoundContext,
  read: (signal: AbortSignal) => AsyncIterable<ArchivedNamespace>,
  signal: AbortSignal,
): Promise<void> {
  const { client, waiting, inFlight, namespacesBefore } = context;
  const live = await readLiveObjects(client, NAMESPACES, { namespaces: new Set() }, signal);
  const target = { context, resource: NAMESPACES, live };
  const ownersByName = await ownersOfNamespaces(context, signal);
  /** Namespaces that are not selected themselves, but hold selected objects. */
  const onlyNeeded = new Set<string>();
  const file: RestorableFile = {
    resource: NAMESPACES,
    read,
    restore: async (object, signal) => {
      const { name } = object.key;
      if (object.before !== undefined) return await restoreObject(target, object, signal);
      try {
        if (await existed(context, target, object, signal)) namespacesBefore.add(name);
        else if (context.writer.stores) return { outcome: "created" };
      } catch (error) {
        return failureOf(error, context);
      }
      const exists = namespacesBefore.has(name);
      if (exists && onlyNeeded.has(name)) return undefined;
      return await restoreObject(target, { ...object, exists }, signal);
    },
    setOwners: async (key, owners, signal) => {
      await context.ownerReferences.write({ resource: NAMESPACES, key, owners }, signal);
    },
  };
  await concurrently(read(signal), inFlight, async ({ selected, ...object }) => {
    const { key } = object;
    if (!selected) onlyNeeded.add(key.name);
    const owners = ownersByName.get(key.name);
    const ownersLater = owners !== undefined;
    const result = await file.restore({ ...object, owners: [], ownersLater }, signal);
    // What exists gets owner references where the policy says so, or where an interrupted restore left it without them.
    if (owners !== undefined && isOwnedLater(target, { object, result }))
      waiting.add(file, key, { owners, before: result });
    else await waiting.settle(file, key, { result, owners, ownersLater }, signal);
  });
}

function isOwnedLater(
  { context: { existing }, live }: ResourceTarget,
  { object: { key }, result }: { object: Pick<ObjectToRestore, "key">; result: RestoreResult | undefined },
): boolean {
  if (result === undefined || result.outcome === "failed" || result.outcome === "created") return false;
  return existing !== "skip" || live.holdsOurs(key);
}

/** The owners of Namespaces, by the names of the Namespaces in the cluster. */
async function ownersOfNamespaces(
  context: Pick<RoundContext, "source" | "writer">,
  signal: AbortSignal,
): Promise<Map<string, Owner[]>> {
  const { source } = context;
  const ownersByName = new Map<string, Owner[]>();
  for (const file of source.files(resourceName(NAMESPACES)))
    for (const [name, owners] of await ownersOfObjects(context, file, signal))
      ownersByName.set(source.namespaceInCluster(name), owners);
  return ownersByName;
}

/** Whether a Namespace existed. One that did not exist afterwards, but in a dry run. */
async function existed(
  { client, log, writer }: RoundContext,
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<boolean> {
  if (!writer.stores) return target.live.has(object.key);
  const create = async () => (await createFromBackup(target, object, signal)) !== undefined;
  return !(await createNamespace(client, { name: object.key.name, log, create }, signal));
}
