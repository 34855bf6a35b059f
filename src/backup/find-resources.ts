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
import { inStoredVersions } from "./stored-versions.ts";

/** Resources of which nearly every object has a controller that makes it anew: a count of them would say nothing. */
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set([
  "pods",
  "endpoints",
  "endpointslices.discovery.k8s.io",
  "jobs.batch",
  "controllerrevisions.apps",
  "apiservices.apiregistration.k8s.io",
]);

/** What to back up. */
export interface CaptureScope extends NamespaceScope {
  /** The kinds, by default the default resources. Namespaces are always captured. */
  kinds?: KindsExpression | undefined;
  /** The kinds of which objects are kept that have run, and would run again after a restore; none by default. */
  keepFinished?: KindsExpression | undefined;
}

/** The resources to back up. */
export interface FoundResources {
  /** All resources that the API server serves. */
  served: readonly ServedResource[];
  /** Each in the version in which it is read. */
  resources: ServedResource[];
  /** Those that KINDS does not select and that `all` would. */
  notKept: ServedResource[];
  /** Names of the resources of which finished objects are kept. */
  keepFinished: ReadonlySet<string>;
  /** Named resources that the API server does not serve. */
  missing: Manifest["missing"];
  /** Warnings about API groups that do not answer, and of which KINDS names no resource; and about fields that are not read. */
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
  { kinds, keepFinished, includeNamespaces }: CaptureScope,
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
  // With namespaces named, what is in none is only backed up where its kind is named too.
  const inScope = resources.filter(
    (each) => includeNamespaces === undefined || each.namespaced || namedKinds.has(each),
  );
  const read = await inStoredVersions(client, inScope, signal);
  const named = (group: string) => unserved.some((name) => name.endsWith(`.${group}`));
  return {
    served,
    resources: read.resources,
    notes,
    notKept: notKeptOf(served, resources, leftOutOfPatterns),
    keepFinished: finishedToKeep(keepFinished, served),
    missing: unserved.map((resource) => {
      const group = unreachable.find((each) => resource.endsWith(`.${parseApiVersion(each).group}`));
      const reason =
        group === undefined
          ? "the API server does not serve it"
          : `the server behind the API server that serves ${group} does not answer`;
      return { resource, reason };
    }),
    warnings: [
      ...read.warnings,
      ...unreachable
        .filter((each) => !named(parseApiVersion(each).group))
        .map(
          (each) =>
            `The API group ${each} does not answer: nothing of it was asked for, and nothing of it is in the backup`,
        ),
    ],
  };
}

/** What `all` selects besides; kinds of which controllers make nearly all objects aside, since all leaves those out. */
function notKeptOf(
  served: readonly ServedResource[],
  kept: readonly ServedResource[],
  leftOutOfPatterns: ReadonlySet<string>,
): ServedResource[] {
  const all: KindsExpression = { base: "none", terms: [{ adds: true, word: "all" }] };
  const { resources } = pickKinds(all, served, { defaults: [], leftOutOfPatterns });
  return resources.filter((each) => !kept.includes(each) && !MADE_BY_CONTROLLERS.has(resourceName(each)));
}

/** KEEP_FINISHED selects as KINDS does, of nothing by default. A name that is not served keeps nothing. */
function finishedToKeep(
  expression: KindsExpression | undefined,
  served: readonly ServedResource[],
): Set<string> {
  if (expression === undefined) return new Set();
  const { resources } = pickKinds(expression, served, { defaults: [], leftOutOfPatterns: new Set() });
  return new Set(resources.map(resourceName));
}
