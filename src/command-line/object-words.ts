import { UsageError } from "../errors.ts";
import type { NamedObject } from "../selection/selection.ts";

/** The kinds and objects that a command line names, in kubectl's forms. */
export interface ObjectWords {
  kinds: readonly string[];
  /** The named objects, in order. Undefined where all objects of the kinds are meant. */
  objects: readonly NamedObject[] | undefined;
}

/**
 * Reads `deploy`, `deploy,svc`, `deploy web api`, `deploy/web svc/x`. No words are no kinds.
 *
 * @throws {UsageError} when the words have none of these forms.
 */
export function readObjectWords(words: readonly string[]): ObjectWords {
  const [first, ...names] = words;
  if (first === undefined) return { kinds: [], objects: undefined };
  if (words.some((word) => word.includes("/"))) return readSlashed(words);
  const kinds = first.split(",").filter((kind) => kind !== "");
  if (kinds.length === 0) throw new UsageError([`"${first}" names no kind`]);
  const problems = kinds.filter((kind) => TIME.test(kind)).map(noKind);
  if (problems.length > 0) throw new UsageError(problems);
  if (names.length === 0) return { kinds, objects: undefined };
  return { kinds, objects: kinds.flatMap((kind) => names.map((name) => ({ kind, name }))) };
}

/** Words that mean a time, or the newest backup. No kind begins with a digit. */
const TIME = /^(?:\d.*|yesterday|today|now|newest|last)$/;

function noKind(word: string): string {
  return `"${word}" is no kind, and no backup's name: write latest, a name as kube-backup list shows it, or a time as --at 36h`;
}

function readSlashed(words: readonly string[]): ObjectWords {
  const problems: string[] = [];
  const objects = words.map((word) => {
    const [, kind = "", name = ""] = /^([^/,\s]+)\/([^/\s]+)$/.exec(word) ?? [];
    if (kind === "") {
      problems.push(
        word.includes("/")
          ? `"${word}" names no object: write KIND/NAME, deployment/web`
          : `"${word}" is not KIND/NAME: beside one such, all must be`,
      );
    }
    return { kind, name };
  });
  if (problems.length > 0) throw new UsageError(problems);
  return { kinds: [...new Set(objects.map(({ kind }) => kind))], objects };
}
