import { discoverResources } from "../../cluster/discovery.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";

/** The resources that the API server served at the last discovery. Restored CRDs add to them. */
export class ServedResources {
  readonly #client: ApiClient;
  #resources: readonly ServedResource[] = [];

  private constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Runs discovery. */
  static async discover(client: ApiClient, signal: AbortSignal): Promise<ServedResources> {
    const served = new ServedResources(client);
    await served.renew(signal);
    return served;
  }

  /** Runs discovery again. */
  async renew(signal: AbortSignal): Promise<void> {
    this.#resources = await discoverResources(this.#client, signal);
  }

  /** @param name `deployments.apps`. */
  named(name: string): ServedResource | undefined {
    return this.#resources.find((resource) => resourceName(resource) === name);
  }

  /** The resource whose objects are of this kind. */
  ofKind(group: string, kind: string): ServedResource | undefined {
    return this.#resources.find((resource) => resource.kind === kind && resource.group === group);
  }
}
