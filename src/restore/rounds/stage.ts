import type { ManifestFile } from "../../archive/format/manifest.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { type ALL_BEFORE, concurrently } from "../concurrency/concurrently.ts";
import { inTurns } from "../concurrency/in-turns.ts";
import { nodePortTurn } from "../object/node-ports.ts";
import { isAdopter } from "../owners/owner-uids.ts";
import type { ArchivedObject, ArchivedObjects } from "../source/archived-objects.ts";
import type { Restore } from "./context.ts";
import { type Found, findTarget, WayBack } from "./resource-target.ts";
import type { Source } from "./waiting-objects.ts";

/** An object of a stage, and what becomes of it. */
interface Item {
  source: Source;
  object: ArchivedObject;
  /** Its owners, where it has to wait for them. */
  owners: readonly Owner[] | undefined;
  /** Whether it is left as it is in the cluster, without a look at its owners. */
  stays: boolean;
}

/**
 * Brings back the objects of resources that do not need each other, or puts them off until their owners are
 * there, and what refuses them. From one resource, and from one file, to the next nothing is waited for.
 */
export async function restoreStage(
  restore: Restore,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { dryRun, waiting, inFlight } = restore;
  await concurrently(
    readStage(restore, names, signal),
    inFlight,
    async ({ source, object, owners, stays }) => {
      // In a dry run nothing that is missing comes, whatever is waited for.
      if (owners === undefined || stays || dryRun !== undefined)
        await waiting.bringBack(source, { ...object, owners: [] }, signal);
      else waiting.add(source, object.key, { owners });
    },
    ({ object }) => object.text.length,
  );
}

async function* readStage(
  restore: Restore,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Item | typeof ALL_BEFORE> {
  const { objects, existing } = restore;
  // What the archive holds nothing of need not be looked for in the cluster.
  const held = names.flatMap((name) => {
    const resource = objects.resource(name);
    const files = objects.files(name);
    return resource === undefined || files.length === 0 ? [] : [{ name, resource, files }];
  });
  let ahead: Promise<Found> | undefined;
  for (const [index, { name, resource, files }] of held.entries()) {
    const found = await (ahead ?? findTarget(restore, name, signal));
    const next = held[index + 1];
    // While these come back, the cluster lists what it has of the next. Where that ends early, its failure is nobody's.
    ahead = next === undefined ? undefined : findTarget(restore, next.name, signal);
    ahead?.catch(() => {});
    const way = new WayBack(restore, { name, resource, found });
    const readFile = async function* (file: ManifestFile, source: Source): AsyncGenerator<Item> {
      const ownersByName = await readOwners(objects, file, signal);
      for await (const object of source.read(signal)) {
        const owners = ownersByName.get(object.key.name);
        yield { source, object, owners, stays: existing === "skip" && way.has(object.key) };
      }
    };
    const sources = files.map((file): [ManifestFile, Source] => [
      file,
      {
        resource,
        read: (signal) => objects.objects(file, signal),
        bringBack: (object, signal) => way.bringBack(object, signal),
      },
    ]);
    yield* inTurns(
      sources,
      ([file, source]) => readFile(file, source),
      ({ object }) => nodePortTurn(resource, object.text),
    );
  }
}

/** Owners by the names of the objects that have to wait for them; those that are adopted do not. */
export async function readOwners(
  objects: ArchivedObjects,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<Map<string, Owner[]>> {
  const waiting = new Map<string, Owner[]>();
  const { resource = "" } = file;
  for await (const { name, owners } of objects.owners(file, signal)) {
    if (!owners.every((owner) => isAdopter(resource, owner))) waiting.set(name, owners);
  }
  return waiting;
}
