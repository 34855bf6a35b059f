import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import type { Log } from "../terminal/log/log.ts";
import { asScratchNamespace, type ScratchNamespace } from "./scratch-label.ts";
import { deleteScratchNamespace } from "./scratch-namespaces.ts";

/**
 * Reads the names of the cluster's namespaces, without those that are being deleted. Deletes scratch
 * namespaces that an earlier rehearsal left behind because it was killed.
 *
 * Whether another rehearsal uses a scratch namespace cannot be told. Deleting it is harmless: that
 * rehearsal creates a new one.
 */
export async function readLiveNamespaces(
  { client, log }: { client: ApiClient; log: Log },
  signal: AbortSignal,
): Promise<Set<string>> {
  const names = new Set<string>();
  const leftovers: ScratchNamespace[] = [];
  for await (const page of listPages(client, NAMESPACES, {}, signal)) {
    for (const item of page.items) {
      const metadata = item["metadata"];
      if (!isJsonObject(metadata) || isBeingDeleted(item)) continue;
      const scratch = asScratchNamespace(item);
      if (scratch === undefined) names.add(String(metadata["name"]));
      else leftovers.push(scratch);
    }
  }
  for (const scratch of leftovers) {
    try {
      await deleteScratchNamespace(client, scratch, signal);
      log.info({ namespace: scratch.name }, "Removed the scratch namespace of an earlier rehearsal");
    } catch (error) {
      signal.throwIfAborted();
      log.warn(
        { namespace: scratch.name, err: error },
        `Cannot remove the scratch namespace of an earlier rehearsal: kubectl delete namespace ${scratch.name}`,
      );
    }
  }
  return names;
}
