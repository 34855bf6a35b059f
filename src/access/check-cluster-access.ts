import { reviewAccess } from "../cluster/access-review.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { resourceName } from "../kubernetes/resource.ts";
import type { CheckedRight } from "../store/contract/store-access.ts";
import type { ClusterRight } from "./cluster-rights.ts";

/**
 * Asks the API server for each right. Nothing is done.
 *
 * @throws {OperatorError} where the API server does not answer, or may not be asked.
 */
export async function checkClusterAccess(
  client: ApiClient,
  rights: readonly ClusterRight[],
  signal: AbortSignal,
): Promise<CheckedRight[]> {
  return await Promise.all(
    rights.map(async (right) => {
      const { verb, group, resource, namespace, name, jobs } = right;
      const { allowed, reason } = await reviewAccess(
        client,
        { verb, group, resource, namespace, name },
        signal,
      );
      return {
        right: `${verb} ${resourceName(right)}`,
        where: placeOf(right),
        jobs,
        allowed,
        why: allowed ? "" : reason || "no rule allows it",
      };
    }),
  );
}

function placeOf({ namespace, name }: ClusterRight): string {
  if (namespace === undefined) return "the whole cluster";
  return name === undefined ? `namespace ${namespace}` : `${namespace}/${name}`;
}
