/**
 * Names and places within an archive. docs/archive-format.md specifies them.
 */

/** The table of contents; without extension, so that `kubectl apply -R` passes it over. */
export const MANIFEST_PATH = "MANIFEST";

/** The manifest's checksum, as `sha256sum -c` takes it; the last entry. */
export const MANIFEST_SUM_PATH = "MANIFEST.sha256";

/** What an archive tells a person who has no program for it. */
export const README_PATH = "README.txt";

/** First line of an objects file. */
export const LIST_START = '{"apiVersion":"v1","kind":"List","items":[';

/** Last line of an objects file. */
export const LIST_END = "]}";

/**
 * The largest object, in bytes. etcd takes 1.5 MiB as it comes, so nothing real is near; with it, a
 * reader never has to hold more than this of a file that means harm.
 */
export const MAX_OBJECT_BYTES = 128 * 1024 * 1024;

/** One or more DNS labels: none of them can be empty, `..` or hold a slash. */
const DNS_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The path of a resource's objects: `namespaces/shop/deployments.apps.json`, and from the second
 * part on `namespaces/shop/deployments.apps-2.json`.
 *
 * @param resource `deployments.apps`, `secrets`.
 * @param namespace undefined for cluster-scoped resources.
 * @throws {Error} when a name is no DNS name, which the API server rules out: such a name must not
 * become a path.
 */
export function objectsPath(
  { resource, namespace }: { resource: string; namespace?: string | undefined },
  part: number,
): string {
  for (const name of namespace === undefined ? [resource] : [resource, namespace]) {
    if (!DNS_NAME.test(name) || name.length > 320)
      throw new Error(`Cannot make a path of ${JSON.stringify(name)}`);
  }
  const folder = namespace === undefined ? "cluster" : `namespaces/${namespace}`;
  return `${folder}/${resource}${part === 1 ? "" : `-${part}`}.json`;
}

/** The path of the owner references of an objects file; kubectl passes `.jsonl` over. */
export function ownersPath(objects: string): string {
  return objects.replace(/\.json$/, ".owners.jsonl");
}

/** The path of the field managers of an objects file. */
export function managersPath(objects: string): string {
  return objects.replace(/\.json$/, ".managers.jsonl");
}

/** The path of the statuses of an objects file. */
export function statusPath(objects: string): string {
  return objects.replace(/\.json$/, ".status.jsonl");
}
