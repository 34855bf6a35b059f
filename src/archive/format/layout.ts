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

/** An owner as an archive keeps it: by kind and name, since a uid lives in one cluster only. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/**
 * A field manager as an archive keeps it: the entry of `metadata.managedFields` without the status's.
 * Who wrote an object alone and by updates needs no list of fields: all are its own.
 */
export interface FieldManager {
  manager: string;
  operation: string;
  apiVersion?: string;
  time?: string;
  fieldsV1?: unknown;
  /** Other subresources than the status, `scale`. */
  subresource?: string;
}

/** The status of a custom resource's object, which is not part of the object's text. */
export interface ObjectStatus {
  /** What JSON.stringify makes its text of. */
  value: unknown;
  /** Who wrote it, without the subresource, which is always "status"; undefined where nobody knows. */
  managers: readonly FieldManager[] | undefined;
}

/** A resource's name in paths and in the manifest, the one that kubectl knows: `deployments.apps`, `secrets`. */
export function resourceName({ group, resource }: { group: string; resource: string }): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** What a path needs to know of a resource. */
export interface ResourcePlace {
  /** `deployments.apps`, `secrets`. */
  resource: string;
  /** Absent for cluster-scoped resources. */
  namespace?: string | undefined;
}

/** One or more DNS labels: none of them can be empty, `..` or hold a slash. */
const DNS_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The path of a resource's objects: `namespaces/shop/deployments.apps.json`, and from the second
 * part on `namespaces/shop/deployments.apps-2.json`.
 *
 * @throws {Error} when a name is no DNS name, which the API server rules out: such a name must not
 * become a path.
 */
export function objectsPath({ resource, namespace }: ResourcePlace, part: number): string {
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
