import type { ApiClient } from "./requests/api-client.ts";
import { ApiError } from "./requests/api-error.ts";

/** One action, as authorization sees it. Without a namespace, in all of them; without a name, on all objects. */
export interface AccessAttributes {
  verb: string;
  group?: string;
  resource: string;
  namespace?: string | undefined;
  name?: string | undefined;
}

/** The answer of the API server. */
export interface AccessAnswer {
  allowed: boolean;
  /** The API server's reason, which is mostly empty where no rule allows the action. */
  reason: string;
}

/**
 * Asks the API server whether these credentials may do something. Nothing is done.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 *
 * @throws {ApiError} where the API server does not answer the question: 403 where it is not allowed to ask.
 */
export async function reviewAccess(
  client: ApiClient,
  { group = "", ...attributes }: AccessAttributes,
  signal: AbortSignal,
): Promise<AccessAnswer> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { ...attributes, group } },
  };
  const { text } = await client.send(
    {
      what: `ask for the right to ${attributes.verb} ${attributes.resource}`,
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: JSON.stringify(body),
    },
    signal,
  );
  const { status } = JSON.parse(text) as {
    status?: { allowed?: boolean; reason?: string; evaluationError?: string };
  };
  const reasons = [status?.reason, status?.evaluationError].filter(
    (each) => each !== undefined && each !== "",
  );
  return { allowed: status?.allowed === true, reason: reasons.join("; ") };
}

/**
 * The name under which the API server knows these credentials, `system:serviceaccount:kube-system:kube-backup`;
 * undefined where it does not say (before Kubernetes 1.28, or by a right that is taken away).
 */
export async function readUserName(client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  try {
    const { text } = await client.send(
      {
        what: "ask for the name of the user",
        method: "POST",
        path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        body: JSON.stringify(body),
      },
      signal,
    );
    return (JSON.parse(text) as { status?: { userInfo?: { username?: string } } }).status?.userInfo?.username;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}

/** A rule of what these credentials may do; `*` is everything. */
export interface AccessRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}

/**
 * The rules that hold for these credentials in a namespace, those of the whole cluster among them, and whether these are
 * all: authorizers outside of the API server do not tell theirs.
 *
 * https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/
 */
export async function readAccessRules(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<{ rules: AccessRule[]; complete: boolean }> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  };
  try {
    const { text } = await client.send(
      {
        what: "ask for one's own rights",
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        body: JSON.stringify(body),
        retryInternalErrors: false,
      },
      signal,
    );
    const { status } = JSON.parse(text) as {
      status?: { resourceRules?: AccessRule[]; incomplete?: boolean };
    };
    return { rules: status?.resourceRules ?? [], complete: status?.incomplete !== true };
  } catch (error) {
    if (error instanceof ApiError && !error.concernsEveryRequest) return { rules: [], complete: true };
    throw error;
  }
}
