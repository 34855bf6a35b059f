import type { Archive } from "../../archive/reader.ts";
import { discoverResources } from "../../cluster/discovery.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { apiVersion, type Resource, resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { shellCommand } from "../../words/shell-command.ts";
import type { RestoreTally } from "./tally.ts";

/** Advice about kinds that the cluster does not serve. Queries the cluster only after failures. */
export async function adviseOnUnserved(
  { client, archive, tally }: { client: ApiClient; archive: Archive; tally: RestoreTally },
  signal: AbortSignal,
): Promise<string[]> {
  if (tally.failures.length === 0) return [];
  const failed = new Set(tally.failures.map(({ resource }) => resource));
  return describeUnserved(failed, archive.manifest.resources, await discoverResources(client, signal));
}

/**
 * Describes what to do about kinds whose objects failed because the API server does not serve them, one sentence
 * each.
 *
 * @param failed names of resources with failed objects.
 * @param archived the resources of the backup.
 */
export function describeUnserved(
  failed: ReadonlySet<string>,
  archived: readonly Resource[],
  served: readonly ServedResource[],
): string[] {
  return archived.flatMap((resource) => {
    const name = resourceName(resource);
    if (!failed.has(name)) return [];
    const here = served.find((each) => resourceName(each) === name);
    if (here === undefined) {
      return `This cluster has no ${name}: install what defines them (a CustomResourceDefinition, an operator) and restore again, or leave them out with ${shellCommand`--exclude-kinds=${name}`}`;
    }
    if (here.versions.includes(resource.version)) return [];
    return `This cluster has ${name} as ${here.versions.join(", ")}, and the backup holds them as ${apiVersion(resource)}: kube-backup export writes them out, to be converted and applied by hand`;
  });
}
