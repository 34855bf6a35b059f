import type { Manifest } from "./manifest.ts";

/** The cluster that made a backup, as all JSON documents name it: its uid, and its CLUSTER_NAME where it has one. */
export function clusterReference({ id, name }: Manifest["cluster"]): { id: string; name?: string } {
  return name === undefined ? { id } : { id, name };
}
