import { type ObjectWords, readObjectWords } from "../../command-line/object-words.ts";
import {
  isLiteral,
  namespaceProblems,
  type TargetNamespacesOptions,
  targetNamespaces,
} from "../../command-line/target-namespaces.ts";
import type { ComparedSide } from "../../compare/compared-side.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import { resourcesByName } from "../../selection/resources-by-name.ts";
import { compileSelection, type Selection } from "../../selection/selection.ts";
import { compileWords } from "../../selection/words-selection.ts";
import { didYouMean } from "../../words/did-you-mean.ts";

/** The flags of `diff` that select objects. */
export interface DiffSelectionFlags {
  namespace?: readonly string[] | undefined;
  "all-namespaces": boolean;
  "include-namespaces"?: string[] | undefined;
  "exclude-namespaces"?: string[] | undefined;
  "include-kinds"?: string[] | undefined;
  "exclude-kinds"?: string[] | undefined;
  selector?: string | undefined;
}

/** What a command line asks to compare. */
export interface DiffRequest extends ObjectWords {
  flags: DiffSelectionFlags;
  /** Names and patterns of the namespaces of what the words name; undefined for all, and without words. */
  homes: readonly string[] | undefined;
}

/**
 * The kinds and objects of the words, and where they are.
 *
 * @throws {UsageError} when flags contradict the words.
 */
export async function readDiffRequest(
  words: readonly string[],
  { flags, settings }: { flags: DiffSelectionFlags; settings: TargetNamespacesOptions["settings"] },
): Promise<DiffRequest> {
  const { kinds, objects } = readObjectWords(words);
  const problems = namespaceProblems(flags.namespace);
  if (kinds.length > 0) {
    for (const name of ["include-kinds", "exclude-kinds", "exclude-namespaces"] as const)
      if (flags[name] !== undefined)
        problems.push(
          `--${name} does not go with kinds and objects that are named: give the one or the other`,
        );
    if (objects !== undefined && flags.selector !== undefined)
      problems.push("--selector does not go with names: give the one or the other");
  }
  if (problems.length > 0) throw new UsageError(problems);
  const everywhere = kinds.length === 0 || flags["all-namespaces"];
  const namespaces = includedNamespaces(flags);
  return {
    flags,
    kinds,
    objects,
    homes: everywhere ? undefined : await targetNamespaces({ namespaces, settings }),
  };
}

/** The selection of objects to compare. Without words and flags, all objects. */
export function diffSelection(
  { flags, kinds, objects, homes }: DiffRequest,
  resources: readonly Resource[],
  where: string,
): Selection {
  if (kinds.length > 0) {
    const { selector } = flags;
    return compileWords({ kinds, objects, namespaces: homes, selector }, resources, where);
  }
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

/** The names of kinds in the words and flags. */
export function namedKinds({ flags, kinds }: DiffRequest): string[] {
  return [...kinds, ...(flags["include-kinds"] ?? []), ...(flags["exclude-kinds"] ?? [])];
}

/**
 * The namespaces, when all of them are literal names. Undefined without names or with patterns, and where the words name a
 * kind that is in no namespace.
 *
 * @param resources those of the backup.
 */
export function literalNamespaces(
  { flags, kinds, homes }: DiffRequest,
  resources: readonly Resource[],
): readonly string[] | undefined {
  const isApart = (kind: string) => resourcesByName(resources, kind).some(({ namespaced }) => !namespaced);
  if (kinds.some(isApart)) return undefined;
  const included = homes ?? includedNamespaces(flags);
  return included?.every(isLiteral) ? [...new Set(included)] : undefined;
}

/**
 * Rejects the name of a namespace that neither side has. An empty comparison would hide the typo.
 *
 * @throws {UsageError} with the nearest name.
 */
export function rejectUnknownNamespaces(
  { flags }: DiffRequest,
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
  return namespace === undefined ? included : [...namespace, ...(included ?? [])];
}

/** Remembers which of the named objects a comparison has seen: one that neither side has is no object that is alike. */
export function seenObjects(
  selection: Selection,
  { objects = [], homes }: DiffRequest,
): { selection: Selection; rejectUnseen(resources: readonly Resource[], sides: string): void } {
  const seen = new Set<string>();
  return {
    selection: {
      ...selection,
      object: (resource, object) => {
        const selected = selection.object(resource, object);
        if (selected) seen.add(`${resourceName(resource)}/${object.metadata?.name}`);
        return selected;
      },
    },
    rejectUnseen: (resources, sides) => {
      const unseen = objects.filter(
        ({ kind, name }) =>
          !resourcesByName(resources, kind).some((each) => seen.has(`${resourceName(each)}/${name}`)),
      );
      if (unseen.length === 0) return;
      const names = unseen.map(({ kind, name }) => `${kind}/${name}`).join(", ");
      const where = homes === undefined ? "" : ` in the namespace ${homes.join(", ")}`;
      throw new OperatorError(`Cannot compare ${names}: neither ${sides} has it${where}`, {
        advice: "Say where it is with --namespace, or -A for all",
      });
    },
  };
}
