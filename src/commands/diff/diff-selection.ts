import type { ComparedSide } from "../../compare/compared-side.ts";
import { UsageError } from "../../errors.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { compileSelection, type Selection } from "../../selection/selection.ts";
import { didYouMean } from "../../words/did-you-mean.ts";

/** The flags of `diff` that select objects. */
export interface DiffSelectionFlags {
  namespace?: string | undefined;
  "all-namespaces": boolean;
  "include-namespaces"?: string[] | undefined;
  "exclude-namespaces"?: string[] | undefined;
  "include-kinds"?: string[] | undefined;
  "exclude-kinds"?: string[] | undefined;
  selector?: string | undefined;
}

/** The selection of objects to compare. Without flags, all objects. */
export function diffSelection(
  flags: DiffSelectionFlags,
  resources: readonly Resource[],
  where: string,
): Selection {
  return compileSelection(
    {
      includeNamespaces: includedNamespaces(flags),
      excludeNamespaces: flags["exclude-namespaces"],
      includeKinds: flags["include-kinds"],
      excludeKinds: flags["exclude-kinds"],
      selector: flags.selector,
    },
    resources,
    where,
  );
}

/** The names of kinds in the flags. */
export function namedKinds(flags: DiffSelectionFlags): string[] {
  return [...(flags["include-kinds"] ?? []), ...(flags["exclude-kinds"] ?? [])];
}

/** The namespaces, when all of them are literal names. Undefined without names or with patterns. */
export function literalNamespaces(flags: DiffSelectionFlags): readonly string[] | undefined {
  const included = includedNamespaces(flags);
  return included?.every(isLiteral) ? [...new Set(included)] : undefined;
}

/**
 * Rejects the name of a namespace that neither side has. An empty comparison would hide the typo.
 *
 * @throws {UsageError} with the nearest name.
 */
export function rejectUnknownNamespaces(
  flags: DiffSelectionFlags,
  left: ComparedSide,
  right: ComparedSide,
): void {
  const all = [...new Set([...left.namespaces, ...right.namespaces])];
  const problems = (includedNamespaces(flags) ?? [])
    .filter((name) => isLiteral(name) && !all.includes(name))
    .map(
      (name) =>
        `"${name}" is no namespace of ${left.side.name} or ${right.side.name}${didYouMean(name, all)}`,
    );
  if (problems.length === 0) return;
  throw new UsageError(problems, {
    advice:
      "See which there are with kube-backup diff --include-kinds namespaces; kube-system is never in a backup",
  });
}

function includedNamespaces(flags: DiffSelectionFlags): string[] | undefined {
  if (flags["all-namespaces"]) return undefined;
  const { namespace, "include-namespaces": included } = flags;
  return namespace === undefined ? included : [namespace, ...(included ?? [])];
}

/** Whether a name is literal, not a pattern. */
function isLiteral(name: string): boolean {
  return /^[-a-z0-9]+$/.test(name);
}
