import { UsageError } from "../../errors.ts";
import { FLAG_NAMESPACE } from "../../objects/objects-left-out.ts";

/** Namespaces of a backup, and the names under which they are restored. */
export type NamespaceMapping = ReadonlyMap<string, string>;

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Namespaces that no object is restored into. */
const RESERVED = ["kube-system", FLAG_NAMESPACE];

/** What a mapping is checked against. */
export interface MappingFacts {
  /** Names of the namespaces in the backup. */
  namespaces: readonly string[];
  /** Whether objects of a namespace are selected; all are by default. */
  selected?: ((namespace: string) => boolean) | undefined;
  /** The name of the backup, for errors: "backup_…". */
  where: string;
}

/**
 * Checks a namespace mapping.
 *
 * @param pairs names in the backup and names in the cluster, as the user wrote them.
 * @throws {UsageError} with every name that is invalid or does not fit, and every two namespaces that would become one.
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
    else if (!selected(from)) problems.push(`${title}: nothing of ${from} is to be restored`);
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
  // Two namespaces that become one would overwrite each other's objects.
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
