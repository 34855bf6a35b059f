import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Store } from "../store/contract/store.ts";
import { type OpenSettingsClusterOptions, openSettingsCluster } from "./open-settings-cluster.ts";
import { type OpenSettingsStoreOptions, openSettingsStore } from "./open-settings-store.ts";

/** Opens the cluster and the store that the settings select, and closes both after `work`. */
export async function withClusterAndStore<T>(
  options: OpenSettingsStoreOptions & OpenSettingsClusterOptions,
  work: (parts: { client: ApiClient; store: Store }) => Promise<T>,
): Promise<T> {
  const client = await openSettingsCluster(options);
  try {
    const store = await openSettingsStore(options);
    try {
      return await work({ client, store });
    } finally {
      await store.close();
    }
  } finally {
    await client.close();
  }
}
