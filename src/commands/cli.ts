import { readSettings, type SettingsWith } from "../settings/settings.ts";
import { parseSwitch } from "../settings/values.ts";
import { createLog, type Log } from "../terminal/log.ts";
import { silent } from "../terminal/progress.ts";
import { helpWidth, parseCommandLine } from "./command-line.ts";
import type { Command } from "./context.ts";
import { EXIT_STATUS, type ExitStatus, endingOf } from "./exit-status.ts";
import { Output, type TextStream } from "./output.ts";
import { report } from "./report.ts";

/** All that the program has of the outside world. */
export interface CliOptions {
  /** Command line without the program's name. */
  args: readonly string[];
  environment: Record<string, string | undefined>;
  commands: readonly Command[];
  /** Writes are done when they return, as those of a process's streams to files, terminals and pipes. */
  stdout: TextStream;
  stderr: TextStream;
  signal: AbortSignal;
  now: () => Date;
}

/** Runs one command line to its end, whatever happens. */
export async function runCli(options: CliOptions): Promise<ExitStatus> {
  const { args, commands, stdout, stderr, signal, now } = options;
  let log: Log | undefined;
  const colors = hasColors(stdout, options.environment);
  let output = new Output({ stdout, json: false, colors });
  let service = false;
  let comparison = false;
  try {
    const parsed = parseCommandLine({ args, commands, width: helpWidth(stdout.columns) });
    if (parsed.kind === "text") {
      stdout.write(`${parsed.text}\n`);
      return EXIT_STATUS.done;
    }
    const { command, flags } = parsed;
    service = command.service ?? false;
    output = new Output({ stdout, json: flags["output"] === "json", colors });
    comparison = command.comparison ?? false;
    const settings = settingsOf(command, flags, options.environment);
    log = await openLog(options, settings.debug);
    const progress = silent;
    const found = await command.handler({ settings, flags, log, output, progress, signal, now });
    return found === "different" ? EXIT_STATUS.different : EXIT_STATUS.done;
  } catch (error) {
    const ending = endingOf(error, { signal, service, comparison });
    report(ending, error, { stderr, output, log: log ?? (await openLog(options, wantsDebug(options))) });
    return ending.status;
  }
}

/** Commands that need no list of settings look at none. */
function settingsOf(
  { needs }: Command,
  flags: Record<string, unknown>,
  environment: Record<string, string | undefined>,
): SettingsWith<never> {
  if (needs === undefined) return readSettings({ environment: {}, flags: {}, needs: [] });
  return readSettings({ environment, flags, needs });
}

async function openLog({ stderr, environment, now }: CliOptions, debug: boolean): Promise<Log> {
  const readable = stderr.isTTY === true;
  const colors = hasColors(stderr, environment);
  return await createLog({ stream: stderr, readable, colors, debug, now });
}

/** Whether a stream is a terminal that shows colours, and nobody minds them. */
function hasColors(stream: TextStream, environment: CliOptions["environment"]): boolean {
  // https://no-color.org: any value that is not empty.
  return stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

/** Whether to show detail of a command line or of settings that were wrong themselves. */
function wantsDebug({ args, environment }: CliOptions): boolean {
  if (args.includes("--debug")) return true;
  const parsed = parseSwitch(environment["DEBUG"]?.trim() ?? "");
  return "value" in parsed && parsed.value;
}
