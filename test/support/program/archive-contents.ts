/** An archive as anybody can read it: unzipped, without this program. */

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import JSZip from "jszip";

/** A file's text by its path in the archive. */
export type ArchiveContents = Map<string, string>;

/** Unzips an archive. */
export async function unzip(bytes: Uint8Array): Promise<ArchiveContents> {
  const zip = await JSZip.loadAsync(bytes);
  const contents: ArchiveContents = new Map();
  for (const file of Object.values(zip.files)) {
    if (!file.dir) contents.set(file.name, await file.async("string"));
  }
  return contents;
}

/** Unzips the newest archive of a folder. */
export async function unzipNewest(folder: string): Promise<ArchiveContents> {
  const newest = (await readdir(folder))
    .filter((name) => name.endsWith(".zip"))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`There is no archive in ${folder}`);
  return await unzip(await readFile(path.join(folder, newest)));
}

/** Objects of a resource in a namespace. */
// biome-ignore lint/suspicious/noExplicitAny: tests read objects of every kind.
export function objectsOf(contents: ArchiveContents, namespace: string, resource: string): any[] {
  return JSON.parse(contents.get(`namespaces/${namespace}/${resource}.json`) ?? '{"items":[]}').items;
}

/**
 * What the archive holds of the cluster: without what names the one archive and its moment, and without the
 * times at which managers wrote.
 */
export function clusterContents(contents: ArchiveContents): Record<string, string> {
  const files = [...contents]
    .filter(([name]) => name.includes("/"))
    .map(([name, text]): [string, string] => [
      name,
      /\.(managers|status)\.jsonl$/.test(name) ? timeless(text) : text,
    ]);
  return Object.fromEntries(files.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The API server sorts managers by the time at which they wrote. */
function timeless(lines: string): string {
  return lines
    .split("\n")
    .map((line) => {
      if (line === "") return line;
      const end = line.lastIndexOf('"managers":');
      const { managers = [] } = JSON.parse(line) as { managers?: { time?: string }[] };
      const texts = managers.map(({ time: _, ...manager }) => JSON.stringify(manager));
      return `${line.slice(0, end)}${texts.sort().join(" ")}`;
    })
    .join("\n");
}
