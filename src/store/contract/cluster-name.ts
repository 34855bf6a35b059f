/**
 * Names of clusters, CLUSTER_NAME: letters, digits and `. _ : @ / -`, so that an ARN is one, and a name can stand in a list
 * and be a principal of a signature.
 */
const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/;

/** Whether a text can be the name of a cluster. */
export function isClusterName(text: string): boolean {
  return CLUSTER_NAME.test(text);
}
