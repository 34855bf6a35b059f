import { performance } from "node:perf_hooks";
import process from "node:process";
import { calledAs } from "./command-line/called-as.ts";
import { EXIT_STATUS, type ExitStatus } from "./command-line/exit-status.ts";
import { Interruption, type StopSignal } from "./command-line/interruption.ts";
import { COMMANDS } from "./commands/all.ts";
import { runCli } from "./commands/cli.ts";
import { isOwnVariable } from "./settings/variables.ts";
import { canAsk } from "./terminal/confirm.ts";

const controller = new AbortController();

/** Whether a pager has the terminal, which takes Ctrl-C for itself. */
let paging = false;

/** The first signal asks the command to stop. The second signal ends the process. */
function stop(signal: StopSignal): void {
  if (controller.signal.aborted && !paging) process.exit(EXIT_STATUS.interrupted);
  controller.abort(new Interruption(signal));
}

process.on("SIGINT", stop);
process.on("SIGTERM", stop);
// Node would open a debugger, to which whoever reaches its port gives any code. The executable's flags prevent that
// before this line runs; with the flags alone, the signal would end the process.
process.on("SIGUSR1", () => {});
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe early, such as `head`, is no failure.
    if (error.code !== "EPIPE") throw error;
  });
}

let status: ExitStatus | undefined;

const environment = { ...process.env };
// What the program starts inherits the rest.
for (const name of Object.keys(process.env).filter(isOwnVariable)) delete process.env[name];

// Sets the exit code instead of calling `process.exit`, so that buffered output is flushed.
void runCli({
  args: process.argv.slice(2),
  calledAs: calledAs(process.argv0),
  environment,
  commands: COMMANDS,
  stdout: process.stdout,
  stderr: process.stderr,
  attended: canAsk(),
  signal: controller.signal,
  now: () => new Date(),
  monotonic: () => performance.now(),
  pages: true,
  onPaging: () => {
    paging = true;
  },
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}).then((ended) => {
  status = ended;
  process.exitCode = ended;
});

// The runtime exits with status 0 when nothing is pending any more. For a command that has not finished, that is no
// success.
process.once("beforeExit", () => {
  if (status !== undefined) return;
  process.exitCode = EXIT_STATUS.failed;
  process.stderr.write("error: Cannot go on: the command waits for something that cannot come any more\n");
});
