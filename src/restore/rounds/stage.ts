import type { ManifestFile, ManifestResource } from "../../archive/format/manifest.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { type ALL_BEFORE, concurrently } from "../concurrency/concurrently.ts";
import { inTurns } from "../concurrency/in-turns.ts";
import { nodePortTurn } from "../object/node-ports.ts";
import { restoreObject } from "../object/restore-object.ts";
import { isAdopter } from "../owners/owner-uids.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";
import { type FoundTarget, findTarget, forTarget, TargetLookup } from "./resource-target.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting-objects.ts";

/** An object of a stage. */
interface StagedObject {
  file: RestorableFile;
  object: ArchivedObject;
  /** The owners that the object waits for; undefined where the object waits for none. */
  owners: readonly Owner[] | undefined;
}

/** A resource of a stage that the archive has objects of. */
interface StagedResource {
  name: string;
  resource: ManifestResource;
  files: readonly ManifestFile[];
}

/**
 * Restores the objects of resources that do not need each other, or has them wait for their owners or for what
 * refuses them. Nothing is waited for between one resource, or one file, and the next.
 *
 * @param names of the resources, `deployments.apps`.
 */
export async function restoreStage(
  context: RoundContext,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { waiting, inFlight } = context;
  const restoreOne = async ({ file, object, owners }: StagedObject) => {
    const { key } = object;
    if (owners !== undefined) return waiting.add(file, key, { owners });
    waiting.settle(file, key, await file.restore({ ...object, owners: [] }, signal));
  };
  const size = ({ object }: StagedObject) => object.text.length;
  await concurrently(readStage(context, names, signal), inFlight, restoreOne, size);
}

async function* readStage(
  context: RoundContext,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<StagedObject | typeof ALL_BEFORE> {
  const staged = stagedResources(context, names);
  let ahead: Promise<FoundTarget> | undefined;
  for (const [index, current] of staged.entries()) {
    const found = await (ahead ?? findTarget(context, current.name, signal));
    const next = staged[index + 1];
    // While these objects are written, the cluster lists the next resource. A restore that ends early drops that list's error.
    ahead = next === undefined ? undefined : findTarget(context, next.name, signal);
    ahead?.catch(() => {});
    yield* readResource(context, current, new TargetLookup(context, { name: current.name, found }), signal);
  }
}

/** The resources that the archive has objects of: no others need be looked for in the cluster. */
function stagedResources({ source }: RoundContext, names: readonly string[]): StagedResource[] {
  return names.flatMap((name) => {
    const resource = source.resource(name);
    const files = source.files(name);
    return resource === undefined || files.length === 0 ? [] : [{ name, resource, files }];
  });
}

async function* readResource(
  context: RoundContext,
  { resource, files }: StagedResource,
  lookup: TargetLookup,
  signal: AbortSignal,
): AsyncGenerator<StagedObject | typeof ALL_BEFORE> {
  const { source, existing } = context;
  const restore: RestorableFile["restore"] = async (object, signal) => {
    const found = await lookup.find(signal);
    if ("result" in found) return found.result;
    return await restoreObject(found.target, forTarget(found, object), signal);
  };
  const read = async function* ([archived, file]: [
    ManifestFile,
    RestorableFile,
  ]): AsyncGenerator<StagedObject> {
    const ownersByName = await ownersToWaitFor(context, archived, signal);
    for await (const object of file.read(signal)) {
      // An object that stays as it is needs no look at its owners.
      const stays = existing === "skip" && lookup.has(object.key);
      yield { file, object, owners: stays ? undefined : ownersByName.get(object.key.name) };
    }
  };
  const sources = files.map((file): [ManifestFile, RestorableFile] => [
    file,
    { resource, read: (signal) => source.objects(file, signal), restore },
  ]);
  yield* inTurns(sources, read, ({ object }) => nodePortTurn(resource, object.text));
}

/**
 * The owners that objects of a file wait for, by the names of the objects. An object that its owner's controller
 * adopts does not wait; in a dry run none does, since no owner comes.
 */
export async function ownersToWaitFor(
  { source, writer }: Pick<RoundContext, "source" | "writer">,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<Map<string, Owner[]>> {
  const ownersByName = new Map<string, Owner[]>();
  if (!writer.stores) return ownersByName;
  const { resource = "" } = file;
  for await (const { name, owners } of source.owners(file, signal)) {
    if (!owners.every((owner) => isAdopter(resource, owner))) ownersByName.set(name, owners);
  }
  return ownersByName;
}
