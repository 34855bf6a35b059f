import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { listKeys } from "../../references/list-keys.ts";
import type { ServedResources } from "../live/served-resources.ts";

/** Up to so many namespaces are listed one by one. */
const FEW_NAMESPACES = 4;

/** Where {@link LiveKeys} looks. */
export interface LiveKeysOptions {
  client: ApiClient;
  served: Pick<ServedResources, "named">;
}

/** What the cluster has, listed when it is asked for. */
export class LiveKeys {
  readonly #options: LiveKeysOptions;
  readonly #lists = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  readonly #namespaces = new Map<string, Set<string>>();

  constructor(options: LiveKeysOptions) {
    this.#options = options;
  }

  /** Whether the cluster has an object; undefined where these credentials may not list the resource. */
  async has(resource: string, key: string, signal: AbortSignal): Promise<boolean | undefined> {
    const served = this.#options.served.named(resource);
    if (served === undefined) return false;
    const keys = await this.#keys(served, key, signal);
    return keys?.has(key);
  }

  /** Lists the namespace of the key; after some namespaces, the whole cluster, where that is allowed. */
  async #keys(
    resource: ServedResource,
    key: string,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string> | undefined> {
    const name = resourceName(resource);
    if (!resource.namespaced) return await this.#list(resource, undefined, signal);
    const [namespace = ""] = key.split("/");
    const seen = this.#namespaces.get(name) ?? new Set();
    this.#namespaces.set(name, seen.add(namespace));
    if (seen.size > FEW_NAMESPACES) {
      const whole = await this.#list(resource, undefined, signal);
      if (whole !== undefined) return whole;
    }
    return await this.#list(resource, namespace, signal);
  }

  async #list(
    resource: ServedResource,
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string> | undefined> {
    const id = `${resourceName(resource)} ${namespace ?? ""}`;
    let list = this.#lists.get(id);
    if (list === undefined) {
      list = listKeys(this.#options.client, resource, { namespace }, signal);
      this.#lists.set(id, list);
    }
    return await list;
  }
}
