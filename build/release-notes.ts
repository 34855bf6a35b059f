/** `node build/release-notes.ts v1.2.3` prints the section of a version from CHANGELOG.md. */

import { readFile } from "node:fs/promises";
import process from "node:process";
import packageJson from "../package.json" with { type: "json" };

/** Options of {@link releaseNotes}. */
export interface ReleaseNotesOptions {
  tag: string;
  version: string;
  changelog: string;
}

/**
 * Extracts the section of a version from the changelog.
 *
 * @throws {Error} when the tag does not match the version, or the section is empty.
 */
export function releaseNotes({ tag, version, changelog }: ReleaseNotesOptions): string {
  if (tag !== `v${version}`) {
    throw new Error(
      `Cannot release ${tag}: package.json has the version ${version}, whose tag is v${version}`,
    );
  }
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined)
    throw new Error(`Cannot release ${tag}: CHANGELOG.md has no section [${version}]`);
  const notes = section.slice(section.indexOf("\n") + 1).trim();
  // Headings and the link definitions at the end are no content.
  const content = notes.split("\n").filter((line) => line.trim() !== "" && !/^(#|\[[^\]]+\]: )/.test(line));
  if (content.length === 0)
    throw new Error(`Cannot release ${tag}: CHANGELOG.md says nothing under [${version}]`);
  return `${notes}\n`;
}

if (import.meta.main) {
  try {
    const changelog = await readFile("CHANGELOG.md", "utf8");
    const tag = process.argv[2] ?? "";
    process.stdout.write(releaseNotes({ tag, version: packageJson.version, changelog }));
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
