import { readFile } from "node:fs/promises";
import type { Options } from "yargs";
import type { Archive } from "../../archive/reader.ts";
import { UsageError } from "../../errors.ts";
import type { Selection } from "../../selection/selection.ts";
import type { ShortcutFlag, ShortcutValues } from "../../transform/shortcuts.ts";
import type { ChangeSurvey } from "../../transform/survey-changes.ts";

/** What a command line says of changes to objects of a backup. */
export interface ChangeRequest {
  /** Paths of files of patches, in the order in which they are applied. */
  transforms: readonly string[];
  /** Flags that stand for files of patches, applied after those. */
  shortcuts?: ShortcutValues;
  /** Whether workloads are paused. */
  paused: boolean;
}

/** A backup whose objects are changed as they are read, and the look at all that is selected of it. */
export interface ChangedArchive {
  archive: Archive;
  survey(selection: Selection, signal: AbortSignal): Promise<ChangeSurvey>;
}

/** Flags that change one kind of value everywhere, OLD=NEW. */
export const SHORTCUT_OPTIONS = {
  "set-image": shortcut("Images of a registry, or below a path of it, come from another: OLD=NEW"),
  "set-storage-class": shortcut("Claims get another storage class: OLD=NEW"),
  "set-ingress-class": shortcut("Ingresses get another class: OLD=NEW"),
  "set-host": shortcut("Ingresses and routes get hosts of another domain: OLD=NEW"),
} as const satisfies Record<ShortcutFlag, Options>;

function shortcut(describe: string) {
  return { describe, type: "string", array: true, requiresArg: true } as const satisfies Options;
}

/** The values of these flags. */
export function shortcutValues(flags: ShortcutValues): ShortcutValues {
  const names = Object.keys(SHORTCUT_OPTIONS) as ShortcutFlag[];
  return Object.fromEntries(
    names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
}

/** Nothing is changed. */
const NOTHING: ChangeSurvey = { transformed: [], notes: [] };

/**
 * Reads the files of patches. Without any, and with nothing to pause, nothing is loaded and archives stay as they are.
 *
 * @throws {UsageError} with all problems of a file's form.
 */
export async function readChanges({
  transforms: files,
  shortcuts = {},
  paused,
}: ChangeRequest): Promise<(archive: Archive) => ChangedArchive> {
  const isShort = Object.keys(shortcuts).length > 0;
  if (files.length === 0 && !isShort && !paused)
    return (archive) => ({ archive, survey: async () => NOTHING });
  const [{ parseTransform }, { readShortcuts }, { TransformedArchive }, { surveyChanges }, { applyPatch }] =
    await Promise.all([
      import("../../transform/transform-file.ts"),
      import("../../transform/shortcuts.ts"),
      import("../../transform/transformed-archive.ts"),
      import("../../transform/survey-changes.ts"),
      import("rfc6902"),
    ]);
  const short = readShortcuts(shortcuts);
  if (short.problems.length > 0) throw new UsageError(short.problems);
  const texts = await Promise.all(files.map(readText));
  const ofFiles = texts.map((text, index) => parseTransform(files[index] ?? "", text));
  const transforms = [...ofFiles, ...short.transforms];
  const changes = { transforms, paused, apply: applyPatch };
  return (archive) => {
    const changed = new TransformedArchive(archive, changes);
    return { archive: changed, survey: (selection, signal) => surveyChanges(changed, selection, signal) };
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `the file is not readable (${code})`;
    throw new UsageError([`Cannot read the patches ${file}: ${reason}`], {
      cause: error,
      advice: "Name a readable file with --transform",
    });
  }
}
