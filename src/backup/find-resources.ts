import type { Manifest } from "../archive/format/manifest.ts";
import { readAggregatedGroups } from "../cluster/aggregated.ts";
import { discover } from "../cluster/discovery.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { parseApiVersion, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { DEFAULT_RESOURCES } from "../objects/default-resources.ts";
import { RESOURCES_LEFT_OUT } from "../objects/resources-left-out.ts";
import type { KindsExpression } from "../selection/kinds-expression.ts";
import type { NamespaceScope } from "../selection/namespaces.ts";
import { isPattern, pickKinds } from "../selection/pick-kinds.ts";

/** What to back up. */
export interface CaptureScope extends NamespaceScope {
  /** The kinds, by default the default resources. Namespaces are always captured. */
  kinds?: KindsExpression | undefined;
}

/** The resources to back up. */
export interface FoundResources {
  /** All resources that the API server serves. */
  served: readonly ServedResource[];
  resources: ServedResource[];
  /** Named resources that the API server does not serve. */
  missing: Manifest["missing"];
  /** Warnings about API groups that do not answer, and of which KINDS names no resource. */
  warnings: string[];
  /** What names in KINDS mean that several API groups have. */
  notes: string[];
}

/**
 * Finds the resources of this cluster that KINDS selects.
 *
 * `all` and globs leave out the resources of aggregated API servers, which store and back up their own data.
 */
export async function findResources(
  client: ApiClient,
  { kinds, includeNamespaces }: CaptureScope,
  signal: AbortSignal,
): Promise<FoundResources> {
  const { resources: served, unreachable } = await discover(client, signal);
  const hasPatterns = (kinds?.terms ?? []).some(({ word }) => isPattern(word));
  const aggregated = hasPatterns ? await readAggregatedGroups(client, signal) : undefined;
  const leftOutOfPatterns = new Set([
    ...RESOURCES_LEFT_OUT.map(({ resource }) => resource),
    ...served.filter(({ group }) => aggregated?.has(group)).map(resourceName),
  ]);
  const {
    resources,
    named: namedKinds,
    unserved,
    notes,
  } = pickKinds(kinds, served, {
    defaults: DEFAULT_RESOURCES,
    leftOutOfPatterns,
  });
  const named = (group: string) => unserved.some((name) => name.endsWith(`.${group}`));
  return {
    served,
    // With namespaces named, what is in none is only backed up where its kind is named too.
    resources: resources.filter(
      (each) => includeNamespaces === undefined || each.namespaced || namedKinds.has(each),
    ),
    notes,
    missing: unserved.map((resource) => {
      const group = unreachable.find((each) => resource.endsWith(`.${parseApiVersion(each).group}`));
      const reason =
        group === undefined
          ? "the API server does not serve it"
          : `the server behind the API server that serves ${group} does not answer`;
      return { resource, reason };
    }),
    warnings: unreachable
      .filter((each) => !named(parseApiVersion(each).group))
      .map(
        (each) =>
          `The API group ${each} does not answer: nothing of it was asked for, and nothing of it is in the backup`,
      ),
  };
}
