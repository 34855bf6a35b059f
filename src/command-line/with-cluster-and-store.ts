import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Store } from "../store/contract/store.ts";
import { type OpenConfiguredClusterOptions, openConfiguredCluster } from "./open-configured-cluster.ts";
import { type OpenConfiguredStoreOptions, openConfiguredStore } from "./open-configured-store.ts";

/** Opens the cluster and the store that the settings select, and closes both after `work`. */
export async function withClusterAndStore<T>(
  options: OpenConfiguredStoreOptions & OpenConfiguredClusterOptions,
  work: (parts: { client: ApiClient; store: Store }) => Promise<T>,
): Promise<T> {
  const client = await openConfiguredCluster(options);
  try {
    const store = await openConfiguredStore(options);
    try {
      return await work({ client, store });
    } finally {
      await store.close();
    }
  } finally {
    await client.close();
  }
}
