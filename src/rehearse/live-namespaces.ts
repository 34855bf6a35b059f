import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import type { Log } from "../terminal/log/log.ts";
import { type ScratchNamespace, scratchOf } from "./scratch-label.ts";
import { removeScratch } from "./scratch-namespaces.ts";

/**
 * The names of the namespaces that are there to stay. Scratch namespaces that an earlier rehearsal
 * left behind, killed before it could remove them, are removed.
 *
 * Whether one is in use cannot be seen; nothing is lost if it is: the rehearsal that uses it makes
 * another one.
 */
export async function readLiveNamespaces(
  { client, log }: { client: ApiClient; log: Log },
  signal: AbortSignal,
): Promise<Set<string>> {
  const here = new Set<string>();
  const leftovers: ScratchNamespace[] = [];
  for await (const page of listPages(client, NAMESPACES, {}, signal)) {
    for (const item of page.items) {
      const metadata = item["metadata"];
      if (!isJsonObject(metadata) || isBeingDeleted(item)) continue;
      const scratch = scratchOf(item);
      if (scratch === undefined) here.add(String(metadata["name"]));
      else leftovers.push(scratch);
    }
  }
  for (const scratch of leftovers) {
    try {
      await removeScratch(client, scratch, signal);
      log.info({ namespace: scratch.name }, "Removed the scratch namespace of an earlier rehearsal");
    } catch (error) {
      signal.throwIfAborted();
      log.warn(
        { namespace: scratch.name, err: error },
        `Cannot remove the scratch namespace of an earlier rehearsal: kubectl delete namespace ${scratch.name}`,
      );
    }
  }
  return here;
}
