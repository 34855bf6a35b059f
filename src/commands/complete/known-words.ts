import yargs, { type Argv } from "yargs";
import type { Command } from "../../command-line/command.ts";
import { settingOptions } from "../../command-line/options.ts";

/** A flag, as a command declares it. */
export interface KnownFlag {
  /** Without dashes. */
  name: string;
  /** Other names without dashes, `n`. */
  aliases: readonly string[];
  describe: string;
  takesValue: boolean;
  /** Whether it may be given several times, and between commas. */
  list: boolean;
  /** On unless it is switched off: `--no-NAME`. */
  onByDefault: boolean;
  choices: readonly string[];
}

/** What can stand after the name of a command. */
export interface KnownCommand {
  name: string;
  describe: string;
  flags: readonly KnownFlag[];
  /** Names of its arguments, `backup`; one that ends with `..` takes all further words. */
  positionals: readonly string[];
}

/** What yargs knows of a parser; its types leave these out. */
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
  getInternalMethods(): { getUsageInstance(): { getDescriptions(): Record<string, string> } };
}

/** A command's name, and what the help says of it. */
export function commandName({ command }: Command): string {
  return ([command].flat()[0] ?? "").split(" ")[0] ?? "";
}

/** Reads what a command declares, by having yargs build it and run nothing. */
export function knownCommand(command: Command): KnownCommand {
  const declaration = [command.command].flat()[0] ?? "";
  let flags: KnownFlag[] = [];
  const parser = yargs().locale("en").detectLocale(false).options(settingOptions()).exitProcess(false);
  parser.command({
    command: declaration,
    describe: command.describe,
    builder: (inner: Argv) => {
      const built = command.builder?.(inner) ?? inner;
      flags = readFlags(built as unknown as ParserInside);
      return built;
    },
    handler: () => {},
  });
  // What it finds missing is no matter, and what it would print goes nowhere.
  parser.fail(() => {}).parse([commandName(command), "--help"], {}, () => {});
  const positionals = [...declaration.matchAll(/[[<]([^\]>]+)[\]>]/g)].map(([, name]) => name ?? "");
  const names = positionals.map((name) => name.replace("..", ""));
  return {
    name: commandName(command),
    describe: command.describe,
    flags: flags.filter(({ name }) => !names.includes(name)),
    positionals,
  };
}

function readFlags(parser: ParserInside): KnownFlag[] {
  const { key, alias, boolean, array, choices, default: defaults, hiddenOptions } = parser.getOptions();
  const descriptions = parser.getInternalMethods().getUsageInstance().getDescriptions();
  const aliases = new Set(Object.values(alias).flat());
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
    }));
}
