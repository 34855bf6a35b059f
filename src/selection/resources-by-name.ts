import { UsageError } from "../errors.ts";
import { coreFirst } from "../kubernetes/kind-titles.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/**
 * The resources with a name, as in kubectl. A name is a plural, singular or short name or a kind, in any case. It means
 * one resource: where several API groups have the name, that of the core group, otherwise the first in the order of the
 * API server, which a backup keeps. With a group (`deployments.apps`), or version and group (`deployments.v1.apps`), it
 * means that of the group. A short name counts only where no resource has the name in full. A category such as `all`
 * means all resources of the category.
 *
 * https://kubernetes.io/docs/reference/kubectl/generated/kubectl_get/
 *
 * @param resources in the order of the API server, or of a backup.
 */
export function resourcesByName<R extends Resource>(resources: readonly R[], word: string): R[] {
  const wanted = word.toLowerCase();
  const inCategory = resources.filter(({ categories }) => categories?.includes(wanted));
  return inCategory.length > 0 ? inCategory : candidates(resources, wanted).slice(0, 1);
}

/**
 * One sentence for each name that resources of several API groups have: which of them is meant, and how the others are
 * named.
 *
 * @param resources in the order of the API server, or of a backup.
 */
export function describeAmbiguousNames(resources: readonly Resource[], words: readonly string[]): string[] {
  return [...new Set(words.map((word) => word.toLowerCase()))].flatMap((word) => {
    const [meant] = resourcesByName(resources, word);
    const [first, ...others] = candidates(resources, word);
    if (meant === undefined || meant !== first || others.length === 0) return [];
    const title = ({ kind, group }: Resource) =>
      group === "" ? `${kind} of the core group` : `${kind}.${group}`;
    return `"${word}" means ${title(meant)}; for ${others.map(title).join(" or ")} write ${others.map(resourceName).join(" or ")}`;
  });
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

/** The resources that a name can mean, the one that is meant first. */
function candidates<R extends Resource>(resources: readonly R[], wanted: string): R[] {
  const inOrder = coreFirst(resources);
  const inFull = inOrder.filter((each) =>
    spellings(each, [each.resource, each.singular ?? each.kind, each.kind]).has(wanted),
  );
  return inFull.length > 0
    ? inFull
    : inOrder.filter((each) => spellings(each, each.shortNames ?? []).has(wanted));
}

/** The names of a resource alone, with its group, and with version and group. */
function spellings({ group, version }: Resource, names: readonly string[]): Set<string> {
  const suffix = group === "" ? "" : `.${group.toLowerCase()}`;
  return new Set(
    names
      .map((name) => name.toLowerCase())
      .flatMap((name) => [name, `${name}${suffix}`, `${name}.${version}${suffix}`]),
  );
}

function nearest(resources: readonly Resource[], word: string): string {
  const known = resources.flatMap(({ resource, kind, shortNames }) => [
    resource,
    kind.toLowerCase(),
    ...(shortNames ?? []),
  ]);
  return didYouMean(word.toLowerCase(), known);
}
