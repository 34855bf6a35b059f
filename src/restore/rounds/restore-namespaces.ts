import { NAMESPACES } from "../../kubernetes/resource.ts";
import { concurrently } from "../concurrency/concurrently.ts";
import { createNamespace } from "../live/create-namespace.ts";
import { readLiveObjects } from "../live/live-objects.ts";
import { createFromBackup } from "../object/create-object.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { failureOf, restoreObject } from "../object/restore-object.ts";
import type { ArchivedNamespace } from "../source/archived-objects.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting-objects.ts";

/**
 * Restores Namespaces, and fills `namespacesBefore` with the names of those that existed and that are not being
 * deleted. The policy holds for an existing Namespace only where the Namespace itself is selected.
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
  /** Namespaces that are not selected themselves, but hold selected objects. */
  const onlyNeeded = new Set<string>();
  const file: RestorableFile = {
    resource: NAMESPACES,
    read,
    restore: async (object, signal) => {
      const { name } = object.key;
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
  };
  await concurrently(read(signal), inFlight, async ({ selected, ...object }) => {
    if (!selected) onlyNeeded.add(object.key.name);
    const result: RestoreResult | undefined = await file.restore({ ...object, owners: [] }, signal);
    waiting.settle(file, object.key, result);
  });
}

/** Whether a Namespace existed. One that did not exists afterwards, but in a dry run. */
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
