import { UsageError } from "../errors.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/**
 * The resources that a word means, as in kubectl: plural, singular or short name or kind, in any case
 * of letters, alone or followed by a group (`deployments.apps`) or by version and group
 * (`deployments.v1.apps`); or a category, `all`. None where the word means nothing; several for a
 * category, and where two groups have a resource of that name.
 */
export function resourcesOf<R extends Resource>(resources: readonly R[], word: string): R[] {
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
export function resourcesOfAll<R extends Resource>(
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
    const names = resources.map(resourceName).sort();
    throw new UsageError(problems, { advice: `It knows ${names.join(", ")}` });
  }
  return resources.filter((resource) => found.has(resource));
}

function spellings({ group, version, resource, kind, singular, shortNames }: Resource): string[] {
  const names = [resource, singular ?? kind, kind, ...(shortNames ?? [])].map((name) => name.toLowerCase());
  const suffix = group === "" ? "" : `.${group.toLowerCase()}`;
  return names.flatMap((name) => [name, `${name}${suffix}`, `${name}.${version}${suffix}`]);
}

function nearest(resources: readonly Resource[], word: string): string {
  const candidates = resources.flatMap(({ resource, kind, shortNames }) => [
    resource,
    kind.toLowerCase(),
    ...(shortNames ?? []),
  ]);
  return didYouMean(word.toLowerCase(), candidates);
}
