/**
 * Names and paths within an archive. docs/archive-format.md specifies them.
 */

/** The manifest. The name has no extension, so that `kubectl apply -R` skips the file. */
export const MANIFEST_PATH = "MANIFEST";

/** The checksum of the manifest, as `sha256sum -c` takes it; the last entry. */
export const MANIFEST_SUM_PATH = "MANIFEST.sha256";

/** The text for a person who has no program that reads archives. */
export const README_PATH = "README.txt";

/** First line of an objects file. */
export const LIST_START = '{"apiVersion":"v1","kind":"List","items":[';

/** Last line of an objects file. */
export const LIST_END = "]}";

/** One or more DNS labels: no label can be empty or `..`, or contain a slash. */
const DNS_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The path of the objects of a resource: `namespaces/shop/deployments.apps.json`, and from the second part on
 * `namespaces/shop/deployments.apps-2.json`.
 *
 * @param resource `deployments.apps`, `secrets`.
 * @param namespace undefined for cluster-scoped resources.
 * @throws {Error} where a name is no DNS name, which the API server rules out: such a name must not become a path.
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

/**
 * The part of the objects of a resource that a path is that of; undefined where it is that of none.
 *
 * @throws {Error} as {@link objectsPath}.
 */
export function partOfPath(
  path: string,
  place: { resource: string; namespace?: string | undefined },
): number | undefined {
  if (path === objectsPath(place, 1)) return 1;
  const part = Number(/-([1-9][0-9]{0,5})\.json$/.exec(path)?.[1] ?? 1);
  return part !== 1 && path === objectsPath(place, part) ? part : undefined;
}

/** What a file beside a file of objects is about. */
export type SideContent = "owners" | "managers" | "status";

/** The path of the file of owners, field managers or statuses of an objects file. kubectl skips `.jsonl` files. */
export function sidePath(objects: string, content: SideContent): string {
  return `${objects.slice(0, -".json".length)}.${content}.jsonl`;
}

/** The path of the objects file that such a file is beside; undefined where the path is that of no such file. */
export function pathBeside(side: string, content: SideContent): string | undefined {
  const end = `.${content}.jsonl`;
  return side.endsWith(end) ? `${side.slice(0, -end.length)}.json` : undefined;
}
