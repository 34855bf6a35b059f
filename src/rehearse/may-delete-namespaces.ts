import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";

/**
 * Whether these credentials may delete namespaces. False where the API server does not answer the
 * question: a scratch namespace that cannot be deleted must not be created.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export async function mayDeleteNamespaces(client: ApiClient, signal: AbortSignal): Promise<boolean> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb: "delete", resource: "namespaces" } },
  };
  try {
    const { text } = await client.send(
      {
        what: "ask for the right to delete namespaces",
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: JSON.stringify(body),
      },
      signal,
    );
    return (JSON.parse(text) as { status?: { allowed?: boolean } }).status?.allowed === true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return false;
    throw error;
  }
}
