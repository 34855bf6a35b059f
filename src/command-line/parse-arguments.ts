import yargs, { type Argv } from "yargs";
import { UsageError } from "../errors.ts";
import { parseSwitch, shown } from "../settings/values.ts";
import { VERSION } from "../version.ts";
import { didYouMean } from "../words/did-you-mean.ts";
import type { Command } from "./command.ts";
import { EXIT_STATUSES_HELP } from "./exit-status.ts";
import { settingOptions, switchFlags } from "./options.ts";

/** What a command line asks for. */
export type ParsedCommandLine =
  | { kind: "command"; command: Command; flags: Record<string, unknown> }
  /** Help or version: text for standard output. */
  | { kind: "text"; text: string };

/** Options of {@link parseCommandLine}. */
export interface CommandLineOptions {
  /** Without the program's name. */
  args: readonly string[];
  commands: readonly Command[];
  /** Width of help in columns. */
  width: number;
}

/** Help is no easier to read in longer lines. */
const MOST_WIDTH = 110;

/** What can be meant by a word that is wrong. */
interface KnownWords {
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
 * The texts in which yargs reports its findings: a line of JSON each, from which this file makes messages. yargs
 * fills in `%j` with the argument as JSON.
 */
const FINDING_TEXTS = {
  "Unknown argument: %s": {
    one: '{"kind":"unknown","words":%j}',
    other: '{"kind":"unknown","words":%j}',
  },
  "Not enough arguments following: %s": '{"kind":"without value","flag":%j}',
  // The line above the choices; yargs takes an empty text for none.
  "Invalid values:": " ",
  "Argument: %s, Given: %s, Choices: %s": '{"kind":"not a choice","flag":%j,"given":%j,"choices":%j}',
};

/**
 * Reads the command line and runs nothing.
 *
 * @throws {UsageError} with the nearest command or flag where one is unknown.
 */
export function parseCommandLine({ args, commands, width }: CommandLineOptions): ParsedCommandLine {
  let selected: { command: Command; flags: Record<string, unknown> } | undefined;
  let printed = "";
  const known: KnownWords = { commands: commands.flatMap(commandNames), flags: [] };
  const parser = yargs()
    .scriptName("kube-backup")
    .usage("$0 [command]\n\nBacks up what is in a Kubernetes cluster's API to S3, and brings it back.")
    // There are no files to read other languages from beside a single executable.
    .locale("en")
    .detectLocale(false)
    // yargs' types leave out that a text may have a plural.
    .updateStrings(FINDING_TEXTS as unknown as Record<string, string>)
    .parserConfiguration({ "parse-numbers": false, "dot-notation": false, "greedy-arrays": false })
    .options(settingOptions())
    .strict()
    .version(VERSION)
    .alias("help", "h")
    .wrap(Math.min(width, MOST_WIDTH))
    .exitProcess(false)
    .fail(false);
  for (const command of commands) {
    parser.command({
      command: [command.command].flat(),
      describe: command.describe,
      builder: (inner: Argv) => {
        // yargs forgets the epilogue when it turns to a command.
        const built = (command.builder?.(inner) ?? inner).epilogue(EXIT_STATUSES_HELP);
        known.flags = knownFlags(built);
        return built;
      },
      handler: (flags) => {
        selected = { command, flags };
      },
    });
  }
  try {
    // With a callback, yargs hands over what it would print; what is wrong is thrown all the same.
    parser.parse(
      spellOutSwitches(detachValues(args)),
      {},
      (_error: unknown, _argv: unknown, output: string) => {
        printed = output;
      },
    );
  } catch (error) {
    throw usageError(error as Error, args, known);
  }
  if (selected === undefined) return { kind: "text", text: printed };
  return { kind: "command", ...selected };
}

/** The width of a terminal, or a usual one. */
export function helpWidth(columns: number | undefined): number {
  return columns === undefined || columns < 40 ? 80 : columns;
}

function commandNames({ command }: Command): string[] {
  return [command].flat().map((each) => each.split(" ")[0] ?? each);
}

/** Names of flags with their dashes, aliases too. yargs' types leave this method out. */
function knownFlags(parser: Argv): string[] {
  const { key, alias } = (
    parser as unknown as { getOptions(): { key: Record<string, unknown>; alias: Record<string, string[]> } }
  ).getOptions();
  const names = [...Object.keys(key), ...Object.keys(alias)];
  return [...new Set(names)].filter((name) => name.length > 1).map((name) => `--${name}`);
}

/** Flags of one letter whose value may follow at once, as kubectl has them: `-ojson`, `-nshop`. */
const ATTACHED = /^-([nlo])([^=].*)$/s;

function detachValues(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.flatMap((arg, index) => {
    const [, letter, value] = (end >= 0 && index > end ? undefined : ATTACHED.exec(arg)) ?? [];
    return letter === undefined || value === undefined ? [arg] : [`-${letter}`, value];
  });
}

/** yargs takes `--debug=yes` for false: every word that settings know becomes true or false. */
function spellOutSwitches(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    const flag = switchFlags().find((name) => arg.startsWith(`--${name}=`));
    if (flag === undefined || (end >= 0 && index > end)) return arg;
    const text = arg.slice(flag.length + 3).trim();
    const parsed = parseSwitch(text);
    if ("problem" in parsed) throw new UsageError([`--${flag} ${shown(text)} ${parsed.problem}`]);
    return `--${flag}=${parsed.value}`;
  });
}

/** Says what yargs found wrong in words of our own, with the nearest word that would be right. */
function usageError(failure: Error, args: readonly string[], known: KnownWords): Error {
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
