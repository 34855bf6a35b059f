import { type Resource, resourceName } from "./resource.ts";

/** The titles of kinds in reports, by the name of the resource, `deployments.apps`. */
export type KindTitles = ReadonlyMap<string, string>;

/**
 * The title of each kind in reports: the kind, `Service`. Two API groups may have kinds of one name. The core group's,
 * otherwise the first, keeps the plain name, and the others are named with their groups,
 * `Service.serving.knative.dev`.
 *
 * @param resources in the order of the API server, or of a backup.
 */
export function kindTitles(
  resources: Iterable<Pick<Resource, "group" | "resource" | "kind">>,
): Map<string, string> {
  const titles = new Map<string, string>();
  const taken = new Set<string>();
  for (const resource of coreFirst([...resources])) {
    const name = resourceName(resource);
    if (titles.has(name)) continue;
    const { kind, group } = resource;
    titles.set(name, taken.has(kind) ? `${kind}.${group}` : kind);
    taken.add(kind);
  }
  return titles;
}

/** Resources in an order in which a name that several API groups have means the first: the core group, then the others as they were. */
export function coreFirst<R extends Pick<Resource, "group">>(resources: readonly R[]): R[] {
  return [...resources.filter(({ group }) => group === ""), ...resources.filter(({ group }) => group !== "")];
}
