import type { ManifestResource } from "../archive/format/manifest.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { apiVersion, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import type { RehearsedItem } from "./rehearsal-report.ts";

/** What is said of an object, without the object. */
export type Finding = Pick<RehearsedItem, "verdict" | "reason" | "advice">;

export const ACCEPTED: Finding = { verdict: "accepted" };

/**
 * What an API server's answer says of the object that it was asked about.
 *
 * @throws the error itself where it is about more than this object: refused credentials, a lost server.
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
  // No word about the object: the server, or the one behind it that keeps this resource, is away or busy.
  if (status === 429 || status === 503 || status === 504) return notAsked(said, "Rehearse again later");
  if (status === 404) return notAsked(said, "Rehearse again: this went away meanwhile");
  return {
    verdict: "refused",
    reason: said,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
  };
}

/** An object that could not be asked about. */
export function notAsked(reason: string, advice: string): Finding {
  return { verdict: "notAsked", reason, advice };
}

/**
 * The resource as this server takes it in the archive's version, or why it cannot be asked.
 *
 * @param archived the resource in the archive's manifest.
 */
export function servedResource(
  archived: ManifestResource,
  served: readonly ServedResource[],
): Resource | Finding {
  const name = resourceName(archived);
  const here = served.find((resource) => resourceName(resource) === name);
  if (here === undefined) {
    return notAsked(
      `the API server does not serve ${name}`,
      "Install its CustomResourceDefinition, or the API server that serves it, before a restore",
    );
  }
  if (!here.versions.includes(archived.version)) {
    return notAsked(
      `the API server does not serve ${name} as ${apiVersion(archived)}, only as ${here.versions.join(", ")}`,
      "Serve that version again before a restore, or take a backup in one that is served",
    );
  }
  return { ...here, version: archived.version };
}

/** Whether an answer says that the namespace is not there, or is going away. */
export function isNamespaceGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.causes.includes("NamespaceTerminating"));
}
