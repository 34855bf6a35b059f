import process from "node:process";
import { EXIT_STATUS, type ExitStatus } from "./command-line/exit-status.ts";
import { Interruption, type StopSignal } from "./command-line/interruption.ts";
import { COMMANDS } from "./commands/all.ts";
import { runCli } from "./commands/cli.ts";

const controller = new AbortController();

/** The first signal asks the command to end, the second one ends the process. */
function stop(signal: StopSignal): void {
  if (controller.signal.aborted) process.exit(EXIT_STATUS.interrupted);
  controller.abort(new Interruption(signal));
}

process.on("SIGINT", stop);
process.on("SIGTERM", stop);
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader such as `head` that has seen enough is no failure.
    if (error.code !== "EPIPE") throw error;
  });
}

let status: ExitStatus | undefined;

// The exit code is set rather than the process ended, so that everything written gets out.
void runCli({
  args: process.argv.slice(2),
  environment: process.env,
  commands: COMMANDS,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  now: () => new Date(),
}).then((ended) => {
  status = ended;
  process.exitCode = ended;
});

// The runtime ends a process that waits for nothing that can still come, with status 0: for a command
// that has not ended, that is no success.
process.once("beforeExit", () => {
  if (status !== undefined) return;
  process.exitCode = EXIT_STATUS.failed;
  process.stderr.write("error: Cannot go on: the command waits for something that cannot come any more\n");
});
