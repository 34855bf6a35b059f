import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** A file, and a file that it imports: paths below one folder of sources, with forward slashes. */
export interface Import {
  from: string;
  to: string;
}

/** Static, lazy and side-effect imports of this project's own files. */
const IMPORTS = /(?:\bfrom|\bimport\s*\(?)\s*"(\.{1,2}\/[^"]+)"/g;

/** All imports within a folder of sources. */
export async function importsWithin(root: string): Promise<{ files: string[]; imports: Import[] }> {
  const entries = await readdir(root, { recursive: true });
  const files = entries.filter((file) => file.endsWith(".ts")).map((file) => file.replaceAll(path.sep, "/"));
  const imports: Import[] = [];
  for (const from of files) {
    const text = await readFile(path.join(root, from), "utf8");
    for (const [, specifier = ""] of text.matchAll(IMPORTS)) {
      const to = path.posix.join(path.posix.dirname(from), specifier);
      // package.json, which version.ts reads, is no source.
      if (!to.startsWith("..")) imports.push({ from, to });
    }
  }
  return { files: files.sort(), imports };
}

/** The imports that the layers do not allow; `unlisted`: files of no layer. */
export function checkLayers(
  layers: Readonly<Record<string, readonly string[]>>,
  { files, imports }: { files: readonly string[]; imports: readonly Import[] },
): { forbidden: string[]; unlisted: string[] } {
  const forbidden = imports.filter(({ from, to }) => {
    const layer = layerOf(layers, from);
    if (layer === undefined || isWithin(to, layer)) return false;
    return layers[layer]?.some((allowed) => isWithin(to, allowed)) !== true;
  });
  return {
    forbidden: forbidden.map(({ from, to }) => `${from} imports ${to}`),
    unlisted: files.filter((file) => layerOf(layers, file) === undefined),
  };
}

/** A path of folders through imports that ends where it began, or undefined where there is none. */
export function folderCycle(imports: readonly Import[]): string[] | undefined {
  const arrows = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [source, target] = [folderOf(from), folderOf(to)];
    if (source !== target) arrows.set(source, (arrows.get(source) ?? new Set()).add(target));
  }
  const done = new Set<string>();
  const walk = (folder: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return undefined;
    for (const next of arrows.get(folder) ?? []) {
      const cycle = walk(next, [...way, folder]);
      if (cycle !== undefined) return cycle;
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of arrows.keys()) {
    const cycle = walk(folder, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Files at the top are folders of their own: errors.ts is a leaf, main.ts imports all. */
function folderOf(file: string): string {
  const folder = path.posix.dirname(file);
  return folder === "." ? file : folder;
}

function layerOf(layers: Readonly<Record<string, readonly string[]>>, file: string): string | undefined {
  return Object.keys(layers)
    .filter((layer) => isWithin(file, layer))
    .sort((left, right) => right.length - left.length)[0];
}

function isWithin(file: string, layer: string): boolean {
  return file === layer || file.startsWith(`${layer}/`);
}
