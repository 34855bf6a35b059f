/** A shell in which one command runs after the other, as in a terminal. */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";

/** A shell that runs. */
export interface Shell {
  /** Runs a command and returns all that it writes, standard error included; `$?` is there for the next one. */
  run(command: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a shell that knows nothing of the tester's own settings. */
export function startShell({ cwd, env }: { cwd: string; env: Record<string, string> }): Shell {
  const shell = spawn("bash", ["--noprofile", "--norc"], { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  const mark = randomUUID();
  let written = "";
  let wake = () => {};
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    written += text;
    wake();
  });
  const ended = once(shell, "close").finally(() => wake());
  shell.stdin.write("exec 2>&1\n");
  return {
    async run(command) {
      shell.stdin.write(`{ ${command}\n} < /dev/null; status=$?; echo ${mark}; (exit $status)\n`);
      for (;;) {
        const end = written.indexOf(`${mark}\n`);
        if (end >= 0) {
          const output = written.slice(0, end);
          written = written.slice(end + mark.length + 1);
          return output;
        }
        if (shell.exitCode !== null) throw new Error(`The shell ended while it ran ${command}: ${written}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop() {
      shell.stdin.end("exit\n");
      await ended;
    },
  };
}
