import { escapeInvisible } from "./visible.ts";

/** What no shell takes for anything but text. A word that begins with `=` is a path to zsh, and one with `~` to all. */
const PLAIN = /^(?!=)[-A-Za-z0-9_@%+=:,./]+$/;

/**
 * A command line for people to copy into a shell, with each value as one word, or part of a word, whatever it holds:
 *
 *     shellCommand`kubectl get -o yaml namespace/${name}`
 *
 * Flags stand before values that are words of their own: a value that begins with a dash gets `--` before it, so that
 * it is no flag.
 */
export function shellCommand(texts: TemplateStringsArray, ...values: readonly string[]): string {
  let command = texts[0] ?? "";
  for (const [index, value] of values.entries()) {
    if (value.startsWith("-") && / $/.test(command) && !/ -- /.test(command)) command += "-- ";
    command += shellWord(value) + (texts[index + 1] ?? "");
  }
  return command;
}

/**
 * A text as one word of a shell: as it is where it is plain, in single quotes otherwise. What is not visible is written
 * as bytes in `$'…'`, which bash, zsh, ksh, BusyBox and POSIX.1-2024 know.
 */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  const wellFormed = text.toWellFormed().replaceAll("\0", "\ufffd");
  if (escapeInvisible(wellFormed, () => "") === wellFormed) return `'${wellFormed.replaceAll("'", "'\\''")}'`;
  return `$'${escapeInvisible(wellFormed.replace(/[\\']/g, "\\$&"), octalBytes)}'`;
}

/** `\342\200\256`: three digits each, so that a digit behind belongs to none. */
function octalBytes(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
    .join("");
}
