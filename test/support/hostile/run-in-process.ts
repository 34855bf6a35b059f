import { commandName } from "../../../src/command-line/declaration.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { MARK } from "./mark.ts";

const NOON = new Date("2026-01-31T12:00:00Z");

/** What a command wrote, to both streams of a terminal. */
export interface Written {
  status: number;
  text: string;
}

/** Options of {@link runInProcess}. */
export interface InProcessOptions {
  environment: Record<string, string>;
  colors?: boolean;
  /** Whether standard output and standard error are a terminal; they are by default. */
  terminal?: boolean;
  /** The time; 2026-01-31T12:00:00Z by default. */
  now?: Date;
}

/** Runs a command line in this process, on a terminal. Words of the line that are `MARK` are hostile text. */
export async function runInProcess(
  line: string | readonly string[],
  { environment, colors = false, terminal = true, now = NOON }: InProcessOptions,
): Promise<Written> {
  let text = "";
  const stream = {
    isTTY: terminal,
    columns: 200,
    write: (chunk: string) => {
      text += chunk;
    },
  };
  const words = typeof line === "string" ? line.split(" ") : line;
  const own = COMMANDS.filter((command) => commandName(command) === words[0]);
  const status = await runCli({
    args: [...words.map((word) => word.replace("MARK", MARK)), "--quiet"],
    environment: {
      ...(colors ? {} : { NO_COLOR: "1" }),
      ...(terminal ? {} : { LOG_FORMAT: "json" }),
      ...environment,
    },
    // yargs measures the help of every command that it knows.
    commands: own.length > 0 ? own : COMMANDS,
    stdout: stream,
    stderr: stream,
    signal: new AbortController().signal,
    now: () => now,
    monotonic: () => performance.now(),
  });
  return { status, text };
}
