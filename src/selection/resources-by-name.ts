import { UsageError } from "../errors.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/**
 * The resources with a name, as in kubectl. A name is a plural, singular or short name or a kind, in any
 * case, optionally followed by a group (`deployments.apps`) or by version and group (`deployments.v1.apps`),
 * or a category such as `all`. A category, or a name that several groups have, returns several resources.
 */
export function resourcesByName<R extends Resource>(resources: readonly R[], word: string): R[] {
  const wanted = word.toLowerCase();
  return resources.filter(
    (resource) =>
      resource.categories?.includes(wanted) || spellings(resource).some((name) => name === wanted),
  );
}

/**
 * The resources with any of several names.
 *
 * @param where the source of the resources, for errors: "backup_…".
 * @throws {UsageError} naming each unknown name, with the most similar known name.
 */
export function resourcesByNames<R extends Resource>(
  resources: readonly R[],
  words: readonly string[],
  where: string,
): R[] {
  const problems: string[] = [];
  const found = new Set<R>();
  for (const word of words) {
    const matched = resourcesByName(resources, word);
    for (const resource of matched) found.add(resource);
    if (matched.length === 0)
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
