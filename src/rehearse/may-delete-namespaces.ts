import { reviewAccess } from "../cluster/access-review.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";

/**
 * Whether these credentials may delete namespaces. False where the API server does not answer the
 * question: a scratch namespace that cannot be deleted must not be created.
 */
export async function mayDeleteNamespaces(client: ApiClient, signal: AbortSignal): Promise<boolean> {
  try {
    return (await reviewAccess(client, { verb: "delete", resource: "namespaces" }, signal)).allowed;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return false;
    throw error;
  }
}
