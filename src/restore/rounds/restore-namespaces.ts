import { readObject } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { NAMESPACES, resourceName } from "../../kubernetes/resource.ts";
import { portable } from "../../objects/portable.ts";
import { concurrently } from "../concurrency/concurrently.ts";
import { createNamespace } from "../live/create-namespace.ts";
import { LiveDigests, readLiveDigests } from "../live/live-digests.ts";
import { createFromBackup } from "../object/create-object.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { failureOf, restoreOrThrow } from "../object/restore-object.ts";
import type { ArchivedNamespace } from "../source/archived-objects.ts";
import { ownersToComeAfter } from "./pass.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting.ts";

/**
 * Restores Namespaces, and fills `namespacesBefore` with the names of those that existed and that are not being
 * deleted. The policy holds for an existing Namespace only where the Namespace itself is selected. A Namespace that
 * has owners gets its owner references once the owners exist.
 *
 * For a part of a backup, each Namespace is read by its name: who has rights in one namespace alone may not list
 * Namespaces, nor create one.
 *
 * @param read reads the archive's Namespaces, anew each time.
 */
export async function restoreNamespaces(
  context: RoundContext,
  read: (signal: AbortSignal) => AsyncIterable<ArchivedNamespace>,
  signal: AbortSignal,
): Promise<void> {
  const { waiting, inFlight } = context;
  const listed = await list(context, signal);
  const named = new LiveDigests();
  const live = listed ?? named;
  const target = { context, resource: NAMESPACES };
  /** Namespaces that are not selected themselves, but hold selected objects. */
  const onlyNeeded = new Set<string>();
  const file: RestorableFile = {
    resource: NAMESPACES,
    read,
    restore: (object, signal) =>
      object.before === undefined
        ? restoreNamespace(target, { object, listed, named, live, onlyNeeded }, signal)
        : restoreOne(target, object, signal),
    setOwners: async (key, owners, signal) => {
      await context.ownerReferences.write({ resource: NAMESPACES, key, owners }, signal);
    },
  };
  await concurrently(read(signal), inFlight, async ({ selected, ...object }) => {
    const { key } = object;
    if (!selected) onlyNeeded.add(key.name);
    const owners = ownersToComeAfter(context, resourceName(NAMESPACES), object);
    const ownersLater = owners !== undefined;
    const result = await file.restore({ ...object, owners: [], ownersLater }, signal);
    // What exists gets owner references where the policy says so, or where an interrupted restore left it without them.
    if (owners !== undefined && isOwnedLater(target, { object, live, result }))
      waiting.add(file, key, { owners, before: result });
    else await waiting.settle(file, key, { result, owners, ownersLater }, signal);
  });
}

/** How the restore looks at Namespaces. */
interface NamespaceToRestore {
  object: ObjectToRestore;
  /** The Namespaces of the cluster, where they could be listed. */
  listed: LiveDigests | undefined;
  /** Those that were read by their names. */
  named: LiveDigests;
  /** The former where there are any, and the latter otherwise. */
  live: LiveDigests;
  /** Namespaces that are not selected themselves, but hold selected objects. */
  onlyNeeded: ReadonlySet<string>;
}

async function restoreNamespace(
  target: ResourceTarget & { context: RoundContext },
  { object, listed, named, live, onlyNeeded }: NamespaceToRestore,
  signal: AbortSignal,
): Promise<RestoreResult | undefined> {
  const { context } = target;
  const { namespacesBefore } = context;
  const { name } = object.key;
  try {
    const hidden = listed === undefined ? await readNamed(context, named, name, signal) : undefined;
    if (hidden !== undefined) {
      namespacesBefore.add(name);
      return onlyNeeded.has(name) ? undefined : leftAlone(context, name, hidden);
    }
    if (named.of(object.key).exists || (await existed(context, target, { object, live }, signal)))
      namespacesBefore.add(name);
    else if (context.writer.stores) return { outcome: "created" };
  } catch (error) {
    // What is in a Namespace that exists was there before, whatever refuses the Namespace itself.
    if (live.of(object.key).exists) namespacesBefore.add(name);
    return failureOf(error, context);
  }
  const exists = namespacesBefore.has(name);
  if (exists && onlyNeeded.has(name)) return undefined;
  return await restoreOne(target, { ...object, live: live.of(object.key), exists }, signal);
}

function isOwnedLater(
  { context: { existing } }: ResourceTarget,
  {
    object: { key },
    live,
    result,
  }: { object: Pick<ObjectToRestore, "key">; live: LiveDigests; result: RestoreResult | undefined },
): boolean {
  if (result === undefined || result.outcome === "failed" || result.outcome === "created") return false;
  return existing !== "skip" || live.of(key).holdsOurs;
}

/** The Namespaces of the cluster; undefined for a part of a backup, and where this user may not list them. */
async function list({ client, source }: RoundContext, signal: AbortSignal): Promise<LiveDigests | undefined> {
  if (!source.whole) return undefined;
  try {
    return await readLiveDigests(client, NAMESPACES, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** Reads one Namespace, and adds it where it exists. Returns the API server's words where this user may not read it. */
async function readNamed(
  { client }: RoundContext,
  named: LiveDigests,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const live = await readObject(client, NAMESPACES, { namespace: undefined, name }, signal);
    if (live !== undefined) named.add(portable(NAMESPACES, live));
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return error.said;
    throw error;
  }
}

/** Who restores what is in a namespace may lack the right to write the Namespace itself. */
async function restoreOne(
  target: ResourceTarget & { context: RoundContext },
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context } = target;
  try {
    return await restoreOrThrow(target, object, signal);
  } catch (error) {
    const isOthers = error instanceof ApiError && error.lacksRight && object.exists && !context.source.whole;
    return isOthers ? leftAlone(context, object.key.name, error.said) : failureOf(error, context);
  }
}

function leftAlone({ report }: RoundContext, name: string, said: string): RestoreResult {
  report.notes.push(`Namespace ${name} is taken as it is: ${said}`);
  return { outcome: "skipped", reason: said };
}

/** Whether a Namespace existed. One that did not exists afterwards, but in a dry run. */
async function existed(
  { client, log, writer }: RoundContext,
  target: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: LiveDigests },
  signal: AbortSignal,
): Promise<boolean> {
  if (!writer.stores) return live.of(object.key).exists;
  const create = async () => (await createFromBackup(target, object, signal)) !== undefined;
  return !(await createNamespace(client, { name: object.key.name, log, create }, signal));
}
