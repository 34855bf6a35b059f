import type { ManifestFacts, ManifestParent } from "../archive/format/manifest.ts";
import type { FoundFlagFacts } from "../objects/flag-annotations.ts";
import { rfc3339 } from "../time/rfc3339.ts";

/**
 * The backup from which a cluster was restored, as its restore flag says. Undefined where the flag says none, where it
 * says too little to be believed, and where the backup is the cluster's own.
 */
export function parentOf(flag: FoundFlagFacts | undefined, clusterId: string): ManifestParent | undefined {
  const { reason, backup, cluster, time } = flag ?? {};
  if (reason !== "restored" || backup === undefined || cluster === undefined || time === undefined)
    return undefined;
  if (cluster.id === clusterId) return undefined;
  return { cluster: cluster.id, backup, restored: rfc3339(time) };
}

/** What a manifest says of the cluster and of the loop that took the backup. */
export function clusterFacts(
  { clusterName, interval }: { clusterName?: string | undefined; interval?: number | undefined },
  found: { clusterId: string; kubernetesVersion: string; flag: FoundFlagFacts | undefined },
): Pick<ManifestFacts, "cluster" | "parent" | "intervalSeconds"> {
  const { clusterId: id, kubernetesVersion, flag } = found;
  const parent = parentOf(flag, id);
  return {
    cluster: { id, ...(clusterName === undefined ? {} : { name: clusterName }), kubernetesVersion },
    ...(parent === undefined ? {} : { parent }),
    ...(interval === undefined ? {} : { intervalSeconds: Math.round(interval / 1000) }),
  };
}
