import type { DeclaredCommand, DeclaredFlag } from "../../command-line/declaration.ts";

/** What to complete at the cursor. */
export type CompletionTarget =
  | { kind: "command" }
  /** A flag of the command. Flags already given are not proposed. */
  | { kind: "flag"; command: DeclaredCommand; given: ReadonlySet<string> }
  /**
   * The value of a flag. `before` is the part of the word before the value: `--output=`, or the previous items of a
   * list.
   */
  | { kind: "value"; command: DeclaredCommand; flag: DeclaredFlag; before: string }
  | { kind: "positional"; command: DeclaredCommand; name: string; earlier: readonly string[] }
  | { kind: "nothing" };

/** A command line parsed up to the cursor. */
export interface ParsedLine {
  target: CompletionTarget;
  /** The values of the flags before the cursor, by flag name. The last value wins. */
  values: Readonly<Record<string, string>>;
}

/** Options of {@link parseLine}. */
export interface ParseLineOptions {
  commandNames: readonly string[];
  /** The declarations of a command; without a name, of the default command. */
  known: (name: string | undefined) => DeclaredCommand;
}

/**
 * Parses a command line up to the cursor.
 *
 * @param words the words after the program name. The last word is the word at the cursor, up to the cursor, and may
 * be empty.
 */
export function parseLine(words: readonly string[], { commandNames, known }: ParseLineOptions): ParsedLine {
  const current = words.at(-1) ?? "";
  const earlier = words.slice(0, -1);
  // The command determines which flags take a value, but may come after such a flag.
  const name = earlier.find((word) => commandNames.includes(word));
  const command = known(name);
  const values: Record<string, string> = {};
  const given = new Set<string>();
  const positionals: string[] = [];
  let named = false;
  let open: DeclaredFlag | undefined;
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
  return { target: findTarget(), values };

  function findTarget(): CompletionTarget {
    if (open !== undefined)
      return { kind: "value", command, flag: open, before: previousItems(open, current) };
    if (current.startsWith("-") && !onlyPositionals) return flagTarget(current, command, given);
    if (name !== undefined) return positionalTarget(command, positionals);
    return positionals.length === 0 ? { kind: "command" } : { kind: "nothing" };
  }
}

function flagTarget(current: string, command: DeclaredCommand, given: ReadonlySet<string>): CompletionTarget {
  const { flag, value } = readFlag(current, command);
  if (value === undefined) return { kind: "flag", command, given };
  if (flag === undefined) return { kind: "nothing" };
  const before = current.slice(0, current.length - value.length) + previousItems(flag, value);
  return { kind: "value", command, flag, before };
}

function positionalTarget(command: DeclaredCommand, earlier: readonly string[]): CompletionTarget {
  const index = Math.min(earlier.length, command.positionals.length - 1);
  const name = command.positionals[index];
  if (name === undefined || (earlier.length > index && !name.endsWith(".."))) return { kind: "nothing" };
  return { kind: "positional", command, name: name.replace("..", ""), earlier };
}

/** Parses `--output=json` as a flag with a value, `-o` as a flag. */
function readFlag(
  word: string,
  { flags }: DeclaredCommand,
): { flag: DeclaredFlag | undefined; value: string | undefined } {
  const [, name = "", value] = /^-{1,2}([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { flag: flags.find((flag) => flag.name === name || flag.aliases.includes(name)), value };
}

/** The previous items of a list, with the last comma. */
function previousItems({ list }: DeclaredFlag, value: string): string {
  return list ? value.slice(0, value.lastIndexOf(",") + 1) : "";
}
