import type { Argv } from "yargs";
import type { FileEntries } from "../settings/file-entries.ts";
import type { NeededSetting, SettingsWith } from "../settings/settings.ts";
import type { Log } from "../terminal/log/log.ts";
import type { Progress } from "../terminal/progress/progress.ts";
import type { Reading } from "../time/moment.ts";
import type { CalledAs } from "./called-as.ts";
import type { Output } from "./output.ts";

/** Where the program runs. */
export interface Surroundings {
  /** Whether standard input and standard error are a terminal. */
  terminal: boolean;
  /** Whether this is a pod, where the program is started by what somebody wrote down before. */
  pod: boolean;
}

/** Everything that a command may use: settings, flags, outputs, signal and clock. */
export interface CommandContext<Flags = object, Needed extends NeededSetting = never> {
  /** The settings. Every setting listed in `needs` is set. */
  settings: SettingsWith<Needed>;
  flags: Flags;
  log: Log;
  /** Where the command writes its result. */
  output: Output;
  /** Where the command reports its progress. */
  progress: Progress;
  /** Aborts with an {@link Interruption} when the program must stop. */
  signal: AbortSignal;
  now: () => Date;
  /** When and where times of the command line are read: with the terminal's zone on a terminal. */
  reading: () => Reading;
  /** Milliseconds of a clock that nobody sets. */
  monotonic: () => number;
  /** Where the program runs: on a terminal, in a pod. */
  surroundings: Surroundings;
  /** The name by which the program was called. */
  calledAs: CalledAs;
  /** The environment, for what is no setting. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The entries of the configuration file that count. */
  file: FileEntries;
}

/** What commands are for: what is typed every day, what is done to backups now and then, what runs in a cluster. */
export type CommandGroup = "everyday" | "care" | "service";

/** The arguments and flags that name backups. */
interface BackupFlags {
  words?: readonly string[];
  BACKUP?: string | readonly string[];
  backup?: string | readonly string[];
  "dry-run"?: unknown;
}

/** The definition of a command. */
export interface CommandDefinition<Flags, Needed extends NeededSetting> {
  /**
   * The command in yargs' notation: "list", "restore [backup]". Further elements of a list are aliases. "$0" marks
   * the default command.
   */
  command: string | readonly string[];
  describe: string;
  /**
   * The settings that the command requires. A command without this list reads no setting at all, so an invalid
   * setting cannot break the command.
   */
  needs?: readonly Needed[];
  /** The arguments and flags that may name a backup, whose URL or path then stands for S3TARGET. */
  backupWords?(flags: BackupFlags): readonly unknown[];
  /** The argument that says which store is meant, whatever S3TARGET is. */
  storeWord?(flags: Readonly<Record<string, unknown>>): unknown;
  /** Under which heading the help has the command; the last one by default. */
  group?: CommandGroup;
  /** The command line for the help: `get [BACKUP] KIND…`; that of `command` by default. */
  usage?: string;
  /** Whether the help leaves the command out. */
  hidden?: boolean;
  /** Whether the command works without a cluster. An unreadable KUBECONFIG is then no error. */
  clusterless?: boolean;
  /** Whether the command's output may be long: a terminal shows it with a pager. */
  paged?: boolean;
  /** Whether the command runs until it is stopped. SIGTERM is then the normal end. */
  service?: boolean;
  /** Whether exit status 1 means "different", as in diff. Every failure then exits with a status above 1. */
  comparison?: boolean;
  /** Declares the flags, arguments and examples. */
  builder?(yargs: Argv): Argv<Flags>;
  /**
   * Runs the command. A return means success, or a difference found by a comparison. Every other outcome is thrown,
   * and `exit-status.ts` maps the error to an exit status.
   */
  handler(context: CommandContext<Flags, Needed>): Promise<void> | Promise<"different" | undefined>;
}

/** A command with any flags and any required settings. */
export interface Command extends CommandDefinition<object, never> {
  needs?: readonly never[];
}

/** The names and aliases of a command, the first of which is in the help. */
export function commandNames({ command }: Pick<Command, "command">): string[] {
  return [command]
    .flat()
    .map((each) => each.split(" ")[0] ?? each)
    .filter((name) => name !== DEFAULT_COMMAND);
}

/** yargs' word for the default command, which nobody types. */
export const DEFAULT_COMMAND = "$0";

/** Defines a command. The builder determines the type of the flags, `needs` the type of the settings. */
export function defineCommand<Flags, Needed extends NeededSetting = never>(
  definition: CommandDefinition<Flags, Needed>,
): Command {
  // `cli.ts` reads the settings in `needs` and parses the flags of the builder before it calls the handler, so the
  // two type parameters carry no further information here.
  return definition as unknown as Command;
}
