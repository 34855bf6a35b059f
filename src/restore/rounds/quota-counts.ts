/** The name of the resource of ResourceQuotas. */
export const QUOTAS = "resourcequotas";

/** How many objects of each resource, `deployments.apps`, a backup holds of one namespace. */
export type ArchivedCounts = ReadonlyMap<string, number>;

/**
 * Whether a backup holds more objects of a namespace than a quota allows: the quota is younger than some of them, and
 * would refuse them now. Only objects that come after quotas in a restore are of interest.
 *
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-on-object-count
 *
 * @param hard `spec.hard` of the quota.
 */
export function isExceeded(hard: Readonly<Record<string, unknown>>, counts: ArchivedCounts): boolean {
  return Object.entries(hard).some(([key, value]) => {
    const resource = /^count\/(.+)$/.exec(key)?.[1];
    const allowed = readCount(value);
    return resource !== undefined && allowed !== undefined && (counts.get(resource) ?? 0) > allowed;
  });
}

/** Whether a quota counts objects, so that admission needs the usage that the quota controller computes. */
export function countsObjects(hard: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(hard).some((key) => key.startsWith("count/"));
}

/** A count as a quantity: `5`, `2k`. */
function readCount(value: unknown): number | undefined {
  const [, digits, suffix = ""] = /^(\d+)(k|M)?$/.exec(String(value)) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (suffix === "k" ? 1e3 : suffix === "M" ? 1e6 : 1);
}
