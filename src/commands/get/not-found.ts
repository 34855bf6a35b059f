import { distance } from "fastest-levenshtein";
import type { ManifestResource } from "../../archive/format/manifest.ts";
import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { OperatorError } from "../../errors.ts";
import { objectTitle } from "../../kubernetes/resource.ts";
import { EVERYTHING } from "../../selection/selection.ts";

/** An object that a backup does not hold. */
export interface MissingObject {
  resource: ManifestResource;
  /** Where it was looked for; undefined for a cluster-scoped one. */
  namespace: string | undefined;
  name: string;
}

/** So many names are proposed at most. */
const MOST_NAMES = 3;

/** Names that are that near, as a part of their length, may have been meant. */
const NEAR = 0.4;

/** What of an object is read to propose its name. */
interface ReadObject {
  metadata: { name: string; namespace?: string };
}

/** The error for objects that are not in a backup, with where they are, or what may have been meant. */
export async function notFound(
  archive: Archive,
  missing: readonly MissingObject[],
  signal: AbortSignal,
): Promise<OperatorError> {
  const titles = missing.map(({ resource, namespace, name }) =>
    objectTitle(resource.singular || resource.kind.toLowerCase(), { namespace, name }),
  );
  const advice: string[] = [];
  for (const each of missing) advice.push(await adviceFor(archive, each, signal));
  return new OperatorError(`Cannot find ${titles.join(", ")} in ${archive.name}`, {
    advice: [...new Set(advice)].join(". "),
  });
}

async function adviceFor(
  archive: Archive,
  { resource, namespace, name }: MissingObject,
  signal: AbortSignal,
): Promise<string> {
  const elsewhere: string[] = [];
  const names: string[] = [];
  const options = { selection: EVERYTHING, resources: [resource], parse };
  for await (const { object } of selectObjects(archive, options, signal)) {
    const { metadata } = object;
    if (metadata.namespace === namespace) names.push(metadata.name);
    else if (metadata.name === name && metadata.namespace !== undefined) elsewhere.push(metadata.namespace);
  }
  if (elsewhere.length > 0) return `${name} is in ${elsewhere.join(", ")}: say which with --namespace`;
  const near = nearest(name, names);
  if (near.length > 0) return `There is ${near.join(", ")}`;
  const where = namespace === undefined ? "" : ` --namespace ${namespace}`;
  return `kube-backup get ${resource.resource}${where} --from ${archive.name} shows what there is`;
}

/** The names that may have been meant, the nearest first. */
export function nearest(name: string, candidates: readonly string[]): string[] {
  const limit = (candidate: string) =>
    Math.max(2, Math.floor(NEAR * Math.max(name.length, candidate.length)));
  return candidates
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .filter(
      ({ candidate, far }) =>
        far <= limit(candidate) || candidate.startsWith(`${name}-`) || name.startsWith(`${candidate}-`),
    )
    .sort((left, right) => left.far - right.far)
    .slice(0, MOST_NAMES)
    .map(({ candidate }) => candidate);
}

function parse(text: string): ReadObject {
  return JSON.parse(text) as ReadObject;
}
