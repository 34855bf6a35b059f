import { ApiError } from "../cluster/requests/api-error.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import type { Selection } from "../selection/selection.ts";
import { compareResource, type FoundDifference } from "./compare-resource.ts";
import type { ComparedSide } from "./compared-side.ts";
import type { Change, Comparison } from "./document.ts";
import { withFollows } from "./follows.ts";

/** What is compared. */
export interface CompareSidesOptions {
  left: ComparedSide;
  right: ComparedSide;
  selection: Selection;
  /** Told of each object that was read for the first time, of either side. */
  onObject?: (() => void) | undefined;
}

/** All resources that two sides are compared by: those that either of them has of its own. */
export function comparedResources(left: ComparedSide, right: ComparedSide): Resource[] {
  const byName = new Map<string, Resource>();
  for (const resource of [...left.resources, ...right.resources]) {
    if (!byName.has(resourceName(resource))) byName.set(resourceName(resource), resource);
  }
  return [...byName.values()];
}

/**
 * Compares two sides, object by object. A resource that one of them cannot tell of is named in the
 * document, and all else is compared.
 */
export async function compareSides(options: CompareSidesOptions, signal: AbortSignal): Promise<Comparison> {
  const { left, right, selection, onObject } = options;
  const missing = missingResources(left, right, selection);
  const resources = comparedResources(left, right).filter((resource) => selection.resource(resource));
  const notes = [...left.notes, ...right.notes, ...noteOfTimes(left, right)];
  const found: FoundDifference[] = [];
  let alike = 0;
  for (const resource of resources) {
    if (missing.has(resourceName(resource))) continue;
    const both = { left: left.find(resource), right: right.find(resource) };
    try {
      const compared = await compareResource({ left, right, resources: both, selection, onObject }, signal);
      notes.push(...notesOf(resource, both, { left, right, compared: compared.differences.length }));
      found.push(...compared.differences);
      alike += compared.alike;
    } catch (error) {
      // Refused credentials are no matter of one resource.
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      missing.set(resourceName(resource), error.said);
    }
  }
  const order = new Map(resources.map((resource, index) => [resourceName(resource), index]));
  const objects = withFollows(found.toSorted((one, other) => inOrder(one, other, order)));
  const count = (change: Change) => objects.filter((object) => object.change === change).length;
  return {
    left: left.side,
    right: right.side,
    summary: { added: count("added"), changed: count("changed"), removed: count("removed"), alike },
    objects,
    ...(missing.size === 0 ? {} : { notCompared: [...missing.keys()] }),
    notes: [...notes, ...[...missing].map(([name, reason]) => `${name} are not compared: ${reason}`)],
  };
}

/** The resources that are asked for and that one side lacks without meaning to, with the reason. */
function missingResources(
  left: ComparedSide,
  right: ComparedSide,
  selection: Selection,
): Map<string, string> {
  const missing = new Map<string, string>();
  for (const { resource: name, reason } of [...left.missing, ...right.missing]) {
    const [resource = name, ...group] = name.split(".");
    const known = comparedResources(left, right).find((each) => resourceName(each) === name);
    const unknown = { group: group.join("."), version: "", resource, kind: resource, namespaced: true };
    if (selection.resource(known ?? unknown)) missing.set(name, reason);
  }
  return missing;
}

function noteOfTimes({ side: left }: ComparedSide, { side: right }: ComparedSide): string[] {
  if (new Date(left.time) <= new Date(right.time)) return [];
  return [`${left.name} is newer than ${right.name}: what is added here was there before`];
}

/** What must be known of how a resource was compared. */
function notesOf(
  resource: Resource,
  both: { left: Resource | undefined; right: Resource | undefined },
  { left, right, compared }: { left: ComparedSide; right: ComparedSide; compared: number },
): string[] {
  const name = resourceName(resource);
  if (compared === 0) return [];
  if (both.right === undefined && right.side.kind === "cluster")
    return [`The API server does not serve ${name}: they count as removed (${compared})`];
  if (both.right === undefined)
    return [`${right.side.name} was taken without ${name}: they count as removed (${compared})`];
  if (both.left === undefined)
    return [`${left.side.name} was taken without ${name}: they count as added (${compared})`];
  if (both.left.version === both.right.version) return [];
  return [
    `${name} are of the version ${both.left.version} in ${left.side.name} and ${both.right.version} in ${right.side.name}: fields may differ for that alone`,
  ];
}

/** By namespace, then as resources are restored, then by name. */
function inOrder(one: FoundDifference, other: FoundDifference, order: ReadonlyMap<string, number>): number {
  return (
    byText(one.namespace ?? "", other.namespace ?? "") ||
    (order.get(one.resource) ?? 0) - (order.get(other.resource) ?? 0) ||
    byText(one.name, other.name)
  );
}

/** Not by locale: the order is the same on every machine. */
function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
