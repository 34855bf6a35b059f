import type { ManifestResource } from "../../archive/format/manifest.ts";
import type { ObjectFiles } from "../../archive/format/object-files.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import type { ObjectKey } from "../../kubernetes/resource.ts";
import { isAdopter } from "../../objects/adopters.ts";
import { type ALL_BEFORE, concurrently } from "../concurrency/concurrently.ts";
import { inTurns } from "../concurrency/in-turns.ts";
import type { LiveList } from "../live/live-list.ts";
import { type LiveState, UNKNOWN } from "../live/live-state.ts";
import { nodePortTurn } from "../object/node-ports.ts";
import { restoreObject } from "../object/restore-object.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";
import { quotaId } from "./pass-facts.ts";
import type { Pass, Which } from "./passes.ts";
import { type FoundTarget, findTarget, forTarget, openLiveList, TargetLookup } from "./resource-target.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting.ts";

/** An object of a pass. */
interface PassObject {
  file: RestorableFile;
  object: ArchivedObject & { live: LiveState };
  /** The turn of the object among the objects of its resource. */
  turn: number;
  /** The owners that matter to the object; undefined where none does. */
  owners: readonly Owner[] | undefined;
  /** Whether the object exists, and is restored once its owners are there. */
  waits: boolean;
}

/** A resource of a pass that the archive has objects of. */
interface ResourceOfPass {
  name: string;
  resource: ManifestResource;
  files: ObjectFiles;
  which: Which;
}

/**
 * Restores the objects of a pass, or has them wait for their owners or for what refuses them. Nothing is waited for
 * between one resource, or one file, and the next.
 */
export async function restorePass(context: RoundContext, pass: Pass, signal: AbortSignal): Promise<void> {
  const { waiting, inFlight } = context;
  const restoreOne = async ({ file, object, owners, waits }: PassObject) => {
    const { key, live } = object;
    if (owners !== undefined && waits) return waiting.add(file, key, { owners, live });
    if (owners !== undefined) return await waiting.restoreBeforeOwners(file, { object, owners }, signal);
    const result = await file.restore({ ...object, owners: [] }, signal);
    await waiting.settle(file, key, { result, live }, signal);
  };
  const size = ({ object }: PassObject) => object.text.length;
  await concurrently(readPass(context, pass, signal), inFlight, restoreOne, size);
}

async function* readPass(
  context: RoundContext,
  pass: Pass,
  signal: AbortSignal,
): AsyncGenerator<PassObject | typeof ALL_BEFORE> {
  const staged = resourcesOf(context, pass);
  let ahead: Promise<InCluster> | undefined;
  try {
    for (const [index, current] of staged.entries()) {
      const { found, live } = await (ahead ?? findInCluster(context, current.name, signal));
      const next = staged[index + 1];
      // While these objects are written, the cluster begins to list the next resource. A restore that ends early drops that list's error.
      ahead = next === undefined ? undefined : findInCluster(context, next.name, signal);
      ahead?.catch(() => {});
      const lookup = new TargetLookup(context, { name: current.name, found });
      try {
        yield* readResource(context, current, { lookup, live }, signal);
      } finally {
        await live?.close();
      }
    }
  } finally {
    await ahead?.then(
      ({ live }) => live?.close(),
      () => {},
    );
  }
}

/** The target of a resource, and what the cluster has of it; the latter is not known where the target is not. */
interface InCluster {
  found: FoundTarget;
  live: LiveList | undefined;
}

async function findInCluster(context: RoundContext, name: string, signal: AbortSignal): Promise<InCluster> {
  const found = await findTarget(context, name, signal);
  return { found, live: "target" in found ? await openLiveList(context, found, signal) : undefined };
}

/** The resources that the archive has objects of: no others need be looked for in the cluster. */
function resourcesOf({ source }: RoundContext, pass: Pass): ResourceOfPass[] {
  return pass.flatMap(({ name, which }) => {
    const resource = source.resource(name);
    const files = source.files(name);
    return resource === undefined || files.length === 0 ? [] : [{ name, resource, files, which }];
  });
}

async function* readResource(
  context: RoundContext,
  { name, resource, files, which }: ResourceOfPass,
  { lookup, live: list }: { lookup: TargetLookup; live: LiveList | undefined },
  signal: AbortSignal,
): AsyncGenerator<PassObject | typeof ALL_BEFORE> {
  const { source, existing } = context;
  const restore: RestorableFile["restore"] = async (object, signal) => {
    const found = await lookup.find(signal);
    if ("result" in found) return found.result;
    return await restoreObject(found.target, forTarget(found, object), signal);
  };
  const setOwners: RestorableFile["setOwners"] = async (key, owners, signal) => {
    const found = await lookup.find(signal);
    if ("target" in found)
      await context.ownerReferences.write({ resource: found.target.resource, key, owners }, signal);
  };
  /** What of later turns is read again comes when the list has passed it. */
  const laterTurns = new Map<string, LiveState>();
  const read = async function* (file: RestorableFile): AsyncGenerator<PassObject> {
    for await (const object of file.read(signal)) {
      const { key, text } = object;
      const owners = ownersToComeAfter(context, name, object);
      if (!isOfPass(context, which, { key, owned: owners !== undefined })) continue;
      const turn = nodePortTurn(resource, text);
      const live = laterTurns.get(keyText(key)) ?? (await list?.of(key)) ?? UNKNOWN;
      if (turn > 0) laterTurns.set(keyText(key), live);
      // An object that stays as it is needs no look at its owners, unless an interrupted restore left it without them.
      const stays = existing === "skip" && live.exists && !live.holdsOurs;
      yield {
        file,
        object: { ...object, live },
        turn,
        owners: stays ? undefined : owners,
        waits: live.exists,
      };
    }
  };
  // In the order of the cluster's list: a namespace may have another name there.
  const inOrder = files.orderedBy((namespace) => source.namespaceInCluster(namespace));
  const sources = inOrder.map((file): RestorableFile => {
    return { resource, read: (signal) => source.objects(file, signal), restore, setOwners };
  });
  yield* inTurns(sources, read, ({ turn }) => turn);
}

/** Whether an object is restored in a pass over its resource. */
function isOfPass(
  { exceededQuotas }: Pick<RoundContext, "exceededQuotas">,
  which: Which,
  { key, owned }: { key: ObjectKey; owned: boolean },
): boolean {
  switch (which) {
    case "all":
      return true;
    case "owned":
      return owned;
    case "rest":
      return !owned;
    case "within":
      return !exceededQuotas.has(quotaId(key));
    case "exceeded":
      return exceededQuotas.has(quotaId(key));
  }
}

/**
 * The owners that an object is created before; undefined where there is none. An object that its owner's controller
 * adopts gets its owner reference from the controller; in a dry run no owner comes.
 *
 * @param resource name of the resource of the object, `replicasets.apps`.
 */
export function ownersToComeAfter(
  { writer }: Pick<RoundContext, "writer">,
  resource: string,
  { archivedOwners }: Pick<ArchivedObject, "archivedOwners">,
): readonly Owner[] | undefined {
  const isNone = !writer.stores || archivedOwners.every((owner) => isAdopter(resource, owner));
  return isNone ? undefined : archivedOwners;
}
