import type { ManifestResource } from "../archive/format/manifest.ts";
import { UnfitObjectError } from "../archive/format/unfit-object-error.ts";
import type { ArchiveObject, ArchiveWriter } from "../archive/writer.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/metadata.ts";
import { type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { candidateOf, type Exclusions } from "../objects/excluded.ts";
import type { KeepsSystemObject } from "../objects/kept-system-objects.ts";
import type { ObjectRule } from "../objects/objects-left-out.ts";
import { type IsOwn, NONE_OWN } from "../objects/own-objects.ts";
import { type PortableObject, portable } from "../objects/portable.ts";
import type { Log } from "../terminal/log/log.ts";
import type { DefinitionWarnings } from "./definition-warnings.ts";
import type { KnownSystemObjects } from "./known-system-objects.ts";
import type { LeftOutCounts } from "./left-out-counts.ts";
import type { MissingReferences } from "./missing-references.ts";
import type { PageAtRevision } from "./pages-at-revision.ts";
import type { SystemBindings } from "./system-bindings.ts";

/** A resource to capture, and the context of the backup. */
export interface ResourceToCapture {
  resource: ServedResource;
  pages: AsyncIterable<PageAtRevision>;
  revision: string;
  namespaces: ReadonlySet<string>;
  exclusions: Exclusions;
  missingReferences: MissingReferences;
  systemBindings: SystemBindings;
  leftOut: LeftOutCounts;
  /** Whether objects that have run are kept. */
  keepFinished: boolean;
  definitions: DefinitionWarnings;
  systemObjects: KnownSystemObjects;
  keeps: KeepsSystemObject;
  isOwn: IsOwn;
}

/** Why a resource could not be captured completely. */
interface Failure {
  error: Error;
  reason: string;
}

/** Captures a resource. After a failure, the resource is captured in part, and the failure is returned. */
export async function captureResource(
  { log, onObjects }: { log: Log; onObjects?: ((count: number) => void) | undefined },
  archive: Pick<ArchiveWriter, "add">,
  found: ResourceToCapture,
  signal: AbortSignal,
): Promise<{ resource: ManifestResource; excluded: number; failure: Failure | undefined }> {
  const { resource, pages, revision, missingReferences, definitions, isOwn } = found;
  const { kind } = resource;
  let objects = 0;
  let excluded = 0;
  let lastRevision = revision;
  let sameMoment = true;
  let failure: Failure | undefined;
  try {
    for await (using page of pages) {
      lastRevision = page.revision;
      sameMoment &&= page.pinned && page.revision === revision;
      for (const item of page.items) {
        const own = isOwn !== NONE_OWN && isOwn(candidateOf(kind, item));
        const object = own ? undefined : keptObject(found, item);
        if (object === undefined) {
          excluded += noteLeftOut(found, item, { own });
          continue;
        }
        if (!object.owners.some(({ controller }) => controller === true)) missingReferences.add(kind, item);
        definitions.add(kind, item);
        const unfit = await addUnlessUnfit(archive, toArchiveObject(resource, object), signal);
        if (unfit === undefined) objects += 1;
        failure ??= unfit;
      }
      onObjects?.(page.items.length);
    }
  } catch (error) {
    failure = failureOfResource(error);
  }
  log.debug({ resource: resourceName(resource), objects, revision: lastRevision }, "Captured");
  return {
    resource: {
      ...manifestNames(resource),
      objects,
      revision: lastRevision,
      sameMoment,
    },
    excluded,
    failure,
  };
}

/** The object as the backup keeps it; undefined where it is left out. */
function keptObject(
  { resource, namespaces, exclusions, keeps, keepFinished, leftOut }: ResourceToCapture,
  item: JsonObject,
): PortableObject | undefined {
  if (exclusions.hasExcludedController(item)) return undefined;
  const onLeftOut = (rule: ObjectRule) => leftOut.add(resource, rule);
  return portable(resource, item, namespaces, { keeps, keepFinished, onLeftOut });
}

/**
 * Notes an object that is left out.
 *
 * @param own whether it is this program's own, which counts like what is in kube-system.
 * @returns 1 where a label leaves it out, for the count of these.
 */
function noteLeftOut(
  { resource, exclusions, missingReferences, systemBindings, systemObjects }: ResourceToCapture,
  item: JsonObject,
  { own }: { own: boolean },
): 0 | 1 {
  const candidate = candidateOf(resource.kind, item);
  const byLabel = !own && exclusions.leaveOut(candidate);
  if (own || byLabel) exclusions.addOwners([metadataOf(item).uid]);
  if (own) return 0;
  missingReferences.addLeftOut(resource, candidate, { byLabel });
  if (byLabel) return 1;
  systemBindings.add(resource.kind, item);
  systemObjects.add(candidate);
  return 0;
}

/** Adds an object. A user who can create one that no archive can hold must not prevent the backup of all others. */
async function addUnlessUnfit(
  archive: Pick<ArchiveWriter, "add">,
  object: ArchiveObject,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    await archive.add(object, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnfitObjectError)) throw error;
    return { error, reason: error.reason };
  }
}

/** The names of a resource, without what the manifest does not have. */
function manifestNames({
  group,
  version,
  resource,
  kind,
  namespaced,
  singular,
  shortNames,
  categories,
}: ServedResource): Omit<ManifestResource, "objects" | "revision" | "sameMoment"> {
  return {
    group,
    version,
    resource,
    kind,
    namespaced,
    ...(singular === undefined ? {} : { singular }),
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  };
}

/**
 * The failure of one resource.
 *
 * @throws the error itself where it concerns every request: refused credentials, a lost connection.
 */
function failureOfResource(error: unknown): Failure {
  if (error instanceof ApiError && !error.concernsEveryRequest) return { error, reason: error.said };
  // A stack overflow: a user who can create such an object must not prevent the backup of all other resources.
  if (error instanceof RangeError) {
    return { error, reason: "an object of it is nested thousands of levels deep, which cannot be followed" };
  }
  throw error;
}

/** Converts an object for the archive. The pieces of the text are not joined: most of their bytes are of the response. */
export function toArchiveObject(
  resource: Resource,
  { namespace, name, pieces, owners, managers, status }: PortableObject,
): ArchiveObject {
  return { resource, namespace, name, text: pieces, owners, managers, status };
}
