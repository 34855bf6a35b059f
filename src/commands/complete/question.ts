import type { KnownCommand, KnownFlag } from "./known-words.ts";

/** What to complete at the cursor. */
export type Question =
  | { kind: "command" }
  /** A flag of the command. Flags already given are not proposed. */
  | { kind: "flag"; command: KnownCommand; given: ReadonlySet<string> }
  /**
   * The value of a flag. `before` is the part of the word before the value: `--output=`, or the previous items of a
   * list.
   */
  | { kind: "value"; command: KnownCommand; flag: KnownFlag; before: string }
  | { kind: "positional"; command: KnownCommand; name: string; earlier: readonly string[] }
  | { kind: "nothing" };

/** A command line parsed up to the cursor. */
export interface ReadLine {
  question: Question;
  /** The values of the flags before the cursor, by flag name. The last value wins. */
  values: Readonly<Record<string, string>>;
}

/** Options of {@link readLine}. */
export interface ReadLineOptions {
  commandNames: readonly string[];
  /** The declarations of a command; without a name, of the default command. */
  known: (name: string | undefined) => KnownCommand;
}

/**
 * Parses a command line up to the cursor.
 *
 * @param words the words after the program name. The last word is the word at the cursor, up to the cursor, and may
 * be empty.
 */
export function readLine(words: readonly string[], { commandNames, known }: ReadLineOptions): ReadLine {
  const current = words.at(-1) ?? "";
  const earlier = words.slice(0, -1);
  // The command determines which flags take a value, but may come after such a flag.
  const name = earlier.find((word) => commandNames.includes(word));
  const command = known(name);
  const values: Record<string, string> = {};
  const given = new Set<string>();
  const positionals: string[] = [];
  let named = false;
  let open: KnownFlag | undefined;
  let onlyPositionals = false;
  for (const word of earlier) {
    if (open !== undefined) {
      values[open.name] = word;
      open = undefined;
    } else if (onlyPositionals || !word.startsWith("-") || word === "-") {
      if (!named && word === name) named = true;
      else positionals.push(word);
    } else if (word === "--") {
      onlyPositionals = true;
    } else {
      const { flag, value } = readFlag(word, command);
      if (flag === undefined) continue;
      given.add(flag.name);
      if (value !== undefined) values[flag.name] = value;
      else if (flag.takesValue) open = flag;
    }
  }
  return { question: ask(), values };

  function ask(): Question {
    if (open !== undefined) return { kind: "value", command, flag: open, before: listBefore(open, current) };
    if (current.startsWith("-") && !onlyPositionals) return askFlag(current, command, given);
    if (name !== undefined) return askPositional(command, positionals);
    return positionals.length === 0 ? { kind: "command" } : { kind: "nothing" };
  }
}

function askFlag(current: string, command: KnownCommand, given: ReadonlySet<string>): Question {
  const { flag, value } = readFlag(current, command);
  if (value === undefined) return { kind: "flag", command, given };
  if (flag === undefined) return { kind: "nothing" };
  const before = current.slice(0, current.length - value.length) + listBefore(flag, value);
  return { kind: "value", command, flag, before };
}

function askPositional(command: KnownCommand, earlier: readonly string[]): Question {
  const index = Math.min(earlier.length, command.positionals.length - 1);
  const name = command.positionals[index];
  if (name === undefined || (earlier.length > index && !name.endsWith(".."))) return { kind: "nothing" };
  return { kind: "positional", command, name: name.replace("..", ""), earlier };
}

/** Parses `--output=json` as a flag with a value, `-o` as a flag. */
function readFlag(
  word: string,
  { flags }: KnownCommand,
): { flag: KnownFlag | undefined; value: string | undefined } {
  const [, name = "", value] = /^-{1,2}([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { flag: flags.find((flag) => flag.name === name || flag.aliases.includes(name)), value };
}

/** The previous items of a list, with the last comma. */
function listBefore({ list }: KnownFlag, value: string): string {
  return list ? value.slice(0, value.lastIndexOf(",") + 1) : "";
}
