import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ObjectFileParts } from "../../print/folder/file-name.ts";
import type { Selection } from "../../selection/selection.ts";

/** What the selection is made of. */
export interface CoverageFacts {
  /** The resources of the backup. */
  resources: readonly Resource[];
  /** Resources that could not be read when the backup was taken, or not to the end, and those that are not written, by name. */
  untold: ReadonlySet<string>;
  /** Whether kinds were asked for, or left out. */
  byKind: boolean;
  /** Whether labels were asked for, which the name of a file does not tell. */
  byLabel: boolean;
}

/**
 * Whether an export of the selection would hold the object of a file, were it in the backup: such a file of an earlier
 * export is out of date, and any other is none of this export's business. Of what the backup could not read nobody knows
 * whether it is gone, and Secrets that are left out are no news of those that were written before.
 */
export function coveredBy(
  selection: Selection,
  { resources, untold, byKind, byLabel }: CoverageFacts,
): (place: ObjectFileParts) => boolean {
  if (selection.whole) return ({ resource }) => !untold.has(resource);
  if (byLabel) return () => false;
  const known = new Map(resources.map((resource) => [resourceName(resource), resource]));
  return ({ namespace, resource: name, name: object }) => {
    if (untold.has(name)) return false;
    // A kind that the backup lacks may be any of those that were asked for.
    const resource = known.get(name) ?? (byKind ? undefined : unknownResource(name, namespace !== undefined));
    if (resource === undefined) return false;
    return selection.object(resource, {
      metadata: namespace === undefined ? { name: object } : { name: object, namespace },
    });
  };
}

function unknownResource(name: string, namespaced: boolean): Resource {
  const [resource = "", ...group] = name.split(".");
  return { group: group.join("."), version: "", resource, kind: "", namespaced };
}
