import { splitWords } from "../../command-line/backup-argument.ts";
import { readObjectWords } from "../../command-line/object-words.ts";
import { namespaceProblems } from "../../command-line/target-namespaces.ts";
import { UsageError } from "../../errors.ts";
import type { Path } from "../../print/jsonpath/parse-jsonpath.ts";
import { type OutputFormat, parseOutputFormat } from "../../print/output-format.ts";
import { parseSortBy } from "../../print/sort-objects.ts";
import { compileSelection, type NamedObject } from "../../selection/selection.ts";

/** The flags of `kube-backup get` that select objects. */
export interface GetFlags {
  words?: readonly string[] | undefined;
  namespace?: readonly string[] | undefined;
  "all-namespaces": boolean;
  selector?: string | undefined;
  "field-selector"?: string | undefined;
  "sort-by"?: string | undefined;
  output: string;
}

/** The objects that a command line requests. */
export interface GetRequest {
  /** The BACKUP among the words. */
  backup: string | undefined;
  kinds: readonly string[];
  /** The named objects, in order. Undefined when all objects of the kinds are requested. */
  objects: readonly NamedObject[] | undefined;
  format: OutputFormat;
  /** The field in whose order the objects come, as it was written too. */
  sortBy: { path: Path; text: string } | undefined;
}

/**
 * Parses the request in kubectl's forms, of which the first word may be a backup: `deploy`, `deploy,svc`, `latest deploy web`,
 * `deploy/web svc/x`.
 *
 * @throws {UsageError} when the words have none of these forms, or a flag contradicts the words.
 */
export function readGetRequest(flags: GetFlags): GetRequest {
  for (const name of ["selector", "field-selector", "sort-by", "output"] as const) {
    if (Array.isArray(flags[name])) throw new UsageError([`--${name} is given more than once: give it once`]);
  }
  const { backups, others } = splitWords(flags.words ?? []);
  const [backup, ...more] = backups;
  if (more.length > 0)
    throw new UsageError([`"${more.join(" ")}" is too much after BACKUP "${backup}": get shows one backup`]);
  const words = readObjectWords(others);
  if (words.kinds.length === 0)
    throw new UsageError(["KIND is missing: name what to show, for example deployments, deploy/web or all"]);
  const problems: string[] = [];
  if (words.objects !== undefined) {
    for (const name of ["selector", "field-selector"] as const) {
      if (flags[name] !== undefined)
        problems.push(`--${name} does not go with names: give the one or the other`);
    }
    if (flags["all-namespaces"])
      problems.push("--all-namespaces does not go with names: say which namespace with --namespace");
  }
  if (flags["all-namespaces"] && flags.namespace !== undefined)
    problems.push("--namespace and --all-namespaces both say where: give one of them");
  problems.push(...namespaceProblems(flags.namespace));
  if (problems.length > 0) throw new UsageError(problems);
  // Invalid selectors are reported before the backup is opened.
  compileSelection({ selector: flags.selector, fieldSelector: flags["field-selector"] }, [], "");
  const text = flags["sort-by"];
  const sortBy = text === undefined ? undefined : { path: parseSortBy(text), text };
  return { backup, ...words, format: parseOutputFormat(flags.output), sortBy };
}
