import { isOwnVariable } from "../settings/variables.ts";
import type { TextStream } from "./output.ts";

/** The streams of a command, of which a pager may show the output. */
export interface Paged {
  stdout: TextStream;
  stderr: TextStream;
  /** Why the pager that is named is not used. */
  problem?: string;
  /** Returns when whoever reads has ended the pager. */
  end(signal: AbortSignal): Promise<void>;
}

/** Options of {@link openPaged}. */
export interface PagedOptions {
  stdout: TextStream;
  stderr: TextStream;
  /** Whether the command's output may be long, and this process may start programs on the terminal. */
  wanted: boolean;
  /** The pager that the settings name. */
  named: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  /** Called before the pager takes the terminal. */
  onStart: () => void;
}

/** The streams with a pager between, where standard output is a terminal and one is wanted; the same streams otherwise. */
export async function openPaged(options: PagedOptions): Promise<Paged> {
  const { stdout, stderr, wanted, named, environment, onStart } = options;
  const plain = { stdout, stderr, end: async () => {} };
  if (!wanted || stdout.isTTY !== true || environment["TERM"] === "dumb") return plain;
  const { choosePager, Pager } = await import("../terminal/pager.ts");
  const command = choosePager(named, environment);
  if (command === undefined) return plain;
  if ("problem" in command) return { ...plain, problem: command.problem };
  // As all programs that this one starts: without what is its own.
  const inherited = Object.fromEntries(Object.entries(environment).filter(([name]) => !isOwnVariable(name)));
  const pager = new Pager({ command, environment: inherited, onStart });
  return {
    stdout: pager.stdout(stdout),
    stderr: pager.stderr(stderr),
    end: (signal) => pager.end(signal),
  };
}
