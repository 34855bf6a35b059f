/** Turns yargs' errors into usage errors with the program's own messages. */

import { UsageError } from "../errors.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/** The advice on a command line that cannot be read. */
export const SEE_HELP = "Run kube-backup --help to see commands and flags";

/** The words to suggest for an unknown word. */
export interface KnownWords {
  commands: string[];
  flags: string[];
}

/** An error that yargs finds in a command line. */
type Finding =
  /** Unknown flags and arguments, separated by `, `. */
  | { kind: "unknown"; words: string }
  | { kind: "without value"; flag: string }
  /** The value and the choices as JSON; choices are separated by `, `. */
  | { kind: "not a choice"; flag: string; given: string; choices: string };

/**
 * Templates of yargs' messages: each error becomes one line of JSON, which {@link usageError} parses. yargs replaces
 * `%j` by the argument as JSON.
 */
export const FINDING_TEXTS = {
  "Unknown argument: %s": {
    one: '{"kind":"unknown","words":%j}',
    other: '{"kind":"unknown","words":%j}',
  },
  "Not enough arguments following: %s": '{"kind":"without value","flag":%j}',
  // The heading above the choices. yargs ignores an empty text.
  "Invalid values:": " ",
  "Argument: %s, Given: %s, Choices: %s": '{"kind":"not a choice","flag":%j,"given":%j,"choices":%j}',
  // yargs' types omit plural forms.
} as unknown as Record<string, string>;

/**
 * Converts an error of yargs to a usage error, with the nearest valid word.
 *
 * @param failure the error, whose message consists of {@link FINDING_TEXTS}.
 */
export function usageError(failure: Error, args: readonly string[], known: KnownWords): Error {
  if (failure instanceof UsageError) return failure;
  // yargs throws only these two. Every other error is a defect.
  if (failure.name !== "YError" && failure.name !== "Error") return failure;
  const problems = readFindings(failure.message)?.flatMap((finding) => describeFinding(finding, args, known));
  return new UsageError([...new Set(problems ?? [failure.message.trim().replace(/\s*\n\s*/g, " ")])], {
    advice: SEE_HELP,
  });
}

/** Parses yargs' message. Undefined when the message is not made of {@link FINDING_TEXTS}. */
function readFindings(message: string): Finding[] | undefined {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  try {
    return lines.map((line) => JSON.parse(line) as Finding);
  } catch {
    return undefined;
  }
}

function describeFinding(finding: Finding, args: readonly string[], known: KnownWords): string[] {
  switch (finding.kind) {
    case "unknown":
      return finding.words.split(", ").flatMap((word) => unknownWord(word, args, known));
    case "without value":
      return [`${finding.flag.length === 1 ? "-" : "--"}${finding.flag} has no value: give one`];
    case "not a choice":
      return [`--${finding.flag} ${finding.given} is none of ${finding.choices}`];
  }
}

/** Flags of kubectl that are not here, and what to write. */
const OF_KUBECTL: Readonly<Record<string, string>> = {
  "--template": "is a template of Go, which is not read: write -o jsonpath=TEMPLATE, or pipe -o json into jq",
};

/** The problem with an unknown word. Empty when yargs reports a flag twice, as `someFlag` and as `--some-flag`. */
function unknownWord(word: string, args: readonly string[], { commands, flags }: KnownWords): string[] {
  const spellings = [`--${word}`, `-${word}`, `--no-${word}`];
  const flag = args.map((arg) => arg.replace(/=.*/s, "")).find((arg) => spellings.includes(arg));
  const elsewhere = flag === undefined ? undefined : OF_KUBECTL[flag];
  if (elsewhere !== undefined) return [`${flag} ${elsewhere}`];
  if (flag !== undefined) return [`${flag} is no flag of this command${didYouMean(`--${word}`, flags)}`];
  if (!args.includes(word) && args.some((arg) => arg.startsWith("-"))) return [];
  if (args.some((arg) => commands.includes(arg))) return [`"${word}" is one argument too many`];
  return [`"${word}" is no command${didYouMean(word, commands)}`];
}
