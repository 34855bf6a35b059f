import type { ManifestNotKept } from "../archive/format/manifest.ts";
import { type AccessRule, readAccessRules } from "../cluster/access-review.ts";
import { countObjects } from "../cluster/lists/count.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { isOf } from "../kubernetes/object-facts.ts";
import { type GroupResource, type Resource, resourceName } from "../kubernetes/resource.ts";
import { candidateOf } from "../objects/excluded.ts";
import { leftOut } from "../objects/left-out.ts";
import { type CaptureScope, findResources } from "./find-resources.ts";

/** Counts in flight: they are beside the backup, which matters more. */
const IN_FLIGHT = 8;

/** Rules that hold in this namespace, and may hold there alone, are good enough: a refusal is no failure. */
const ANY_NAMESPACE = "default";

/**
 * Counts the objects of the kinds that a backup does not keep, one small request for each kind that these credentials may
 * list. Kinds without an object are left out; those that cannot be counted are there without a count. Nothing that goes
 * wrong here is a failure of the backup.
 *
 * @param scoped whether the backup is of some namespaces: what the whole cluster has is no count of what is in them.
 * @throws only the reason of the signal.
 */
export async function countNotKept(
  client: ApiClient,
  resources: readonly Resource[],
  { scoped }: { scoped: boolean },
  signal: AbortSignal,
): Promise<ManifestNotKept[]> {
  const wanted = inOrder(scoped ? resources.filter(({ namespaced }) => namespaced) : resources);
  if (wanted.length === 0) return [];
  const { rules, complete } = (await orNothing(readAccessRules(client, ANY_NAMESPACE, signal), signal)) ?? {
    rules: [],
    complete: true,
  };
  const found: ManifestNotKept[] = [];
  // Where no rule speaks of a resource, and there may be others, some are tried, and after a refusal no more.
  let tries = !complete;
  for (let start = 0; start < wanted.length; start += IN_FLIGHT) {
    const counted = wanted.slice(start, start + IN_FLIGHT).map(async (each): Promise<ManifestNotKept[]> => {
      const isAllowed = mayList(rules, each);
      const objects =
        isAllowed || tries
          ? await orNothing(countObjects(client, each, isBackedUp, signal), signal)
          : undefined;
      if (objects === undefined && !isAllowed) tries = false;
      if (objects === 0) return [];
      const known = objects === undefined || scoped ? {} : { objects };
      return [{ resource: resourceName(each), kind: each.kind, ...known }];
    });
    found.push(...(await Promise.all(counted)).flat());
  }
  return found;
}

/** Finds the kinds that a backup would not keep now; undefined where the cluster does not say. */
export async function findNotKept(
  client: ApiClient,
  scope: CaptureScope,
  signal: AbortSignal,
): Promise<ManifestNotKept[] | undefined> {
  const found = await orNothing(findResources(client, scope, signal), signal);
  if (found === undefined) return undefined;
  const scoped = scope.includeNamespaces !== undefined || scope.excludeNamespaces !== undefined;
  return await countNotKept(client, found.notKept, { scoped }, signal);
}

/** Whether rules allow to list all objects of a resource. */
export function mayList(rules: readonly AccessRule[], { group, resource }: GroupResource): boolean {
  const has = (list: readonly string[] | undefined, word: string) =>
    list?.includes(word) === true || list?.includes("*") === true;
  return rules.some(
    ({ verbs, apiGroups, resources, resourceNames = [] }) =>
      has(verbs, "list") && has(apiGroups, group) && has(resources, resource) && resourceNames.length === 0,
  );
}

/** Whether a backup of the kind would hold an object, as far as its metadata tells: not what every cluster comes with. */
function isBackedUp(object: JsonObject): boolean {
  const candidate = candidateOf(String(object["kind"]), object);
  const { namespace, name } = candidate;
  // Every namespace has its own.
  if (isOf(candidate, "", "ServiceAccount") && name === "default" && namespace !== undefined) return false;
  return leftOut({ ...candidate, statusIsApart: true }) === undefined;
}

/** Whether two backups keep different kinds, however many objects there are. */
export function keepsOthers(
  before: readonly ManifestNotKept[] | undefined,
  now: readonly ManifestNotKept[],
): boolean {
  const names = (list: readonly ManifestNotKept[]) => list.map(({ resource }) => resource).join();
  return before === undefined || names(before) !== names(now);
}

/** What people make comes first: built-in kinds in namespaces, custom resources, and the rest. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const rankOf = ({ group, namespaced }: Resource) => (isBuiltIn(group) ? (namespaced ? 0 : 2) : 1);
  return resources.toSorted((one, other) => rankOf(one) - rankOf(other));
}

async function orNothing<T>(asked: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
