import { ApiError } from "../cluster/requests/api-error.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import type { Selection } from "../selection/selection.ts";
import { sleep } from "../time/sleep.ts";
import { fullClusterTitle } from "../words/cluster-title.ts";
import { type ComparedResource, type CompareResourceOptions, compareResource } from "./compare-resource.ts";
import type { ComparedSide } from "./compared-side.ts";
import { withCauses } from "./consequences.ts";
import type { Change, Comparison, Side } from "./document.ts";
import { isInFlux } from "./in-flux.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/** Options of {@link compareSides}. */
export interface CompareSidesOptions {
  left: ComparedSide;
  right: ComparedSide;
  selection: Selection;
  /** How long a cluster is given in which controllers are still at work after a restore, in milliseconds; none by default. */
  settleFor?: number | undefined;
  /** Called after each object of either side is read for the first time. */
  onObject?: (() => void) | undefined;
}

/** The resources to compare: all resources of either side. */
export function comparedResources(left: ComparedSide, right: ComparedSide): Resource[] {
  const byName = new Map<string, Resource>();
  for (const resource of [...left.resources, ...right.resources]) {
    if (!byName.has(resourceName(resource))) byName.set(resourceName(resource), resource);
  }
  return [...byName.values()];
}

/**
 * Compares two sides, object by object. A resource that cannot be read from one side is named in the
 * document, and the other resources are compared.
 */
export async function compareSides(options: CompareSidesOptions, signal: AbortSignal): Promise<Comparison> {
  const { left, right, selection } = options;
  const missing = missingResources(left, right, selection);
  const resources = comparedResources(left, right).filter((resource) => selection.resource(resource));
  const notes = [...noteOnClusters(left.side, right.side), ...noteOnTimes(left, right)];
  const differences: DifferenceWithOwners[] = [];
  let alike = 0;
  for (const resource of resources) {
    if (missing.has(resourceName(resource))) continue;
    const bySide = { left: left.find(resource), right: right.find(resource) };
    try {
      const compared = await compareSettled(options, bySide, signal);
      notes.push(
        ...notesOnResource(resource, bySide, { left, right, compared: compared.differences.length }),
      );
      differences.push(...compared.differences);
      alike += compared.alike;
    } catch (error) {
      // Refused credentials concern all resources.
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      missing.set(resourceName(resource), error.said);
    }
  }
  const order = new Map(resources.map((resource, index) => [resourceName(resource), index]));
  const objects = withCauses(differences.toSorted((left, right) => compareByOrder(left, right, order)));
  const byController = objects.filter((object) => object.byController === true).length;
  const count = (change: Change) => objects.filter((object) => object.change === change).length;
  return {
    left: left.side,
    right: right.side,
    summary: { added: count("added"), changed: count("changed"), removed: count("removed"), alike },
    ...(byController === 0 ? {} : { byController }),
    objects,
    ...(missing.size === 0 ? {} : { notCompared: [...missing.keys()] }),
    // A side may find more to note while its objects are read.
    notes: [
      ...left.notes,
      ...right.notes,
      ...notes,
      ...[...missing].map(([name, reason]) => `${name} are not compared: ${reason}`),
    ],
  };
}

/** The time between two readings of what is in flux, in milliseconds. */
const SETTLE_POLL = 500;

/** Compares a resource, again while what differs is in flux, for as long as `settleFor`. */
async function compareSettled(
  { left, right, selection, onObject, settleFor = 0 }: CompareSidesOptions,
  resources: CompareResourceOptions["resources"],
  signal: AbortSignal,
): Promise<ComparedResource> {
  for (let waited = 0; ; waited += SETTLE_POLL) {
    const compared = await compareResource({ left, right, resources, selection, onObject }, signal);
    if (waited >= settleFor || !compared.differences.some(isInFlux)) return compared;
    await sleep(SETTLE_POLL, signal);
  }
}

/** The selected resources that one side lacks unintentionally, with the reason. */
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

function noteOnTimes({ side: left }: ComparedSide, { side: right }: ComparedSide): string[] {
  if (new Date(left.time) <= new Date(right.time)) return [];
  return [`${left.name} is newer than ${right.name}: what is added here was there before`];
}

/** A comparison with another cluster is most often a slip in the context or the place of the backups. */
function noteOnClusters(left: Side, right: Side): string[] {
  if (left.cluster === undefined || right.cluster === undefined || left.cluster.id === right.cluster.id)
    return [];
  const made = `${left.name} was made by another cluster, ${fullClusterTitle(left.cluster)}`;
  const other = fullClusterTitle(right.cluster);
  return [
    right.kind === "cluster" ? `${made}; this one is ${other}` : `${made}, than ${right.name}, ${other}`,
  ];
}

/** Notes on how a resource was compared. */
function notesOnResource(
  resource: Resource,
  bySide: { left: Resource | undefined; right: Resource | undefined },
  { left, right, compared }: { left: ComparedSide; right: ComparedSide; compared: number },
): string[] {
  const name = resourceName(resource);
  if (compared === 0) return [];
  if (bySide.right === undefined && right.side.kind === "cluster")
    return [`The API server does not serve ${name}: they count as removed (${compared})`];
  if (bySide.right === undefined)
    return [`${right.side.name} was taken without ${name}: they count as removed (${compared})`];
  if (bySide.left === undefined)
    return [`${left.side.name} was taken without ${name}: they count as added (${compared})`];
  if (bySide.left.version === bySide.right.version) return [];
  return [
    `${name} are of the version ${bySide.left.version} in ${left.side.name} and ${bySide.right.version} in ${right.side.name}: fields may differ for that alone`,
  ];
}

/** Orders by namespace, then in the order of a restore, then by name. */
function compareByOrder(
  one: DifferenceWithOwners,
  other: DifferenceWithOwners,
  order: ReadonlyMap<string, number>,
): number {
  return (
    compareTexts(one.namespace ?? "", other.namespace ?? "") ||
    (order.get(one.resource) ?? 0) - (order.get(other.resource) ?? 0) ||
    compareTexts(one.name, other.name)
  );
}

/** Compares texts independently of the locale: the order is the same on every machine. */
function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
