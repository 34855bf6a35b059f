import { OutOfOrderError } from "../kubernetes/object-order.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { isNamespaces } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import { Pauses } from "../time/pauses.ts";
import { compareByDigests } from "./compare-by-digests.ts";
import { compareMerged } from "./compare-merged.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/** The result for the objects of one resource. */
export interface ComparedResource {
  differences: DifferenceWithOwners[];
  alike: number;
}

/** Options of {@link compareResource}. The resource is undefined on a side that lacks it. */
export interface CompareResourceOptions {
  left: ComparedSide;
  right: ComparedSide;
  resources: { left: Resource | undefined; right: Resource | undefined };
  selection: Selection;
  /** Called after each object is read for the first time. */
  onObject?: (() => void) | undefined;
}

/** The comparison of one resource, as its two ways need it. */
export interface ResourceComparison extends CompareResourceOptions {
  /** The resource, of the left side where that has it. */
  resource: Resource;
  /** Between objects that differ: what differs of each takes time. */
  pauses: Pauses;
  /** Whether both sides have the same version. Otherwise, `apiVersion` is not compared. */
  sameVersion: boolean;
  /** Whether a namespace is read. */
  wanted(namespace: string | undefined): boolean;
  /** Whether the selection includes a state of an object. */
  selects(object: ComparedObject): boolean;
}

/**
 * Compares all objects of a resource: both sides are read once and beside one another, in the order of namespaces and
 * names. Where a side comes in another order, as an archive that was put together by hand, digests of its objects are
 * compared.
 */
export async function compareResource(
  options: CompareResourceOptions,
  signal: AbortSignal,
): Promise<ComparedResource> {
  const { resources, onObject } = options;
  const resource = resources.left ?? resources.right;
  if (resource === undefined) return { differences: [], alike: 0 };
  let counted = 0;
  const count = () => {
    counted += 1;
    onObject?.();
  };
  try {
    return await compareMerged(comparisonOf({ ...options, onObject: count }, resource), signal);
  } catch (error) {
    if (!(error instanceof OutOfOrderError)) throw error;
  }
  const countNew = () => {
    if (counted > 0) counted -= 1;
    else onObject?.();
  };
  return await compareByDigests(comparisonOf({ ...options, onObject: countNew }, resource), signal);
}

function comparisonOf(options: CompareResourceOptions, resource: Resource): ResourceComparison {
  const { left, right, resources, selection } = options;
  const covered = (namespace: string) => left.covers(namespace) && right.covers(namespace);
  return {
    ...options,
    resource,
    pauses: new Pauses(() => performance.now()),
    sameVersion: resources.left?.version === resources.right?.version,
    wanted: (namespace) => namespace === undefined || (selection.namespace(namespace) && covered(namespace)),
    selects: ({ text, name }) => {
      if (isNamespaces(resource) && !covered(name)) return false;
      return selection.whole || selection.object(resource, JSON.parse(text) as SelectableObject);
    },
  };
}
