import { distance } from "fastest-levenshtein";
import type { ManifestResource } from "../../archive/format/manifest.ts";
import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { OperatorError } from "../../errors.ts";
import { objectTitle } from "../../kubernetes/resource.ts";
import { compileNamespaces } from "../../selection/namespaces.ts";
import { EVERYTHING } from "../../selection/selection.ts";
import { shellCommand } from "../../words/shell-command.ts";

/** An object that is not in the backup. */
export interface MissingObject {
  resource: ManifestResource;
  /** The namespaces searched, as -n has them; undefined for a cluster-scoped object. */
  namespace: string | undefined;
  name: string;
}

/** The maximum number of suggested names. */
const MAX_SUGGESTIONS = 3;

/** The maximum edit distance of a suggested name, as a fraction of the length. */
const MAX_RELATIVE_DISTANCE = 0.4;

/** The fields of an object that are read to suggest names. */
interface ReadObject {
  metadata: { name: string; namespace?: string };
}

/**
 * Creates the error for objects that are not in the backup. The message says where else such objects are, or suggests
 * names.
 */
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
  const isIn =
    namespace === undefined ? () => false : compileNamespaces({ includeNamespaces: namespace.split(",") });
  const options = { selection: EVERYTHING, resources: [resource], parse };
  for await (const { object } of selectObjects(archive, options, signal)) {
    const { metadata } = object;
    const here = metadata.namespace === undefined ? namespace === undefined : isIn(metadata.namespace);
    if (here) names.push(metadata.name);
    else if (metadata.name === name && metadata.namespace !== undefined) elsewhere.push(metadata.namespace);
  }
  if (elsewhere.length > 0) return `${name} is in ${elsewhere.join(", ")}: say which with --namespace`;
  const near = nearest(name, [...new Set(names)]);
  if (near.length > 0) return `There is ${near.join(", ")}`;
  const kind = resource.resource;
  const command =
    namespace === undefined
      ? shellCommand`kube-backup get ${archive.name} ${kind}`
      : shellCommand`kube-backup get --namespace=${namespace} ${archive.name} ${kind}`;
  return `${command} shows what there is`;
}

/** The names most similar to `name`, nearest first. */
function nearest(name: string, candidates: readonly string[]): string[] {
  const limit = (candidate: string) =>
    Math.max(2, Math.floor(MAX_RELATIVE_DISTANCE * Math.max(name.length, candidate.length)));
  return candidates
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .filter(
      ({ candidate, far }) =>
        far <= limit(candidate) || candidate.startsWith(`${name}-`) || name.startsWith(`${candidate}-`),
    )
    .sort((left, right) => left.far - right.far)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

function parse(text: string): ReadObject {
  return JSON.parse(text) as ReadObject;
}
