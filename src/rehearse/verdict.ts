import type { ManifestResource } from "../archive/format/manifest.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { apiVersion, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import type { RehearsedItem } from "./rehearsal-report.ts";

const POD_SECURITY_ADVICE =
  "The Pod is older than its namespace's Pod Security level, and a restore goes on without it: change the Pod, or the label pod-security.kubernetes.io/enforce";

/** The verdict on an object, without the object. */
export type Finding = Pick<RehearsedItem, "verdict" | "reason" | "advice" | "unserved">;

export const ACCEPTED: Finding = { verdict: "accepted" };

/**
 * The verdict on an object from the error of its dry run.
 *
 * @throws the error itself where it concerns every request: refused credentials, an unreachable API server.
 */
export function findingOf(error: unknown): Finding {
  if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
  const { noDryRunWebhook, said, status } = error;
  if (noDryRunWebhook !== undefined) {
    return notAsked(
      `the admission webhook ${noDryRunWebhook} does not support dry run`,
      "Declare sideEffects None or NoneOnDryRun in the webhook's configuration, where that is true",
    );
  }
  // The API server, or the aggregated API server of this resource, is unavailable: no verdict on the object.
  if (status === 429 || status === 503 || status === 504) return notAsked(said, "Rehearse again later");
  if (status === 404) return notAsked(said, "Rehearse again: this went away meanwhile");
  const advice = / violates PodSecurity /.test(said) ? POD_SECURITY_ADVICE : error.advice;
  return { verdict: "refused", reason: said, ...(advice === undefined ? {} : { advice }) };
}

/** The verdict on an object that could not be rehearsed. */
export function notAsked(reason: string, advice: string): Finding {
  return { verdict: "notAsked", reason, advice };
}

/**
 * The resource in the archive's version as the API server serves it, or why its objects cannot be rehearsed.
 *
 * @param archived the resource in the archive's manifest.
 */
export function servedResource(
  archived: ManifestResource,
  served: readonly ServedResource[],
): Resource | Finding {
  const name = resourceName(archived);
  const current = served.find((resource) => resourceName(resource) === name);
  if (current === undefined) {
    const finding = notAsked(
      `the API server does not serve ${name}`,
      "Install its CustomResourceDefinition, or the API server that serves it, before a restore",
    );
    return { ...finding, unserved: true };
  }
  if (!current.versions.includes(archived.version)) {
    return notAsked(
      `the API server does not serve ${name} as ${apiVersion(archived)}, only as ${current.versions.join(", ")}`,
      "Serve that version again before a restore, or take a backup in one that is served",
    );
  }
  return { ...current, version: archived.version };
}

/** Whether an error says that the namespace does not exist, or is terminating. */
export function isNamespaceGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.causes.includes("NamespaceTerminating"));
}
