/** The cluster that made a backup. */
export interface ClusterIdentity {
  /** The uid of its kube-system. */
  id: string;
  /** Its CLUSTER_NAME, where it has one. */
  name?: string | undefined;
}

/** `blue (0e7c…)`, or the uid alone: for where two clusters could have one name. */
export function fullClusterTitle({ id, name }: ClusterIdentity): string {
  return name === undefined ? id : `${name} (${id})`;
}
