import type { ApiClient } from "../cluster/api-client.ts";
import { NAMESPACES, resourceName } from "../cluster/resource.ts";
import type { Log } from "../terminal/log.ts";
import type { ArchivedNamespace } from "./archived-objects.ts";
import { concurrently } from "./concurrently.ts";
import { readLiveObjects } from "./live-objects.ts";
import { createNamespace } from "./namespaces.ts";
import { reasonOfOne, restoreObject } from "./restore-object.ts";
import type { RestoreTarget } from "./restore-target.ts";

/** What the namespaces of a restore need. */
export interface NamespacesOptions extends Omit<RestoreTarget, "resource" | "live" | "namespaces"> {
  client: ApiClient;
  log: Log;
  concurrency: number;
}

/**
 * Creates namespaces; what becomes of one that is there goes by the policy only where it is selected
 * itself.
 *
 * @returns names of those that were there before, and that are not being deleted.
 */
export async function restoreNamespaces(
  options: NamespacesOptions,
  namespaces: AsyncIterable<ArchivedNamespace>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { client, log, report, concurrency, dryRun } = options;
  const live = await readLiveObjects(client, NAMESPACES, { namespaces: new Set() }, signal);
  const target: RestoreTarget = { ...options, resource: NAMESPACES, live, namespaces: new Set() };
  const existing = new Set<string>();
  await concurrently(namespaces, concurrency, async ({ key, text, selected }) => {
    const { name } = key;
    const item = { resource: resourceName(NAMESPACES), kind: NAMESPACES.kind, ...key };
    try {
      const there =
        dryRun === undefined ? !(await createNamespace(client, { name, text, log }, signal)) : live.has(key);
      if (there) existing.add(name);
      else if (dryRun === undefined) return report.count({ ...item, outcome: "created" });
    } catch (error) {
      return report.count({ ...item, outcome: "failed", reason: reasonOfOne(error) });
    }
    const exists = existing.has(name);
    if (!exists || selected) await restoreObject(target, { key, text, owners: [], exists }, signal);
  });
  return existing;
}
