/** Whether a person watches the program, who may have called it by a slip and can be asked. */

import { type Command, commandNames, type Surroundings } from "./command.ts";

/** What a command line without a command means. */
export type Bare = "run" | "help" | "no command";

/** What a command line without a command means: `run`, unless a person at a terminal forgot to name one. */
export function meaningOfBare(args: readonly string[], { terminal, pod }: Surroundings): Bare {
  if (!terminal || pod) return "run";
  return args.length === 0 ? "help" : "no command";
}

/**
 * Whether a command line that may be wrong is meant for a command that runs until it is stopped: by its name, or by naming
 * no command, as a pod's does.
 */
export function meansService(args: readonly string[], commands: readonly Command[]): boolean {
  const named = commands.find((command) => commandNames(command).some((name) => args.includes(name)));
  if (named !== undefined) return named.service ?? false;
  const [first] = args;
  return first === undefined || first.startsWith("-");
}

/** Whether `run` asks a person before it restores, writes the restore flag, or removes backups. */
export function asksBeforeRun({ terminal, pod }: Surroundings, { yes }: { yes: boolean }): boolean {
  return terminal && !pod && !yes;
}
