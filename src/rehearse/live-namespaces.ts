import { listPages } from "../cluster/lists/list.ts";
import { readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import type { Log } from "../terminal/log/log.ts";
import { shellCommand } from "../words/shell-command.ts";
import { asScratchNamespace, type ScratchNamespace } from "./scratch-label.ts";
import { deleteScratchNamespace } from "./scratch-namespaces.ts";

interface NamespaceState {
  exists: boolean;
  /** Whether this user may not read the namespace, which is taken to exist then. */
  hidden: boolean;
}

/** The namespaces of the cluster, without those that are being deleted. */
export interface LiveNamespaces {
  /** Whether this user may list namespaces. */
  readonly listed: boolean;
  /** Looks for a namespace. */
  find(name: string, signal: AbortSignal): Promise<NamespaceState>;
}

/**
 * Reads the names of the cluster's namespaces. Who may not list them, since his rights are in some namespaces alone,
 * asks for each by its name.
 */
export async function readLiveNamespaces(
  options: { client: ApiClient; log: Log },
  signal: AbortSignal,
): Promise<LiveNamespaces> {
  try {
    const names = await listNamespaces(options, signal);
    return { listed: true, find: async (name) => ({ exists: names.has(name), hidden: false }) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { listed: false, find: (name, signal) => readNamespace(options.client, name, signal) };
  }
}

async function readNamespace(client: ApiClient, name: string, signal: AbortSignal): Promise<NamespaceState> {
  try {
    const live = await readObject(client, NAMESPACES, { namespace: undefined, name }, signal);
    return { exists: live !== undefined && !isBeingDeleted(live), hidden: false };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { exists: true, hidden: true };
  }
}

/**
 * Lists the names of namespaces. Deletes scratch namespaces that an earlier rehearsal left behind because it was killed.
 *
 * Whether another rehearsal uses a scratch namespace cannot be told. Deleting it is harmless: that
 * rehearsal creates a new one.
 */
async function listNamespaces(
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
        `Cannot remove the scratch namespace of an earlier rehearsal: ${shellCommand`kubectl delete namespace/${scratch.name}`}`,
      );
    }
  }
  return names;
}
