import yargs, { type Argv } from "yargs";
import type { Command } from "./command.ts";
import { settingOptions } from "./options.ts";

/** A flag that a command declares. */
export interface DeclaredFlag {
  /** The name without dashes. */
  name: string;
  /** Other names without dashes, `n`. */
  aliases: readonly string[];
  describe: string;
  takesValue: boolean;
  /** Whether the flag takes a list: repeated or comma-separated. */
  list: boolean;
  /** Whether the flag is on by default and switched off with `--no-NAME`. */
  onByDefault: boolean;
  choices: readonly string[];
  /** The value without the flag; undefined for none, and of booleans. */
  default: string | undefined;
  /** Whether all commands have the flag. */
  global: boolean;
  /** The heading under which the flag stands; undefined for the flags of the command itself. */
  group: string | undefined;
}

/** A command line and what it does. */
interface Example {
  line: string;
  describe: string;
}

/** The flags and arguments of a command. */
export interface DeclaredCommand {
  name: string;
  describe: string;
  flags: readonly DeclaredFlag[];
  /** Names of the positional arguments, `backup`. A name that ends with `..` takes all further words. */
  positionals: readonly string[];
  /** What they are, by name without the dots. */
  positionalsDescribed: Readonly<Record<string, string>>;
  examples: readonly Example[];
}

/** The internals of a yargs parser, which yargs' types omit. */
interface ParserInside {
  getOptions(): {
    key: Record<string, unknown>;
    alias: Record<string, string[]>;
    boolean: string[];
    array: string[];
    choices: Record<string, readonly string[]>;
    default: Record<string, unknown>;
    hiddenOptions: string[];
  };
  getGroups(): Record<string, string[]>;
  getInternalMethods(): { getUsageInstance(): { getDescriptions(): Record<string, string> } };
}

/** The name of a command, as in the help. */
export function commandName({ command }: Command): string {
  return ([command].flat()[0] ?? "").split(" ")[0] ?? "";
}

/** Reads the flags and arguments of a command: yargs builds the command without running it. */
export function declarationOf(command: Command): DeclaredCommand {
  const declaration = [command.command].flat()[0] ?? "";
  let flags: DeclaredFlag[] = [];
  const examples: Example[] = [];
  const globals = settingOptions();
  const parser = yargs().locale("en").detectLocale(false).options(globals).exitProcess(false);
  parser.command({
    command: declaration,
    describe: command.describe,
    builder: (inner: Argv) => {
      keepExamples(inner, examples);
      const built = command.builder?.(inner) ?? inner;
      flags = readFlags(built as unknown as ParserInside, new Set(Object.keys(globals)));
      return built;
    },
    handler: () => {},
  });
  // Errors are ignored, and the help is discarded.
  parser.fail(() => {}).parse([commandName(command), "--help"], {}, () => {});
  const positionals = [...declaration.matchAll(/[[<]([^\]>]+)[\]>]/g)].map(([, name]) => name ?? "");
  const names = positionals.map((name) => name.replace("..", ""));
  return {
    name: commandName(command),
    describe: command.describe,
    flags: flags.filter(({ name }) => !names.includes(name)),
    positionals,
    positionalsDescribed: Object.fromEntries(
      flags.filter(({ name }) => names.includes(name)).map(({ name, describe }) => [name, describe]),
    ),
    examples,
  };
}

/** yargs keeps examples for its own help, which is not used. */
function keepExamples(parser: Argv, examples: Example[]): void {
  const keep = (line: string, describe: string) => {
    examples.push({ line: line.replace("$0", "kube-backup"), describe });
    return parser;
  };
  parser.example = keep as typeof parser.example;
}

function readFlags(parser: ParserInside, globals: ReadonlySet<string>): DeclaredFlag[] {
  const { key, alias, boolean, array, choices, default: defaults, hiddenOptions } = parser.getOptions();
  const descriptions = parser.getInternalMethods().getUsageInstance().getDescriptions();
  const aliases = new Set(Object.values(alias).flat());
  const groups = Object.entries(parser.getGroups());
  return Object.keys({ ...key, help: true })
    .filter((name) => !aliases.has(name) && !hiddenOptions.includes(name))
    .map((name) => ({
      name,
      aliases: alias[name] ?? [],
      describe: (descriptions[name] ?? "").replace(/^__yargsString__:/, ""),
      takesValue: !boolean.includes(name) && name !== "help" && name !== "version",
      list: array.includes(name),
      onByDefault: boolean.includes(name) && defaults[name] === true,
      choices: choices[name] ?? [],
      default: typeof defaults[name] === "string" ? defaults[name] : undefined,
      global: globals.has(name) || name === "help" || name === "version",
      group: groups.find(([, keys]) => keys.includes(name))?.[0],
    }));
}
