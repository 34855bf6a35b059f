import type { Command } from "../../command-line/command.ts";
import type { TextStream } from "../../command-line/output.ts";
import type { Candidate } from "./candidate.ts";
import { commandName, type KnownCommand, type KnownFlag, knownCommand } from "./known-words.ts";
import { type Question, readLine } from "./question.ts";
import { SHELLS } from "./scripts.ts";
import { FIXED_VALUES, type Source, sourcesOf } from "./sources.ts";

/** The line that tells the script to complete file names as well. */
const FILES = ":files";

/** The time limit for an answer, in milliseconds: the shell waits. */
const LIMIT = 2_000;

/** Options of {@link complete}. */
export interface CompleteOptions {
  /** The words after the program name. The last word is the word at the cursor, up to the cursor. */
  words: readonly string[];
  commands: readonly Command[];
  environment: Record<string, string | undefined>;
  stdout: TextStream;
  now: () => Date;
  signal: AbortSignal;
}

/**
 * Answers a completion script: one candidate a line, followed by a tab and the description. Candidates start with the
 * word at the cursor. A failure yields no candidates, since an error message in the middle of a command line helps
 * nobody.
 */
export async function complete(options: CompleteOptions): Promise<void> {
  const { words, commands, stdout } = options;
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT)]);
  const known = new Map<string, KnownCommand>();
  const { question, values } = readLine(words, {
    commandNames: commands.flatMap(({ command }) => [command].flat().map((each) => each.split(" ")[0] ?? "")),
    known: (name) => {
      const command = commands.find((each) => commandName(each) === name) ?? commands[0];
      if (command === undefined) throw new Error("There are no commands");
      const wanted = known.get(commandName(command)) ?? knownCommand(command);
      known.set(wanted.name, wanted);
      return wanted;
    },
  });
  const before = question.kind === "value" ? question.before : "";
  const candidates = declared(question, commands);
  let files = false;
  for (const source of sourcesOf(question)) {
    if (source === "files") files = true;
    else candidates.push(...(await wordsOf(source, { ...options, flags: values }, limit).catch(() => [])));
  }
  const current = words.at(-1) ?? "";
  const lines = candidates
    .map(({ value, describe }) => ({ value: before + suffixed(value, question), describe }))
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, describe }) => (describe ? `${value}\t${describe}` : value));
  if (files) lines.push(FILES);
  if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
}

/** Adds the separator after a kind: `restore deployments/`. */
function suffixed(value: string, question: Question): string {
  const object = question.kind === "positional" && question.name === "objects";
  return object ? `${value}/` : value;
}

/** Candidates from the declarations of the commands. */
function declared(question: Question, commands: readonly Command[]): Candidate[] {
  switch (question.kind) {
    case "command":
      return commands.map((command) => ({ value: commandName(command), describe: command.describe }));
    case "flag":
      return question.command.flags
        .filter(({ name, list }) => list || !question.given.has(name))
        .map((flag) => ({ value: spelling(flag), describe: flag.describe }));
    case "value": {
      const fixed = FIXED_VALUES[`${question.command.name} --${question.flag.name}`] ?? [];
      return [...question.flag.choices, ...fixed].map((value) => ({ value }));
    }
    default:
      return [];
  }
}

function spelling({ name, onByDefault }: KnownFlag): string {
  return onByDefault ? `--no-${name}` : `--${name}`;
}

/** Candidates from outside. Loads only the modules that the source requires. */
async function wordsOf(
  source: Exclude<Source, "files">,
  options: CompleteOptions & { flags: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Candidate[]> {
  switch (source) {
    case "shells":
      return SHELLS.map((value) => ({ value }));
    case "contexts": {
      const { loadKubeconfig } = await import("../../cluster/kubeconfig/load-kubeconfig.ts");
      const { contexts } = loadKubeconfig(options.flags["kubeconfig"] ?? options.environment["KUBECONFIG"]);
      return [...contexts].map(([value, { cluster }]) => ({ value, describe: cluster }));
    }
    case "backups":
      return await (await import("./store-words.ts")).backupWords(options, signal);
    default:
      return await (await import("./store-words.ts")).manifestWords(source, options, signal);
  }
}
