/**
 * The parts that every start loads, in one script: one text to read and one code cache instead of a hundred.
 * `bundle.ts` writes them as files of their own, since esbuild shares code between parts that way.
 */

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { METAFILE } from "./bundle.ts";
import { MAIN_PART, START_SCRIPT, scriptOf } from "./part-loader.ts";

/** What esbuild tells of a part, as far as it is used here. */
export interface BundledPart {
  imports: readonly { path: string; kind: string; external?: boolean }[];
}

/** Writes {@link START_SCRIPT} into the folder of a bundle. Returns the names of the parts that it holds. */
export async function writeStartScript(bundle: string): Promise<string[]> {
  const { outputs } = JSON.parse(await readFile(path.join(bundle, METAFILE), "utf8")) as {
    outputs: Record<string, BundledPart>;
  };
  const names = startParts(
    new Map(Object.entries(outputs).map(([file, part]) => [path.basename(file), part])),
  );
  const parts = await Promise.all(
    names.map(async (name) => ({ name, code: await readFile(path.join(bundle, name), "latin1") })),
  );
  await writeFile(path.join(bundle, START_SCRIPT), scriptOf(parts), "latin1");
  return names;
}

/** The first part and all that it imports without `import()`, directly or not, in a stable order. */
export function startParts(parts: ReadonlyMap<string, BundledPart>): string[] {
  const reached = new Set([MAIN_PART]);
  for (const name of reached) {
    for (const { path: file, kind, external } of parts.get(name)?.imports ?? [])
      if (kind === "import-statement" && external !== true) reached.add(path.basename(file));
  }
  return [MAIN_PART, ...[...reached].filter((name) => name !== MAIN_PART).sort()];
}
