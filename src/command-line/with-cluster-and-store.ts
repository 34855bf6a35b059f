import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Store } from "../store/contract/store.ts";
import { type OpenConfiguredClusterOptions, openConfiguredCluster } from "./open-configured-cluster.ts";
import { type OpenConfiguredStoreOptions, openConfiguredStore } from "./open-configured-store.ts";
import { reachCluster } from "./reach-cluster.ts";

/**
 * Opens the cluster and the store that the settings select, and closes both after `work`. Begins when the cluster answers.
 */
export async function withClusterAndStore<T>(
  options: OpenConfiguredStoreOptions & OpenConfiguredClusterOptions & { signal: AbortSignal },
  work: (parts: { client: ApiClient; store: Store }) => Promise<T>,
): Promise<T> {
  const client = await openConfiguredCluster(options);
  try {
    const store = await openConfiguredStore(options);
    try {
      await reachCluster(client, options.log, options.signal);
      return await work({ client, store });
    } finally {
      await store.close();
    }
  } finally {
    await client.close();
  }
}
