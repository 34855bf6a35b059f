/**
 * Names of clusters, CLUSTER_NAME: letters, digits and `. _ : @ / -`, so that an ARN is one, and a name can stand in a list
 * and be a principal of a signature.
 */
const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/;

/** Whether a text can be the name of a cluster. */
export function isClusterName(text: string): boolean {
  return CLUSTER_NAME.test(text);
}

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
