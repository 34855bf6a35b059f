import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { OperatorError } from "../../errors.ts";
import { NAMESPACES } from "../../kubernetes/resource.ts";

/**
 * Tells a namespace in which nothing is paused from a slip in its name, of which the API server lists nothing either.
 *
 * @throws {OperatorError} where there is no such namespace.
 */
export async function rejectMissingNamespace(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (
      (await readObject(client, NAMESPACES, { namespace: undefined, name: namespace }, signal)) !== undefined
    )
      return;
  } catch (error) {
    // Who may not read the Namespace itself may still look into it.
    if (error instanceof ApiError && error.lacksRight) return;
    throw error;
  }
  throw new OperatorError(
    `Cannot resume ${namespace}: ${client.context} (${client.server}) has no such namespace`,
    { advice: "Name the namespace with -n; kubectl get namespaces shows all" },
  );
}
