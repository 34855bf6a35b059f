import { reviewAccess } from "../cluster/access-review.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";

/**
 * Why a user who is impersonated cannot rehearse, as a clause; undefined where nothing speaks against it, or the API server
 * does not say.
 *
 * @param client that impersonates the user.
 */
export async function accountProblem(
  client: ApiClient,
  user: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    // A rehearsal dry-runs the creation of namespaces, and needs scratch ones.
    const { allowed } = await reviewAccess(client, { verb: "create", resource: "namespaces" }, signal);
    return allowed ? undefined : `${user} may not create namespaces`;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ApiError)) return undefined;
    return error.status === 403 ? `this program may not impersonate ${user}` : undefined;
  }
}
