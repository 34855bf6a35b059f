/** The help: of the program, of a command, and of the flags that all commands have. */

import { wrapWords } from "../terminal/wrap.ts";
import { type Command, type CommandGroup, commandNames } from "./command.ts";
import { type DeclaredFlag, declarationOf } from "./declaration.ts";
import { COMPARISON_STATUS_LINE, EXIT_STATUS_LINE, EXIT_STATUSES_HELP } from "./exit-status.ts";

/** The headings, in their order. */
const GROUPS: readonly (readonly [CommandGroup | undefined, title: string])[] = [
  ["everyday", "Every day:"],
  ["care", "Care of backups:"],
  ["service", "In a cluster:"],
  [undefined, "Other:"],
];

/** What is no command of its own. */
const WORDS = [
  { left: "help COMMAND", right: "Flags and examples of a command" },
  { left: "options", right: "The flags and settings that all commands have" },
];

/** The widest left column, so that 80 columns leave 50 for the text. */
const MOST_LEFT = 28;

/** Where a help is shown, and what people type to call the program. */
export interface HelpPlace {
  /** In columns. */
  width: number;
  program: string;
}

/** The help of the program: its commands in groups. */
export function programHelp(commands: readonly Command[], { width, program }: HelpPlace): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const left =
    Math.max(...shown.map((command) => nameOf(command).length), ...WORDS.map(({ left }) => left.length)) + 4;
  const blocks = GROUPS.map(([group, title]) => {
    const rows = shown
      .filter((command) => command.group === group)
      .map((command) => ({ left: nameOf(command), right: command.describe }));
    return [title, ...table(group === undefined ? [...rows, ...WORDS] : rows, { left, width })];
  });
  const head = "Backs up what is in a Kubernetes cluster's API to S3, and brings it back.";
  return [
    ...wrapWords(head, width),
    "",
    `Usage: ${program} COMMAND [flags]`,
    ...blocks.flatMap((lines) => ["", ...lines]),
  ].join("\n");
}

/** The help of a command: its own flags and examples. */
export function commandHelp(command: Command, { width, program }: HelpPlace): string {
  const { flags, positionalsDescribed, examples } = declarationOf(command);
  const own = flags.filter(({ global }) => !global);
  const synonyms = commandNames(command).slice(1);
  return [
    ...wrapIndented(
      ["Usage:", program, usageOf(command), "[flags]"].join(" "),
      width,
      " ".repeat(8 + program.length),
    ),
    "",
    ...wrapWords(command.describe, width),
    ...(synonyms.length === 0 ? [] : [`Synonyms: ${synonyms.join(", ")}`]),
    ...block(
      "Examples:",
      examples.flatMap(({ line, describe }) => [
        ...wrapIndented(`  # ${describe}`, width, "  # "),
        `  ${line}`,
      ]),
    ),
    ...block("Words:", wordLines(positionalsDescribed, width)),
    ...groupsOf(own).flatMap(([title, those]) => block(title, flagTable(those, width))),
    "",
    `Flags of all commands: "${program} options"`,
    command.comparison === true ? wrapWords(COMPARISON_STATUS_LINE, width).join("\n") : EXIT_STATUS_LINE,
  ].join("\n");
}

/** The flags that all commands have, and what is said of the environment. */
export function optionsHelp(command: Command, { width }: Pick<HelpPlace, "width">): string {
  const { flags } = declarationOf({ ...command, builder: (yargs) => yargs });
  const shown = flags.filter(({ global }) => global);
  return [
    "These flags can be given to every command:",
    ...groupsOf(shown).flatMap(([title, those]) => block(title, flagTable(those, width))),
    "",
    ...EXIT_STATUSES_HELP.split("\n").flatMap((line) => wrapIndented(line, width, "       ")),
  ].join("\n");
}

function nameOf(command: Command): string {
  return commandNames(command)[0] ?? "";
}

/** `get [BACKUP] KIND…`: what the command says of itself, or its declaration in capitals. */
function usageOf(command: Command): string {
  const declaration = [command.command].flat()[0] ?? "";
  return command.usage ?? declaration.replace(/[[<].*/, (words) => words.toUpperCase().replaceAll("..", "…"));
}

/** What the words are: of several that come as one list, the description alone. */
function wordLines(described: Readonly<Record<string, string>>, width: number): string[] {
  const { words, ...named } = described;
  if (words !== undefined) return wrapWords(words, width - 2).map((line) => `  ${line}`);
  return table(
    Object.entries(named).map(([name, right]) => ({ left: name.toUpperCase(), right })),
    { width },
  );
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** The flags by heading: those of the command itself first. */
function groupsOf(flags: readonly DeclaredFlag[]): [title: string, flags: DeclaredFlag[]][] {
  const groups = Map.groupBy(flags, ({ group }) =>
    group === undefined || group === "Options:" ? "Flags:" : group,
  );
  return [...groups].sort(([one], [other]) => Number(other === "Flags:") - Number(one === "Flags:"));
}

function flagTable(flags: readonly DeclaredFlag[], width: number): string[] {
  return table(
    flags.map((flag) => ({ left: flagText(flag), right: describeFlag(flag) })),
    { width },
  );
}

/** `-n, --namespace NAMESPACE`, `--[no-]headers`. */
function flagText({ name, aliases, takesValue, onByDefault, choices }: DeclaredFlag): string {
  const letter = name === "help" ? "h" : aliases.find((each) => each.length === 1);
  const long = onByDefault ? `--[no-]${name}` : `--${name}`;
  if (name === "dry-run" && takesValue) return "    --dry-run[=server|client]";
  const value = !takesValue ? "" : choices.length > 0 ? ` ${choices.join("|")}` : ` ${placeholderOf(name)}`;
  return `${letter === undefined ? "    " : `-${letter}, `}${long}${value}`;
}

const VALUES: Readonly<Record<string, string>> = {
  ...{ namespace: "NAMESPACES", "sort-by": "PATH", "label-columns": "LABELS" },
  ...{ to: "TARGET", "copy-to": "TARGET" },
  ...{
    at: "TIME",
    revision: "R",
    before: "KIND/NAME",
    since: "TIME",
    until: "TIME",
    last: "N",
    output: "FORM",
  },
  ...{ "retry-lock": "DURATION", timeout: "DURATION", "namespace-mapping": "OLD=NEW", frequency: "DURATION" },
  ...{ "max-restore-age": "DURATION", "lease-term": "DURATION", "min-age": "DURATION" },
  ...{ "set-image": "OLD=NEW", "set-storage-class": "OLD=NEW", "set-ingress-class": "OLD=NEW" },
  ...{ "set-host": "OLD=NEW" },
  ...{ "request-timeout": "DURATION", as: "USER" },
  ...{
    "keep-within": "DURATION",
    "keep-log": "DURATION",
    "keep-reports": "DURATION",
    "keep-tag": "TAG",
    "max-qps": "N",
  },
};

/** What stands for the value: a number, a time, or the last word of the flag. */
function placeholderOf(name: string): string {
  const known = VALUES[name];
  if (known !== undefined) return known;
  if (name.startsWith("keep-") && !["keep-kube-system", "keep-finished"].includes(name)) return "N";
  return (name.split("-").at(-1) ?? name).toUpperCase();
}

function describeFlag({ name, describe, default: otherwise }: DeclaredFlag): string {
  if (name === "help") return "Show help";
  if (name === "version") return "Show the version";
  return otherwise === undefined || otherwise === "" ? describe : `${describe} (${otherwise} by default)`;
}

interface Row {
  left: string;
  right: string;
}

/** Two columns, of which the second wraps within itself. */
function table(rows: readonly Row[], { left: given, width }: { left?: number; width: number }): string[] {
  const widest = Math.max(0, ...rows.map(({ left }) => left.length + 4));
  const column = given ?? Math.min(widest, MOST_LEFT);
  return rows.flatMap(({ left, right }) => {
    const lines = wrapWords(right, Math.max(20, width - column));
    const head = `  ${left}`;
    const indented = lines.map((line) => `${" ".repeat(column)}${line}`);
    if (head.length + 2 > column) return [head, ...indented];
    return [`${head.padEnd(column)}${lines[0] ?? ""}`.trimEnd(), ...indented.slice(1)];
  });
}

function wrapIndented(line: string, width: number, indent: string): string[] {
  if (line.length <= width) return [line];
  const [first = "", ...rest] = wrapWords(line.trimStart(), width - indent.length);
  const lead = /^ */.exec(line)?.[0] ?? "";
  return [`${lead}${first}`, ...rest.map((each) => `${indent}${each}`)];
}
