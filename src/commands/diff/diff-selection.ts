import type { ComparedSide } from "../../compare/compared-side.ts";
import { UsageError } from "../../errors.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { compileSelection, type Selection } from "../../selection/selection.ts";
import { didYouMean } from "../../words/did-you-mean.ts";

/** What the command line of `diff` says of which objects to compare. */
export interface DiffSelectionFlags {
  namespace?: string | undefined;
  "all-namespaces": boolean;
  "include-namespaces"?: string[] | undefined;
  "exclude-namespaces"?: string[] | undefined;
  "include-kinds"?: string[] | undefined;
  "exclude-kinds"?: string[] | undefined;
  selector?: string | undefined;
}

/** The objects that are to be compared; without flags, all of them. */
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

/** The namespaces to look in by their names; undefined where there are all of them or patterns. */
export function plainNamespaces(flags: DiffSelectionFlags): readonly string[] | undefined {
  const included = includedNamespaces(flags);
  return included?.every(isPlain) ? [...new Set(included)] : undefined;
}

/**
 * Refuses the name of a namespace that neither side has: that nothing differs in it would say nothing.
 *
 * @throws {UsageError} with the nearest name that there is.
 */
export function refuseUnknown(flags: DiffSelectionFlags, left: ComparedSide, right: ComparedSide): void {
  const all = [...new Set([...left.namespaces, ...right.namespaces])];
  const problems = (includedNamespaces(flags) ?? [])
    .filter((name) => isPlain(name) && !all.includes(name))
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

/** Whether a name is no pattern. */
function isPlain(name: string): boolean {
  return /^[-a-z0-9]+$/.test(name);
}
