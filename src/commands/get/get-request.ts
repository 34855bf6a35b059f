import { UsageError } from "../../errors.ts";
import { type OutputFormat, parseOutputFormat } from "../../print/output-format.ts";
import { compileSelection, type NamedObject } from "../../selection/selection.ts";

/** The flags of `kube-backup get` that select objects. */
export interface GetFlags {
  resources?: readonly string[] | undefined;
  namespace?: string | undefined;
  "all-namespaces": boolean;
  selector?: string | undefined;
  "field-selector"?: string | undefined;
  output: string;
}

/** The objects that a command line requests. */
export interface GetRequest {
  kinds: readonly string[];
  /** The named objects, in order. Undefined when all objects of the kinds are requested. */
  objects: readonly NamedObject[] | undefined;
  format: OutputFormat;
}

/**
 * Parses the request in kubectl's forms: `deploy`, `deploy,svc`, `deploy web api`, `deploy/web svc/x`.
 *
 * @throws {UsageError} when the words have none of these forms, or a flag contradicts the words.
 */
export function readGetRequest(flags: GetFlags): GetRequest {
  for (const name of ["namespace", "selector", "field-selector", "output"] as const) {
    if (Array.isArray(flags[name])) throw new UsageError([`--${name} is given more than once: give it once`]);
  }
  const words = readWords(flags.resources ?? []);
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
  if (flags.namespace !== undefined && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(flags.namespace))
    problems.push(`--namespace ${JSON.stringify(flags.namespace)} is no namespace's name`);
  if (problems.length > 0) throw new UsageError(problems);
  // Invalid selectors are reported before the backup is opened.
  compileSelection({ selector: flags.selector, fieldSelector: flags["field-selector"] }, [], "");
  return { ...words, format: parseOutputFormat(flags.output) };
}

function readWords(words: readonly string[]): Pick<GetRequest, "kinds" | "objects"> {
  const [first, ...names] = words;
  if (first === undefined)
    throw new UsageError(["KIND is missing: name what to show, for example deployments, deploy/web or all"]);
  if (words.some((word) => word.includes("/"))) return readSlashed(words);
  const kinds = first.split(",").filter((kind) => kind !== "");
  if (kinds.length === 0) throw new UsageError([`"${first}" names no kind`]);
  if (names.length === 0) return { kinds, objects: undefined };
  return { kinds, objects: kinds.flatMap((kind) => names.map((name) => ({ kind, name }))) };
}

function readSlashed(words: readonly string[]): Pick<GetRequest, "kinds" | "objects"> {
  const objects = words.map((word) => {
    const [, kind, name] = /^([^/,\s]+)\/([^/\s]+)$/.exec(word) ?? [];
    if (kind === undefined || name === undefined)
      throw new UsageError([`"${word}" is not KIND/NAME: beside one such, all must be`]);
    return { kind, name };
  });
  return { kinds: [...new Set(objects.map(({ kind }) => kind))], objects };
}
