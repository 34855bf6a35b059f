import { listNames } from "../cluster/lists/list-names.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { someNames } from "../words/some-names.ts";
import { type Reference, referencesOf } from "./workload-references.ts";

/**
 * Collects references of workloads to resources that are not backed up, so that the operator learns before
 * the disaster what a restore would lack.
 */
export class MissingReferences {
  readonly #backedUp: ReadonlySet<string>;
  readonly #referenced = new Map<string, Map<string, { namespace: string | undefined; name: string }>>();
  readonly #workloadCounts = new Map<string, number>();

  /** @param backedUp names of the resources in the backup. */
  constructor(backedUp: Iterable<string>) {
    this.#backedUp = new Set(backedUp);
  }

  /** Adds an object of the backup. Objects with a controller need not be added: their owner has the same references. */
  add(kind: string, object: JsonObject): void {
    const missing = referencesOf(kind, object).filter(({ resource }) => !this.#backedUp.has(resource));
    for (const resource of new Set(missing.map((reference) => reference.resource))) {
      this.#workloadCounts.set(resource, (this.#workloadCounts.get(resource) ?? 0) + 1);
    }
    for (const { resource, namespace, name } of missing) {
      const names = this.#referenced.get(resource) ?? new Map();
      this.#referenced.set(resource, names.set(keyOf({ namespace, name }), { namespace, name }));
    }
  }

  /**
   * One sentence for each resource with referenced objects that exist in the cluster. Where these credentials
   * may not list the resource, all its referenced objects count as existing.
   */
  async warnings(
    client: ApiClient,
    served: readonly ServedResource[],
    signal: AbortSignal,
  ): Promise<string[]> {
    const warnings: string[] = [];
    for (const [resource, referenced] of this.#referenced) {
      const servedResource = served.find((each) => resourceName(each) === resource);
      if (servedResource === undefined) continue;
      const existing = await listKeys(client, servedResource, signal);
      const missing = [...referenced.keys()].filter((key) => existing?.has(key) ?? true);
      if (missing.length > 0)
        warnings.push(warningOf(resource, missing, this.#workloadCounts.get(resource) ?? 0));
    }
    return warnings;
  }
}

function warningOf(resource: string, missing: readonly string[], workloads: number): string {
  return (
    `${workloads} ${workloads === 1 ? "object names" : "objects name"} ${missing.length} ${resource} ` +
    `that the backup does not hold (${someNames(missing)}): to have them in it, add +${resource} to KINDS`
  );
}

async function listKeys(
  client: ApiClient,
  resource: ServedResource,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const keys = new Set<string>();
  try {
    for await (const key of listNames(client, resource, {}, signal)) keys.add(keyOf(key));
  } catch (error) {
    if (error instanceof ApiError && !error.concernsEveryRequest) return undefined;
    throw error;
  }
  return keys;
}

function keyOf({ namespace, name }: Pick<Reference, "namespace" | "name">): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
