import { listNames } from "../../cluster/lists/list-names.ts";
import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { NAMESPACES } from "../../kubernetes/resource.ts";
import { EXCLUDE_SELECTORS, isExcluded } from "../../objects/excluded.ts";

/**
 * Names of the namespaces that a label leaves out: nothing in them is restored, and nothing is deleted.
 *
 * @param names of the namespaces that are asked about: one by one where they are a part of the cluster, and where this
 * user may not list Namespaces. One that may not be read counts as one without a label.
 */
export async function readExcludedNamespaces(
  client: ApiClient,
  { part, names }: { part: boolean; names: Iterable<string> },
  signal: AbortSignal,
): Promise<Set<string>> {
  const excluded = part ? undefined : await whereAllowed(() => listExcluded(client, signal));
  if (excluded !== undefined) return excluded;
  const found = new Set<string>();
  for (const name of names) {
    const key = { namespace: undefined, name };
    const live = await whereAllowed(() => readObject(client, NAMESPACES, key, signal));
    if (live !== undefined && isExcluded(live)) found.add(name);
  }
  return found;
}

async function listExcluded(client: ApiClient, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for (const labelSelector of EXCLUDE_SELECTORS) {
    for await (const { name } of listNames(client, NAMESPACES, { labelSelector }, signal)) names.add(name);
  }
  return names;
}

async function whereAllowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
