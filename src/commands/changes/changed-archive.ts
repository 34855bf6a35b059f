import { readFile } from "node:fs/promises";
import type { Archive } from "../../archive/reader.ts";
import { UsageError } from "../../errors.ts";
import type { Selection } from "../../selection/selection.ts";
import type { ChangeSurvey } from "../../transform/survey-changes.ts";

/** What a command line says of changes to objects of a backup. */
export interface ChangeRequest {
  /** Paths of files of patches, in the order in which they are applied. */
  transforms: readonly string[];
  /** Whether workloads are paused. */
  paused: boolean;
}

/** A backup whose objects are changed as they are read, and the look at all that is selected of it. */
export interface ChangedArchive {
  archive: Archive;
  survey(selection: Selection, signal: AbortSignal): Promise<ChangeSurvey>;
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
  paused,
}: ChangeRequest): Promise<(archive: Archive) => ChangedArchive> {
  if (files.length === 0 && !paused) return (archive) => ({ archive, survey: async () => NOTHING });
  const [{ parseTransform }, { TransformedArchive }, { surveyChanges }, { applyPatch }] = await Promise.all([
    import("../../transform/transform-file.ts"),
    import("../../transform/transformed-archive.ts"),
    import("../../transform/survey-changes.ts"),
    import("rfc6902"),
  ]);
  const texts = await Promise.all(files.map(readText));
  const transforms = texts.map((text, index) => parseTransform(files[index] ?? "", text));
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
