import type { Command } from "../command-line/command.ts";
import { EXIT_STATUS, type ExitStatus, endingOf } from "../command-line/exit-status.ts";
import { Output, type TextStream } from "../command-line/output.ts";
import { helpWidth, parseCommandLine } from "../command-line/parse-arguments.ts";
import { report } from "../command-line/report-ending.ts";
import { readSettings, type SettingsWith } from "../settings/settings.ts";
import { parseSwitch } from "../settings/values.ts";
import { createLog, type Log } from "../terminal/log/log.ts";
import { type Progress, silent } from "../terminal/progress/progress.ts";
import { Screen } from "../terminal/screen.ts";

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

/** What the shells' scripts ask; no command, since what follows it is a line that is being typed. */
const COMPLETE = "__complete";

/** An interrupted command that goes on for longer says so, in milliseconds. */
const SLOW_END = 1_000;

/** Runs one command line to its end, whatever happens. */
export async function runCli(given: CliOptions): Promise<ExitStatus> {
  const screen = new Screen(given.stderr);
  const options = { ...given, stdout: screen.above(given.stdout), stderr: screen.above(given.stderr) };
  const { args, commands, stdout, stderr, signal, now } = options;
  if (args[0] === COMPLETE) {
    const { complete } = await import("./complete/complete.ts");
    // It answers within its time, or not at all: a shell waits for it.
    await complete({ ...given, words: args.slice(1) }).catch(() => {});
    return EXIT_STATUS.done;
  }
  let log: Log | undefined;
  const colors = hasColors(stdout, options.environment);
  let output = new Output({ stdout, json: false, colors });
  let service = false;
  let comparison = false;
  const slowEnd = tellSlowEnd(options);
  try {
    const parsed = parseCommandLine({ args, commands, width: helpWidth(stdout.columns) });
    if (parsed.kind === "text") {
      stdout.write(`${parsed.text}\n`);
      return EXIT_STATUS.done;
    }
    const { command, flags } = parsed;
    service = command.service ?? false;
    output = new Output({ stdout, json: [flags["output"]].flat().at(-1) === "json", colors });
    comparison = command.comparison ?? false;
    const settings = settingsOf(command, flags, options.environment);
    log = await openLog(options, settings.debug);
    const progress = await openProgress(options, { screen, log, shown: !settings.quiet && !service });
    const found = await command.handler({ settings, flags, log, output, progress, signal, now });
    return found === "different" ? EXIT_STATUS.different : EXIT_STATUS.done;
  } catch (error) {
    const ending = endingOf(error, { signal, service, comparison });
    report(ending, error, { stderr, output, log: log ?? (await openLog(options, wantsDebug(options))) });
    return ending.status;
  } finally {
    slowEnd.forget();
    screen.close();
  }
}

/** Tells whoever has pressed Ctrl-C and sees the program go on how to end it for good. */
function tellSlowEnd({ stderr, signal }: CliOptions): { forget(): void } {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const tell = () => void stderr.write("Stopping in good order; Ctrl-C once more stops at once\n");
    timer = setTimeout(tell, SLOW_END).unref();
  };
  if (stderr.isTTY === true) signal.addEventListener("abort", onAbort, { once: true });
  return {
    forget: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Commands that need no list of settings look at none. */
function settingsOf(
  { needs, clusterless = false }: Command,
  flags: Record<string, unknown>,
  environment: Record<string, string | undefined>,
): SettingsWith<never> {
  if (needs === undefined) return readSettings({ environment: {}, flags: {}, needs: [] });
  try {
    return readSettings({ environment, flags, needs });
  } catch (error) {
    if (!clusterless) throw error;
    return readSettings({ environment: { ...environment, KUBECONFIG: undefined }, flags, needs });
  }
}

async function openLog({ stderr, environment, now }: CliOptions, debug: boolean): Promise<Log> {
  const readable = stderr.isTTY === true;
  const colors = hasColors(stderr, environment);
  return await createLog({ stream: stderr, readable, colors, debug, now });
}

/** A bar where somebody watches, lines of the log elsewhere. */
async function openProgress(
  { stderr, environment, signal, now }: CliOptions,
  { screen, log, shown }: { screen: Screen; log: Log; shown: boolean },
): Promise<Progress> {
  if (!shown) return silent;
  // A dumb terminal cannot go back to the beginning of a line.
  if (stderr.isTTY === true && environment["TERM"] !== "dumb") {
    return (await import("../terminal/progress/progress-bar.ts")).progressBar({ screen, now, signal });
  }
  return (await import("../terminal/progress/progress-log.ts")).progressLog({ log, now });
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
