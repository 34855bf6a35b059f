import type { ApiClient } from "../cluster/api-client.ts";
import { ApiError } from "../cluster/api-error.ts";
import { createObject } from "../cluster/objects.ts";
import { type ObjectKey, objectTitle, type Resource, resourceName } from "../cluster/resource.ts";
import type { LiveObjects } from "./live-objects.ts";
import { NamespaceTerminatingError } from "./namespaces.ts";
import type { RestoreReport } from "./report.ts";

/** Where and how objects of one resource are brought back. */
export interface RestoreTarget {
  client: ApiClient;
  resource: Resource;
  live: LiveObjects;
  report: RestoreReport;
}

/**
 * Creates an object, or leaves the one that is there as it is; counts it in the report.
 *
 * @param text the object as JSON.
 * @throws what concerns more than this object: a broken connection, refused credentials.
 */
export async function restoreObject(
  { client, resource, live, report }: RestoreTarget,
  key: ObjectKey,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const { kind } = resource;
  try {
    const { created, unknownFields } = live.has(key)
      ? { created: false, unknownFields: [] }
      : await createObject(client, { resource, key, body: text }, signal);
    const item = { resource: resourceName(resource), kind, ...key };
    if (created) report.count({ ...item, outcome: "created" });
    else report.count({ ...item, outcome: (await live.equals(key, text, signal)) ? "unchanged" : "skipped" });
    if (unknownFields.length > 0) {
      const fields = unknownFields.join(", ");
      report.notes.push(
        `${objectTitle(kind, key)} came back without fields that this API server does not know: ${fields}`,
      );
    }
  } catch (error) {
    const reason = reasonOfOne(error);
    report.count({ resource: resourceName(resource), kind, ...key, outcome: "failed", reason });
  }
}

/**
 * Why one object alone could not be brought back.
 *
 * @throws the error itself where it concerns what follows as well: going on would only count up failures.
 */
export function reasonOfOne(error: unknown): string {
  if (error instanceof ApiError && error.status !== 401) return error.said;
  if (error instanceof NamespaceTerminatingError) return error.message;
  throw error;
}
