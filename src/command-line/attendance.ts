/** Whether a person watches the program, who may have called it by a slip and can be asked. */

/** Where the program runs. */
export interface Surroundings {
  /** Whether standard input and standard error are a terminal. */
  terminal: boolean;
  /** Whether this is a pod, where the program is started by what somebody wrote down before. */
  pod: boolean;
}

/** What a command line without a command means. */
export type Bare = "run" | "help" | "no command";

/** What a command line without a command means: `run`, unless a person at a terminal forgot to name one. */
export function meaningOfBare(args: readonly string[], { terminal, pod }: Surroundings): Bare {
  if (!terminal || pod) return "run";
  return args.length === 0 ? "help" : "no command";
}

/** Whether `run` asks a person before it restores, writes the restore flag, or removes backups. */
export function asksBeforeRun({ terminal, pod }: Surroundings, { yes }: { yes: boolean }): boolean {
  return terminal && !pod && !yes;
}
