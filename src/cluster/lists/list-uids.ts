import type { Resource } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { ApiError } from "../requests/api-error.ts";
import { listNames } from "./list-names.ts";

/** Which objects to list. */
export interface ListUidsOptions {
  resources: readonly Resource[];
  /** Objects that match any of these. */
  labelSelectors: readonly string[];
  /** Only these namespaces; all by default. */
  namespaces?: readonly string[] | undefined;
  /** The resource version; the newest by default. */
  revision?: string | undefined;
}

/** The uids of the objects with certain labels. A resource that cannot be listed has none. */
export async function listUids(
  client: ApiClient,
  { resources, labelSelectors, namespaces, revision }: ListUidsOptions,
  signal: AbortSignal,
): Promise<Set<string>> {
  const uids = new Set<string>();
  const lists = resources.flatMap((resource) =>
    (namespaces ?? [undefined]).flatMap((namespace) =>
      labelSelectors.map((labelSelector) => ({ resource, namespace, labelSelector })),
    ),
  );
  await Promise.all(
    lists.map(async ({ resource, namespace, labelSelector }) => {
      const options = { namespace, labelSelector, ...(revision === undefined ? {} : { revision }) };
      try {
        for await (const { uid } of listNames(client, resource, options, signal)) uids.add(uid);
      } catch (error) {
        if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      }
    }),
  );
  return uids;
}
