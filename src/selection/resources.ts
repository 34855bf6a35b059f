import { UsageError } from "../errors.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/** A resource by all its names, as a manifest and as discovery have it. */
export interface NamedResource {
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespaced: boolean;
  singular?: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  /** Of a cluster's resource: versions in which `status` is a subresource. */
  statusVersions?: readonly string[];
}

/**
 * The resources that a word means, as in kubectl: plural, singular or short name or kind, in any case
 * of letters, alone or followed by a group (`deployments.apps`) or by version and group
 * (`deployments.v1.apps`); or a category, `all`. None where the word means nothing; several for a
 * category, and where two groups have a resource of that name.
 */
export function resourcesOf<R extends NamedResource>(resources: readonly R[], word: string): R[] {
  const wanted = word.toLowerCase();
  return resources.filter(
    (resource) =>
      resource.categories?.includes(wanted) || spellings(resource).some((name) => name === wanted),
  );
}

/**
 * The resources that words mean.
 *
 * @param where what has none of that name, to be named in the error: "backup_…".
 * @throws {UsageError} naming each word that means nothing, with the nearest that does.
 */
export function resourcesOfAll<R extends NamedResource>(
  resources: readonly R[],
  words: readonly string[],
  where: string,
): R[] {
  const problems: string[] = [];
  const found = new Set<R>();
  for (const word of words) {
    const meant = resourcesOf(resources, word);
    for (const resource of meant) found.add(resource);
    if (meant.length === 0)
      problems.push(`"${word}" is no kind that ${where} holds${nearest(resources, word)}`);
  }
  if (problems.length > 0) {
    const names = resources.map(fullName).sort();
    throw new UsageError(problems, { advice: `It knows ${names.join(", ")}` });
  }
  return resources.filter((resource) => found.has(resource));
}

/** The name that kubectl and RBAC rules use: `deployments.apps`, `secrets`. */
export function fullName({ group, resource }: Pick<NamedResource, "group" | "resource">): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function spellings({ group, version, resource, kind, singular, shortNames }: NamedResource): string[] {
  const names = [resource, singular ?? kind, kind, ...(shortNames ?? [])].map((name) => name.toLowerCase());
  const suffix = group === "" ? "" : `.${group.toLowerCase()}`;
  return names.flatMap((name) => [name, `${name}${suffix}`, `${name}.${version}${suffix}`]);
}

function nearest(resources: readonly NamedResource[], word: string): string {
  const candidates = resources.flatMap(({ resource, kind, shortNames }) => [
    resource,
    kind.toLowerCase(),
    ...(shortNames ?? []),
  ]);
  return didYouMean(word.toLowerCase(), candidates);
}
