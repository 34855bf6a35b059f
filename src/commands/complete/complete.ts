import { isPod } from "../../cluster/kubeconfig/pod.ts";
import { LATEST } from "../../command-line/backup-word.ts";
import { type Command, commandNames } from "../../command-line/command.ts";
import {
  commandName,
  type DeclaredCommand,
  type DeclaredFlag,
  declarationOf,
} from "../../command-line/declaration.ts";
import type { TextStream } from "../../command-line/output.ts";
import { readConfiguration } from "../../configuration/read-configuration.ts";
import { readVariable } from "../../settings/variables.ts";
import { printLines } from "../../terminal/styled.ts";
import { visible } from "../../words/visible.ts";
import type { Candidate } from "./candidate.ts";
import { type CompletionTarget, parseLine } from "./completion-target.ts";
import { SHELLS } from "./scripts.ts";
import { FIXED_VALUES, MOST_BACKUPS, type Source, sourcesOf } from "./sources.ts";
import { wordSource } from "./word-source.ts";

/** The line that tells the script to complete file names as well. */
const FILES = ":files";

/** The time limit for an answer, in milliseconds: the shell waits. */
const TIMEOUT = 2_000;

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
  const timeout = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT)]);
  const known = new Map<string, DeclaredCommand>();
  const { target, values } = parseLine(words, {
    commandNames: commands.flatMap(commandNames),
    known: (name) => {
      const command =
        commands.find((each) => name !== undefined && commandNames(each).includes(name)) ?? commands[0];
      if (command === undefined) throw new Error("There are no commands");
      const declaration = known.get(commandName(command)) ?? declarationOf(command);
      known.set(declaration.name, declaration);
      return declaration;
    },
  });
  const before = target.kind === "value" ? target.before : "";
  const candidates = declaredCandidates(target, commands);
  let files = false;
  for (const source of sourcesOf(target)) {
    if (source === "files") files = true;
    else if (source === "words" && target.kind === "positional") {
      const found = await wordCandidates(target, { ...options, flags: values }, timeout).catch(() => []);
      if (found === "files") files = true;
      else candidates.push(...found);
    } else if (source !== "words")
      candidates.push(
        ...(await candidatesFrom(source, { ...options, flags: values }, timeout).catch(() => [])),
      );
  }
  const current = words.at(-1) ?? "";
  const lines = candidates
    .map(({ value, describe }) => ({ value: before + value, describe }))
    // A word that cannot be seen whole is none to be completed, and shells take a tab for the end of the word.
    .filter(({ value }) => value.startsWith(current) && visible(value) === value)
    .map(({ value, describe }) => (describe ? `${value}\t${visible(describe)}` : value));
  if (files) lines.push(FILES);
  printLines(stdout, lines);
}

/** Candidates for a word of a command that takes a backup, kinds and names of objects. */
async function wordCandidates(
  { command, earlier }: CompletionTarget & { kind: "positional" },
  options: CompleteOptions & { flags: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Candidate[] | "files"> {
  const { words, flags } = options;
  const current = words.at(-1) ?? "";
  const named = flags["backup"] === undefined ? (MOST_BACKUPS[command.name] ?? 1) : 0;
  const source = wordSource(earlier, current, { backups: named });
  if (source.kind === "files") return "files";
  const { backupCandidates, manifestCandidates, objectCandidates } = await import("./store-candidates.ts");
  if (source.kind === "objects") {
    const everywhere = words.some((word) => word === "-A" || word === "--all-namespaces");
    const begun = source.slashed ? current.slice(current.indexOf("/") + 1) : current;
    return await objectCandidates({ ...source, everywhere, begun }, options, signal);
  }
  const kinds = await manifestCandidates("kinds", options, signal);
  const slashed = source.slashed ? kinds.map((each) => ({ ...each, value: `${each.value}/` })) : kinds;
  return source.backups ? [...(await backupCandidates(options, signal)), ...slashed] : slashed;
}

/** Candidates from the declarations of the commands. */
function declaredCandidates(target: CompletionTarget, commands: readonly Command[]): Candidate[] {
  switch (target.kind) {
    case "command":
      return commands
        .filter(({ hidden }) => hidden !== true)
        .map((command) => ({ value: commandName(command), describe: command.describe }));
    case "flag":
      return target.command.flags
        .filter(({ name, list }) => list || !target.given.has(name))
        .map((flag) => ({ value: flagText(flag), describe: flag.describe }));
    case "value": {
      const flag = `--${target.flag.name}`;
      const fixed = FIXED_VALUES[`${target.command.name} ${flag}`] ?? FIXED_VALUES[flag] ?? [];
      return [...target.flag.choices, ...fixed].map((value) => ({ value }));
    }
    case "positional":
      return (FIXED_VALUES[`${target.command.name} ${target.name}`] ?? []).map((value) => ({ value }));
    default:
      return [];
  }
}

function flagText({ name, onByDefault }: DeclaredFlag): string {
  return onByDefault ? `--no-${name}` : `--${name}`;
}

/** Candidates from outside. Loads only the modules that the source requires. */
async function candidatesFrom(
  source: Exclude<Source, "files" | "words">,
  options: CompleteOptions & { flags: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Candidate[]> {
  switch (source) {
    case "shells":
      return SHELLS.map((value) => ({ value }));
    case "contexts": {
      const { loadKubeconfig } = await import("../../cluster/kubeconfig/load-kubeconfig.ts");
      const { flags, environment } = options;
      const given = flags["kubeconfig"] ?? readVariable(environment, "KUBECONFIG");
      const { entries } = await readConfiguration({ environment, flags, pod: isPod(environment) });
      const { contexts } = loadKubeconfig(given || entries.get("kubeconfig")?.text);
      return [...contexts].map(([value, { cluster }]) => ({ value, describe: cluster }));
    }
    case "profiles": {
      const { environment } = options;
      const { profiles } = await readConfiguration({ environment, flags: {}, pod: isPod(environment) });
      return profiles.map((value) => ({ value }));
    }
    case "backups":
      return await (await import("./store-candidates.ts")).backupCandidates(options, signal);
    case "names": {
      const { backupCandidates } = await import("./store-candidates.ts");
      return (await backupCandidates(options, signal)).filter(({ value }) => value !== LATEST);
    }
    case "tags":
      return await (await import("./store-candidates.ts")).tagCandidates(options, signal);
    default:
      return await (await import("./store-candidates.ts")).manifestCandidates(source, options, signal);
  }
}
