import { listNames } from "../../cluster/lists/list-names.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { NAMESPACES } from "../../kubernetes/resource.ts";
import { EXCLUDE_SELECTORS } from "../../objects/excluded.ts";

/** Names of the namespaces that a label leaves out: nothing in them is restored, and nothing is deleted. */
export async function readExcludedNamespaces(client: ApiClient, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for (const labelSelector of EXCLUDE_SELECTORS) {
    for await (const { name } of listNames(client, NAMESPACES, { labelSelector }, signal)) names.add(name);
  }
  return names;
}
