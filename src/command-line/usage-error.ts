/** What is wrong with a command line: found by yargs, told in words of our own. */

import { UsageError } from "../errors.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/** What can be meant by a word that is wrong. */
export interface KnownWords {
  commands: string[];
  flags: string[];
}

/** What yargs finds wrong with a command line. */
type Finding =
  /** Flags and arguments that the command does not take, separated by `, `. */
  | { kind: "unknown"; words: string }
  | { kind: "without value"; flag: string }
  /** Both values as JSON, separated by `, `. */
  | { kind: "not a choice"; flag: string; given: string; choices: string };

/**
 * The texts in which yargs reports its findings: a line of JSON each, from which {@link usageError} makes messages. yargs
 * fills in `%j` with the argument as JSON.
 */
export const FINDING_TEXTS = {
  "Unknown argument: %s": {
    one: '{"kind":"unknown","words":%j}',
    other: '{"kind":"unknown","words":%j}',
  },
  "Not enough arguments following: %s": '{"kind":"without value","flag":%j}',
  // The line above the choices; yargs takes an empty text for none.
  "Invalid values:": " ",
  "Argument: %s, Given: %s, Choices: %s": '{"kind":"not a choice","flag":%j,"given":%j,"choices":%j}',
  // yargs' types leave out that a text may have a plural.
} as unknown as Record<string, string>;

/**
 * Says what yargs found wrong in words of our own, with the nearest word that would be right.
 *
 * @param failure what yargs threw, with {@link FINDING_TEXTS} for its texts.
 */
export function usageError(failure: Error, args: readonly string[], known: KnownWords): Error {
  if (failure instanceof UsageError) return failure;
  // yargs throws these two alone: anything else is a defect.
  if (failure.name !== "YError" && failure.name !== "Error") return failure;
  const problems = readFindings(failure.message)?.flatMap((finding) => describeFinding(finding, args, known));
  return new UsageError([...new Set(problems ?? [failure.message])], {
    advice: "Run kube-backup --help to see commands and flags",
  });
}

/** Undefined for a message that is none of {@link FINDING_TEXTS}. */
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

/** The problem of one word; none where yargs names a flag for the second time, as `someFlag` for `--some-flag`. */
function unknownWord(word: string, args: readonly string[], { commands, flags }: KnownWords): string[] {
  const spellings = [`--${word}`, `-${word}`, `--no-${word}`];
  const flag = args.map((arg) => arg.replace(/=.*/s, "")).find((arg) => spellings.includes(arg));
  if (flag !== undefined) return [`${flag} is no flag of this command${didYouMean(`--${word}`, flags)}`];
  if (!args.includes(word) && args.some((arg) => arg.startsWith("-"))) return [];
  if (args.some((arg) => commands.includes(arg))) return [`"${word}" is one argument too many`];
  return [`"${word}" is no command${didYouMean(word, commands)}`];
}
