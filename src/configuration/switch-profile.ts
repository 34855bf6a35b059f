/** Another current profile in the text of a configuration file, without I/O. */

import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, parseDocument } from "yaml";
import { UsageError } from "../errors.ts";
import { CURRENT, parseConfiguration } from "./parse-configuration.ts";
import { unknownProfile } from "./unknown-profile.ts";

/**
 * The text with another `current-profile`, and every other character as it is: comments, order and quotes are somebody's.
 *
 * @param file what messages call the file.
 * @throws {UsageError} where the file cannot be used, has no profile of that name, or is written in a way that has no place
 * for another value.
 */
export function switchProfile(text: string, { name, file }: { name: string; file: string }): string {
  const before = contentOf(text);
  if (before === undefined) throw unchanged(file, name);
  // The profile of before may be gone: this is how to name another.
  const configuration = parseConfiguration(withoutCurrent(before));
  if ("problems" in configuration)
    throw new UsageError(configuration.problems.map((problem) => `${file}: ${problem}`));
  const names = [...configuration.profiles.keys()];
  if (!names.includes(name)) throw unknownProfile(name, { said: JSON.stringify(name), file, names });
  const switched = replaceCurrent(text, name);
  const after = contentOf(switched);
  const isRight =
    after?.get(CURRENT) === name && isDeepStrictEqual(withoutCurrent(after), withoutCurrent(before));
  if (!isRight) throw unchanged(file, name);
  return switched;
}

/** The map that the text is; undefined where it is none. */
function contentOf(text: string): Map<string, unknown> | undefined {
  const document = parseDocument(text, { schema: "failsafe", stringKeys: true });
  if (document.errors.length > 0) return undefined;
  const content: unknown = document.toJS({ mapAsMap: true });
  return content instanceof Map ? content : undefined;
}

function withoutCurrent(content: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...content].filter(([name]) => name !== CURRENT));
}

function replaceCurrent(text: string, name: string): string {
  const { contents } = parseDocument(text, { schema: "failsafe", stringKeys: true });
  if (!isMap(contents)) return text;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === CURRENT);
  const range = isScalar(pair?.value) ? pair.value.range : undefined;
  if (range) {
    const [start, end] = range;
    const space = /\s$/.test(text.slice(0, start)) ? "" : " ";
    return `${text.slice(0, start)}${space}${name}${text.slice(end)}`;
  }
  const start = contents.range?.[0] ?? 0;
  if (contents.flow === true)
    return `${text.slice(0, start + 1)} ${CURRENT}: ${name},${text.slice(start + 1)}`;
  const [indent = ""] = /[ \t]*$/.exec(text.slice(0, start)) ?? [];
  return `${text.slice(0, start)}${CURRENT}: ${name}\n${indent}${text.slice(start)}`;
}

function unchanged(file: string, name: string): UsageError {
  return new UsageError([`Cannot switch to the profile ${name}: ${file} has no place for it`], {
    advice: `Write it by hand: ${CURRENT}: ${name}`,
  });
}
