import { UsageError } from "../../errors.ts";
import { FLAG_NAMESPACE } from "../../objects/objects-left-out.ts";

/** Names of namespaces in a backup, and the names under which they come back. */
export type NamespaceMapping = ReadonlyMap<string, string>;

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Namespaces that are never restored into. */
const RESERVED = ["kube-system", FLAG_NAMESPACE];

/** What a mapping is judged by. */
export interface MappingFacts {
  /** Names of the namespaces that the backup holds. */
  namespaces: readonly string[];
  /** Whether objects of this namespace are asked for; all are by default. */
  selected?: ((namespace: string) => boolean) | undefined;
  /** What holds them, to be named in errors: "backup_…". */
  where: string;
}

/**
 * Checks which namespaces are to come back under which names.
 *
 * @param pairs names in the backup and names in the cluster, as they were asked for.
 * @throws {UsageError} naming every name that is none or that is wrong here, and namespaces that would end in one.
 */
export function checkNamespaceMapping(
  pairs: Iterable<readonly [string, string]>,
  { namespaces, selected = () => true, where }: MappingFacts,
): NamespaceMapping {
  const problems: string[] = [];
  const mapping = new Map<string, string>();
  for (const [from, to] of pairs) {
    const title = `Namespace mapping ${from}:${to}`;
    if (!namespaces.includes(from)) problems.push(`${title}: ${where} holds no namespace ${from}`);
    if (!DNS_LABEL.test(to))
      problems.push(
        `${title}: "${to}" is no namespace's name: up to 63 small letters, digits and "-", which stands at neither end`,
      );
    else if (RESERVED.includes(to)) problems.push(`${title}: nothing is restored into ${to}`);
    if (from === to) problems.push(`${title}: it maps the namespace onto itself`);
    const before = mapping.get(from);
    if (before !== undefined) problems.push(`${title}: ${from} is mapped already, to ${before}`);
    mapping.set(from, to);
  }
  // Who ends where: two of them in one namespace would write over each other.
  const origins = new Map<string, string>();
  for (const from of new Set([...mapping.keys(), ...namespaces.filter(selected)])) {
    const to = mapping.get(from) ?? from;
    const other = origins.get(to);
    if (other !== undefined) problems.push(`The namespaces ${other} and ${from} would both end in ${to}`);
    origins.set(to, from);
  }
  if (problems.length > 0) {
    throw new UsageError(problems, {
      advice: `Map namespaces of the backup, each to a name of its own: ${namespaces.join(", ")}`,
    });
  }
  return mapping;
}
