import type { ManifestResource } from "../../archive/format/manifest.ts";
import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { parseApiVersion, resourceName } from "../../kubernetes/resource.ts";
import { referenceKey } from "../../references/list-keys.ts";
import type { Reference } from "../../references/reference.ts";
import { namesOthers, referencesOf } from "../../references/workload-references.ts";
import type { ServedResources } from "../live/served-resources.ts";
import type { ArchivedObject, ArchivedObjects } from "../source/archived-objects.ts";

/** A reference of a selected object. */
export interface ArchivedReference {
  /** The resource of the object, and the object as `NAMESPACE/NAME`. */
  from: string;
  object: string;
  /** Whether Pods are made of the object. */
  runs: boolean;
  /** The resource that is named, and the object of it. */
  resource: string;
  key: string;
  need: Reference["need"];
}

/** What {@link archivedReferences} reads. */
interface Sources {
  source: ArchivedObjects;
  served: Pick<ServedResources, "ofKind">;
}

/**
 * Reads what the selected objects of an archive name, under the names of the cluster. What a controller made is passed
 * over where its owner's kind is selected too: the owner names the same.
 */
export async function* archivedReferences(
  sources: Sources,
  signal: AbortSignal,
): AsyncGenerator<ArchivedReference> {
  const { source } = sources;
  const names = source.resourceNames();
  const selected = new Set(
    names.map((name) => source.resource(name)).map((resource) => `${resource?.group}/${resource?.kind}`),
  );
  const isOwned = (owners: readonly Owner[]) =>
    owners.some(
      ({ apiVersion, kind, controller }) =>
        controller === true && selected.has(`${parseApiVersion(apiVersion).group}/${kind}`),
    );
  for (const from of names) {
    const resource = source.resource(from);
    if (resource === undefined || !namesOthers(resource)) continue;
    for (const file of source.files(from)) {
      for await (const object of source.objects(file, signal))
        if (!isOwned(object.archivedOwners)) yield* referencesIn(sources, { from, resource, object });
    }
  }
}

function* referencesIn(
  sources: Sources,
  { from, resource, object }: { from: string; resource: ManifestResource; object: ArchivedObject },
): Generator<ArchivedReference> {
  const content = parseJson(object.text);
  if (!isJsonObject(content)) return;
  for (const reference of referencesOf(resource.kind, content)) {
    const named = resourceOf(reference, sources);
    if (named === undefined) continue;
    yield {
      from,
      object: referenceKey(object.key),
      runs: namesOthers(resource) === "pods",
      resource: named,
      key: referenceKey(reference),
      need: reference.need,
    };
  }
}

/** The resource that a reference names, as the cluster or the archive knows it. */
function resourceOf(reference: Reference, { source, served }: Sources): string | undefined {
  if ("resource" in reference) return reference.resource;
  const { group, kind } = reference;
  const found = served.ofKind(group, kind) ?? source.ofKind(group, kind);
  return found && resourceName(found);
}
