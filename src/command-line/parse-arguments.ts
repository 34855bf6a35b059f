import yargs, { type Argv } from "yargs";
import { UsageError } from "../errors.ts";
import { parseSwitch, shown } from "../settings/values.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { EXIT_STATUSES_HELP } from "./exit-status.ts";
import { settingOptions, switchFlags } from "./options.ts";
import { FINDING_TEXTS, type KnownWords, usageError } from "./usage-error.ts";

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
    .updateStrings(FINDING_TEXTS)
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
