import { listNames } from "../cluster/lists/list-names.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { someNames } from "../words/some-names.ts";
import { type Reference, referencesOf } from "./workload-references.ts";

/**
 * Collects what workloads name of kinds that the backup does not hold, so that an operator learns
 * before the disaster what would be lacking after it.
 */
export class Lacking {
  readonly #held: ReadonlySet<string>;
  readonly #named = new Map<string, Map<string, { namespace: string | undefined; name: string }>>();
  readonly #workloads = new Map<string, number>();

  /** @param held names of the resources that the backup holds. */
  constructor(held: Iterable<string>) {
    this.#held = new Set(held);
  }

  /** Adds an object of the backup. What a controller made need not be added: it names what its owner names. */
  add(kind: string, object: JsonObject): void {
    const lacking = referencesOf(kind, object).filter(({ resource }) => !this.#held.has(resource));
    for (const resource of new Set(lacking.map((reference) => reference.resource))) {
      this.#workloads.set(resource, (this.#workloads.get(resource) ?? 0) + 1);
    }
    for (const { resource, namespace, name } of lacking) {
      const names = this.#named.get(resource) ?? new Map();
      this.#named.set(resource, names.set(keyOf({ namespace, name }), { namespace, name }));
    }
  }

  /**
   * One sentence for each resource of which something is named that exists. Where we may not look, what
   * is named counts as there.
   */
  async warnings(
    client: ApiClient,
    served: readonly ServedResource[],
    signal: AbortSignal,
  ): Promise<string[]> {
    const warnings: string[] = [];
    for (const [resource, named] of this.#named) {
      const here = served.find((each) => resourceName(each) === resource);
      if (here === undefined) continue;
      const there = await namesIn(client, here, signal);
      const lacking = [...named.keys()].filter((key) => there?.has(key) ?? true);
      if (lacking.length > 0) warnings.push(sentence(resource, lacking, this.#workloads.get(resource) ?? 0));
    }
    return warnings;
  }
}

function sentence(resource: string, lacking: readonly string[], workloads: number): string {
  return (
    `${workloads} ${workloads === 1 ? "object names" : "objects name"} ${lacking.length} ${resource} ` +
    `that the backup does not hold (${someNames(lacking)}): to have them in it, add +${resource} to KINDS`
  );
}

async function namesIn(
  client: ApiClient,
  resource: ServedResource,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const keys = new Set<string>();
  try {
    for await (const key of listNames(client, resource, signal)) keys.add(keyOf(key));
  } catch (error) {
    if (error instanceof ApiError && !error.concernsEveryRequest) return undefined;
    throw error;
  }
  return keys;
}

function keyOf({ namespace, name }: Pick<Reference, "namespace" | "name">): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
