import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { someNames } from "../words/some-names.ts";
import { chooseReadVersion } from "./choose-read-version.ts";

/** Resources in the versions in which a backup reads them, and what these versions may lack. */
export interface ReadResources {
  resources: ServedResource[];
  warnings: string[];
}

/**
 * Puts custom resources that are served in several versions into the version in which a backup reads them. See
 * {@link chooseReadVersion}. Lists the CustomResourceDefinitions once, and only where there are such resources.
 *
 * @param resources in their preferred versions.
 */
export async function inStoredVersions(
  client: ApiClient,
  resources: readonly ServedResource[],
  signal: AbortSignal,
): Promise<ReadResources> {
  const several = resources.filter(({ group, versions }) => !isBuiltIn(group) && versions.length > 1);
  if (several.length === 0) return { resources: [...resources], warnings: [] };
  const names = new Set(several.map(resourceName));
  const crds = await readDefinitions(client, names, signal);
  if (crds === undefined) return { resources: [...resources], warnings: [unknown(several)] };
  const warnings: string[] = [];
  const read = resources.map((resource) => {
    // Without a definition it is an aggregated API server's.
    const crd = names.has(resourceName(resource)) ? crds.get(resourceName(resource)) : undefined;
    if (crd === undefined) return resource;
    const { version, warning } = chooseReadVersion(resource, crd);
    if (warning !== undefined) warnings.push(warning);
    return { ...resource, version };
  });
  return { resources: read, warnings };
}

function unknown(several: readonly ServedResource[]): string {
  const named = several.map(
    (resource) =>
      `${resourceName(resource)} (read as ${resource.version} of ${resource.versions.join(", ")})`,
  );
  return `Fields that only another version knows may not be in the backup of ${someNames(named)}: to read them in the version in which they are stored, allow list on customresourcedefinitions.apiextensions.k8s.io`;
}

/** The definitions by their names, which are those of the resources. Undefined where this user may not list them. */
async function readDefinitions(
  client: ApiClient,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, JsonObject> | undefined> {
  const found = new Map<string, JsonObject>();
  try {
    for await (const { items } of listPages(client, CUSTOM_RESOURCE_DEFINITIONS, {}, signal)) {
      for (const item of items) {
        const name = String(member(item, "metadata")["name"]);
        if (names.has(name)) found.set(name, item);
      }
    }
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
  return found;
}
