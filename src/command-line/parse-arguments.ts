import yargs, { type Argv } from "yargs";
import { UsageError } from "../errors.ts";
import { parseSwitch, shown } from "../settings/values.ts";
import { VERSION } from "../version.ts";
import { didYouMean } from "../words/did-you-mean.ts";
import type { Bare } from "./attendance.ts";
import { KUBE_BACKUP } from "./called-as.ts";
import { type Command, commandNames, DEFAULT_COMMAND } from "./command.ts";
import { commandHelp, optionsHelp, programHelp } from "./help.ts";
import { settingOptions, switchFlags } from "./options.ts";
import { FINDING_TEXTS, type KnownWords, SEE_HELP, usageError } from "./usage-error.ts";

/** A parsed command line. */
export type ParsedCommandLine =
  | { kind: "command"; command: Command; flags: Record<string, unknown> }
  /** Help or version, for standard output. */
  | { kind: "text"; text: string };

/** Options of {@link parseCommandLine}. */
export interface CommandLineOptions {
  /** The arguments without the program name. */
  args: readonly string[];
  commands: readonly Command[];
  /** Width of the help in columns. */
  width: number;
  /** What a command line without a command means; the default command by default. */
  bare?: Bare;
  /** What people type to call the program; `kube-backup` by default. */
  program?: string;
}

/** The maximum width of the help in columns. Longer lines are no easier to read. */
const MAX_WIDTH = 110;

/**
 * Parses the command line. Runs nothing.
 *
 * @throws {UsageError} which suggests the nearest command or flag when a word is unknown.
 */
export function parseCommandLine(options: CommandLineOptions): ParsedCommandLine {
  const { commands, bare = "run", program = KUBE_BACKUP.command } = options;
  const names = commands.flatMap(commandNames);
  const args = withoutHelpCommand(bare === "help" ? ["--help"] : options.args, [...names, OPTIONS]);
  if (asksForHelp(args)) return { kind: "text", text: helpFor(args, { ...options, program }) };
  const hasDefault = bare === "run";
  let selected: { command: Command; flags: Record<string, unknown> } | undefined;
  let printed = "";
  const known: KnownWords = { commands: names, flags: [] };
  const parser = yargs()
    .scriptName(program)
    // A single executable has no locale files beside it.
    .locale("en")
    .detectLocale(false)
    .updateStrings(FINDING_TEXTS)
    .parserConfiguration({ "parse-numbers": false, "dot-notation": false, "greedy-arrays": false })
    .options(settingOptions())
    .strict()
    .version(VERSION)
    .help(false)
    .exitProcess(false)
    .fail(false);
  for (const command of commands) {
    parser.command({
      command: [command.command].flat().filter((name) => name !== DEFAULT_COMMAND || hasDefault),
      describe: command.describe,
      builder: (inner: Argv) => {
        const built = command.builder?.(inner) ?? inner;
        known.flags = knownFlags(built);
        return built;
      },
      handler: (flags) => {
        selected = { command, flags };
      },
    });
  }
  try {
    // With a callback, yargs passes its output to the callback. yargs throws errors all the same.
    parser.parse(
      normalizeSwitches(splitAttachedValues(args)),
      {},
      (_error: unknown, _argv: unknown, output: string) => {
        printed = output;
      },
    );
  } catch (error) {
    throw usageError(error as Error, args, known);
  }
  if (selected === undefined && printed === "") {
    throw new UsageError(
      [`COMMAND is missing: write kube-backup run to pass the restore gate and take backups`],
      {
        advice: SEE_HELP,
      },
    );
  }
  if (selected === undefined) return { kind: "text", text: printed };
  return { kind: "command", ...selected };
}

/** The width of the terminal in columns, or a default of 80. */
export function helpWidth(columns: number | undefined): number {
  return columns === undefined || columns < 40 ? 80 : columns;
}

/**
 * `help COMMAND` is `COMMAND --help`.
 *
 * @throws {UsageError} where there is no such command.
 */
function withoutHelpCommand(args: readonly string[], names: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first !== "help") return args;
  const word = rest.find((each) => !each.startsWith("-"));
  if (word !== undefined && !names.includes(word)) {
    throw new UsageError([`"${word}" is no command${didYouMean(word, names)}`], { advice: SEE_HELP });
  }
  return [...rest, "--help"];
}

/** The word for the flags that all commands have, as in kubectl. It is no command, since it has no settings. */
const OPTIONS = "options";

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  return before.includes("--help") || before.includes("-h") || args[0] === OPTIONS;
}

/** The help that is asked for: of a command, of the flags that all have, otherwise of the program. */
function helpFor(
  args: readonly string[],
  { commands, width: given, program }: CommandLineOptions & { program: string },
): string {
  const place = { width: Math.min(given, MAX_WIDTH), program };
  const word = args.find(
    (arg) => arg === OPTIONS || commands.some((each) => commandNames(each).includes(arg)),
  );
  const command = commands.find((each) => word !== undefined && commandNames(each).includes(word));
  if (command !== undefined) return commandHelp(command, place);
  const [first] = commands;
  if (word === OPTIONS && first !== undefined) return optionsHelp(first, place);
  return programHelp(commands, place);
}

/** The names of the flags and aliases, with dashes. yargs' types omit `getOptions`. */
function knownFlags(parser: Argv): string[] {
  const { key, alias } = (
    parser as unknown as { getOptions(): { key: Record<string, unknown>; alias: Record<string, string[]> } }
  ).getOptions();
  const names = [...Object.keys(key), ...Object.keys(alias)];
  return [...new Set(names)].filter((name) => name.length > 1).map((name) => `--${name}`);
}

/** One-letter flags with an attached value, as in kubectl: `-ojson`, `-nshop`. */
const ATTACHED = /^-([bLnlo])([^=].*)$/s;

function splitAttachedValues(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.flatMap((arg, index) => {
    const [, letter, value] = (end >= 0 && index > end ? undefined : ATTACHED.exec(arg)) ?? [];
    return letter === undefined || value === undefined ? [arg] : [`-${letter}`, value];
  });
}

/** yargs reads `--debug=yes` as false. Replaces every word that the settings accept by true or false. */
function normalizeSwitches(args: readonly string[]): string[] {
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
