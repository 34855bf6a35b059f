import { isPod } from "../cluster/kubeconfig/pod.ts";
import { meaningOfBare, meansService } from "../command-line/attendance.ts";
import { asTyped, type CalledAs, KUBE_BACKUP } from "../command-line/called-as.ts";
import { type Command, commandNames } from "../command-line/command.ts";
import { type Ending, EXIT_STATUS, type ExitStatus, endingOf } from "../command-line/exit-status.ts";
import { withPlace } from "../command-line/in-place.ts";
import { rejectNodeDebug } from "../command-line/node-debug.ts";
import { Output, type TextStream } from "../command-line/output.ts";
import { openPaged, type Paged } from "../command-line/paged.ts";
import { helpWidth, parseCommandLine } from "../command-line/parse-arguments.ts";
import { report } from "../command-line/report-ending.ts";
import {
  NO_CONFIGURATION,
  type ReadConfiguration,
  readConfiguration,
} from "../configuration/read-configuration.ts";
import { readSettings, type SettingsWith } from "../settings/settings.ts";
import { type ColorChoice, parseColor, parseLogFormat, parseSwitch } from "../settings/values.ts";
import { ownVariable, readVariable } from "../settings/variables.ts";
import { hasColors as decideColors } from "../terminal/colors.ts";
import { createLog, type Log } from "../terminal/log/log.ts";
import { chooseLogFormat } from "../terminal/log/log-format.ts";
import { noProgress, type Progress } from "../terminal/progress/progress.ts";
import { Screen } from "../terminal/screen.ts";
import { printLines } from "../terminal/styled.ts";

/** The process as the command line uses it: arguments, environment, streams, signal and clock. */
export interface CliOptions {
  args: readonly string[];
  environment: Record<string, string | undefined>;
  commands: readonly Command[];
  /** The name by which the program was called; its own by default. */
  calledAs?: CalledAs;
  /** Writes must be synchronous, as a process's writes to files, terminals and pipes are. */
  stdout: TextStream;
  stderr: TextStream;
  /** Whether standard input and standard error are a terminal, so that a person can answer; by default not. */
  attended?: boolean;
  signal: AbortSignal;
  now: () => Date;
  /** Milliseconds of a clock that nobody sets. */
  monotonic: () => number;
  /** Whether long output on a terminal may go to a pager; by default not. */
  pages?: boolean;
  /** Called when a pager takes the terminal. */
  onPaging?: () => void;
  /** The time zone of whoever is at the terminal; unknown by default. */
  zone?: string | undefined;
}

/**
 * The word with which completion scripts call the program. Not a command, since the words after it are an unfinished
 * command line.
 */
const COMPLETE = "__complete";

/** Milliseconds after which an interrupted command reports that it is still running. */
const SLOW_SHUTDOWN = 1_000;

/** Runs one command line to its end and returns the exit status. Never throws. */
export async function runCli(given: CliOptions): Promise<ExitStatus> {
  const screen = new Screen(given.stderr);
  const options = { ...given, stdout: screen.above(given.stdout), stderr: screen.above(given.stderr) };
  const { args, commands, stdout, stderr, signal, now, monotonic, environment } = options;
  if (args[0] === COMPLETE) {
    const { complete } = await import("./complete/complete.ts");
    // Answers in time or not at all, since the shell waits.
    await complete({ ...given, words: args.slice(1) }).catch(() => {});
    return EXIT_STATUS.done;
  }
  let log: Log | undefined;
  let configuration = NO_CONFIGURATION;
  let paged: Paged | undefined;
  const colors = hasColors(stdout, options);
  let output = new Output({ stdout, json: asksForJson(args), colors });
  let service = meansService(args, commands);
  let comparison = false;
  const shutdownWarning = warnOfSlowShutdown(options);
  const called = given.calledAs ?? KUBE_BACKUP;
  const typed = (text: string) => asTyped(text, called, commands.flatMap(commandNames));
  const surroundings = { terminal: options.attended === true, pod: isPod(environment) };
  try {
    rejectNodeDebug(options.environment);
    const bare = meaningOfBare(args, surroundings);
    const width = helpWidth(stdout.columns);
    const parsed = parseCommandLine({ args, commands, width, bare, program: called.command });
    if (parsed.kind === "text") {
      printLines(stdout, typed(parsed.text).split("\n"));
      return EXIT_STATUS.done;
    }
    const { command, flags } = parsed;
    service = command.service ?? false;
    const json = [flags["output"]].flat().at(-1) === "json";
    output = new Output({ stdout, json, colors });
    comparison = command.comparison ?? false;
    if (command.needs !== undefined)
      configuration = await readConfiguration({ environment, flags, pod: surroundings.pod });
    const settings = settingsOf(command, { flags, environment, configuration });
    paged = await openPaged({
      ...{ stdout, stderr, environment, named: settings.pager },
      wanted: command.paged === true && options.pages === true,
      onStart: () => {
        screen.close();
        options.onPaging?.();
      },
    });
    const colored = hasColors(stdout, options, settings.color);
    output = new Output({ stdout: paged.stdout, json, colors: colored });
    const readable = isReadable(options, service, configuration);
    log = await openLog(
      { ...options, stderr: paged.stderr },
      { debug: settings.debug, readable, color: settings.color },
    );
    if (paged.problem !== undefined) log.warn(paged.problem);
    for (const { entry, variable } of configuration.overruled)
      log.warn(`${variable} of the environment wins over ${entry} of the profile ${configuration.profile}`);
    const progress = await openProgress(options, { screen, log, shown: !settings.quiet && !service });
    const found = await command.handler({
      ...{ settings, flags, log, output, progress, signal, now, monotonic, environment, surroundings },
      file: configuration.entries,
      reading: () => ({ now: now(), zone: surroundings.terminal ? options.zone : undefined }),
      calledAs: called,
    });
    await paged.end(signal);
    return found === "different" ? EXIT_STATUS.different : EXIT_STATUS.done;
  } catch (error) {
    await paged?.end(signal);
    const ending = endingAs(typed, endingOf(error, { signal, service, comparison }));
    const readable = isReadable(options, service, configuration);
    log ??= await openLog(options, { debug: wantsDebug(options), readable });
    report(ending, error, { stderr, readable, output, log });
    return ending.status;
  } finally {
    shutdownWarning.forget();
    screen.close();
  }
}

/** The end of a command line in the words of whoever has typed it. */
function endingAs(typed: (text: string) => string, ending: Ending): Ending {
  const { messages, advice } = ending;
  return {
    ...ending,
    messages: messages.map(typed),
    ...(advice === undefined ? {} : { advice: typed(advice) }),
  };
}

/** After Ctrl-C, tells the user how to force a slow command to end. */
function warnOfSlowShutdown({ stderr, signal }: CliOptions): { forget(): void } {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const tell = () => void stderr.write("Stopping in good order; Ctrl-C once more stops at once\n");
    timer = setTimeout(tell, SLOW_SHUTDOWN).unref();
  };
  if (stderr.isTTY === true) signal.addEventListener("abort", onAbort, { once: true });
  return {
    forget: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Reads the settings. Commands without `needs` read no setting. */
function settingsOf(
  command: Command,
  given: {
    flags: Record<string, unknown>;
    environment: Record<string, string | undefined>;
    configuration: ReadConfiguration;
  },
): SettingsWith<never> {
  const { needs, clusterless = false } = command;
  if (needs === undefined) return readSettings({ environment: {}, flags: {}, needs: [] });
  const { environment, configuration } = given;
  const { entries: file, profile } = configuration;
  const profiles = profile === undefined ? configuration.profiles : [];
  const flags = withPlace(command, given.flags, { environment, file });
  try {
    return readSettings({ environment, flags, needs, file, profiles });
  } catch (error) {
    if (!clusterless) throw error;
    const without = { ...environment, KUBECONFIG: undefined, [ownVariable("KUBECONFIG")]: undefined };
    const rest = new Map([...file].filter(([name]) => name !== "kubeconfig"));
    return readSettings({ environment: without, flags, needs, file: rest, profiles });
  }
}

/** Whether a command line asks for JSON that cannot be parsed, so that the one document is the error. */
function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      /^(?:-o=?|--output=)json$/.test(arg) ||
      (arg === "json" && /^(?:-o|--output)$/.test(args[index - 1] ?? "")),
  );
}

/** Whether messages are text. Asked for before the settings are read, which may be wrong. */
function isReadable(
  { args, stderr, environment }: CliOptions,
  service: boolean,
  { entries }: ReadConfiguration,
): boolean {
  const said = lastValue(args, "--log-format") ?? readVariable(environment, "LOG_FORMAT");
  const given = parseLogFormat(said || (entries.get("log-format")?.text.trim() ?? ""));
  return (
    chooseLogFormat({
      given: "value" in given ? given.value : undefined,
      terminal: stderr.isTTY === true,
      service,
    }) === "text"
  );
}

async function openLog(
  options: CliOptions,
  { debug, readable, color }: { debug: boolean; readable: boolean; color?: ColorChoice | undefined },
): Promise<Log> {
  const { stderr, now } = options;
  const colors = hasColors(stderr, options, color);
  return await createLog({ stream: stderr, readable, colors, debug, now });
}

/** Opens a progress bar on a terminal, or log lines elsewhere. */
async function openProgress(
  { stderr, environment, signal, now }: CliOptions,
  { screen, log, shown }: { screen: Screen; log: Log; shown: boolean },
): Promise<Progress> {
  if (!shown) return noProgress;
  // A dumb terminal cannot return to the start of a line.
  if (stderr.isTTY === true && environment["TERM"] !== "dumb") {
    return (await import("../terminal/progress/progress-bar.ts")).progressBar({ screen, now, signal });
  }
  return (await import("../terminal/progress/progress-log.ts")).progressLog({ log, now });
}

/** Whether a stream gets colors. Asked for also before the settings are read, which may be wrong. */
function hasColors(stream: TextStream, { args, environment }: CliOptions, color?: ColorChoice): boolean {
  const given = parseColor(lastValue(args, "--color") ?? readVariable(environment, "KUBE_BACKUP_COLOR"));
  const choice = color ?? ("value" in given ? given.value : "auto");
  return decideColors({ choice, terminal: stream.isTTY === true, environment });
}

/** The value of a flag that is given last, as `--flag value` or `--flag=value`. */
function lastValue(args: readonly string[], flag: string): string | undefined {
  const index = args.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return args[index] === flag ? args[index + 1] : args[index]?.slice(flag.length + 1);
}

/** Whether to log at DEBUG when the command line or the settings are invalid. */
function wantsDebug({ args, environment }: CliOptions): boolean {
  if (args.includes("--debug")) return true;
  const parsed = parseSwitch(readVariable(environment, "DEBUG"));
  return "value" in parsed && parsed.value;
}
