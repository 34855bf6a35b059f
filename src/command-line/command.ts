import type { Argv } from "yargs";
import type { NeededSetting, SettingsWith } from "../settings/settings.ts";
import type { Log } from "../terminal/log/log.ts";
import type { Progress } from "../terminal/progress/progress.ts";
import type { Output } from "./output.ts";

/** All that a command has of the outside world. */
export interface CommandContext<Flags = object, Needed extends NeededSetting = never> {
  /** The settings; those that the command needs are there. */
  settings: SettingsWith<Needed>;
  /** The command's own flags and arguments. */
  flags: Flags;
  log: Log;
  /** Where its result goes. */
  output: Output;
  /** Where it tells how far it has come. */
  progress: Progress;
  /** Aborts with an {@link Interruption} when the program is to end. */
  signal: AbortSignal;
  now: () => Date;
}

/** A command of the command line. */
export interface CommandDefinition<Flags, Needed extends NeededSetting> {
  /** As yargs has it: "list", "restore [backup]"; a list's further ones are aliases, "$0" the default. */
  command: string | readonly string[];
  /** One line for the help. */
  describe: string;
  /**
   * The settings without which it cannot work. A command without this list looks at no setting at
   * all, so that wrong ones do not keep it from working.
   */
  needs?: readonly Needed[];
  /** Whether it works without any cluster, so that a KUBECONFIG that cannot be read does not keep it from that. */
  clusterless?: boolean;
  /** Whether it runs until it is stopped, so that SIGTERM is its ordinary end. */
  service?: boolean;
  /** Whether its exit status tells alike from different, as that of diff: every failure is then above 1. */
  comparison?: boolean;
  /** Its flags, arguments and examples. */
  builder?(yargs: Argv): Argv<Flags>;
  /**
   * Does the work. Having returned, it is done, or has found a difference; whatever else happens is
   * thrown, and `exit-status.ts` says what comes of it.
   */
  handler(context: CommandContext<Flags, Needed>): Promise<void> | Promise<"different" | undefined>;
}

/** A command, whatever its flags and needs. */
export interface Command extends CommandDefinition<object, never> {
  needs?: readonly never[];
}

/** Makes a command: its flags' types come from the builder, its settings' from `needs`. */
export function defineCommand<Flags, Needed extends NeededSetting = never>(
  definition: CommandDefinition<Flags, Needed>,
): Command {
  // The frame reads what `needs` demands and parses what the builder declares before it calls the
  // handler: beyond this point the two types say no more.
  return definition as unknown as Command;
}
