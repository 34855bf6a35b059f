/** Long output on a terminal, shown with a pager as git does it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import type { ScreenStream } from "./screen.ts";

/** The pager where none is named. */
const DEFAULT_PAGER = "less";

/** Words that say that no pager is wanted: `cat` as in git. */
const NO_PAGER: readonly string[] = ["cat", "false", "no", "off"];

/** What only a shell understands. */
const SHELL_SYNTAX = /[|&;<>()$`\\"'*?[\]#~=%\n]/;

/** How a pager is started. */
export interface PagerCommand {
  file: string;
  args: readonly string[];
}

/**
 * The pager to start; undefined where none is wanted, or the one that nobody has named is not there.
 *
 * @param named what the setting says; undefined where it says nothing.
 * @returns the problem where the one that is named is not there.
 */
export function choosePager(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): PagerCommand | { problem: string } | undefined {
  const text = named ?? DEFAULT_PAGER;
  if (NO_PAGER.includes(text)) return undefined;
  if (SHELL_SYNTAX.test(text)) return { file: "sh", args: ["-c", text] };
  const [file = "", ...args] = text.split(/\s+/);
  if (isExecutable(file, environment["PATH"] ?? "")) return { file, args };
  return named === undefined ? undefined : { problem: `The pager ${text} is not there: writing without one` };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function isExecutable(file: string, folders: string): boolean {
  const places = file.includes("/")
    ? [file]
    : folders.split(path.delimiter).map((each) => path.join(each, file));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Options of {@link Pager}. */
export interface PagerOptions {
  command: PagerCommand;
  environment: Readonly<Record<string, string | undefined>>;
  /** Called before the pager takes the terminal. */
  onStart: () => void;
}

/**
 * A pager that starts when something is written to standard output. From then on it gets standard error too, which would write
 * over its screen. When it ends before the program does, what is still written goes nowhere.
 */
export class Pager {
  readonly #options: PagerOptions;
  #child: ChildProcess | undefined;

  constructor(options: PagerOptions) {
    this.#options = options;
  }

  /** A terminal's standard output, shown with the pager. */
  stdout(stream: ScreenStream): ScreenStream {
    return this.#around(stream, (text) => {
      this.#child ??= this.#start();
      this.#child.stdin?.write(text);
    });
  }

  /** Standard error, which goes to the pager once that has the terminal. */
  stderr(stream: ScreenStream): ScreenStream {
    if (stream.isTTY !== true) return stream;
    return this.#around(stream, (text) => {
      if (this.#child === undefined || hasEnded(this.#child)) stream.write(text);
      else this.#child.stdin?.write(text);
    });
  }

  /** Returns when whoever reads has ended the pager. */
  async end(signal: AbortSignal): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.stdin?.end();
    // Ctrl-C is a key of the pager; whoever ends this process by SIGTERM cannot end the pager by a key.
    if (signal.aborted && (signal.reason as { signal?: unknown }).signal === "SIGTERM") child.kill();
    if (!hasEnded(child)) await once(child, "close");
  }

  #around(stream: ScreenStream, write: (text: string) => void): ScreenStream {
    return {
      isTTY: true,
      get columns() {
        return stream.columns;
      },
      write,
    };
  }

  #start(): ChildProcess {
    const { command, environment, onStart } = this.#options;
    onStart();
    // F: what fits the screen is only printed. R: colors. X: the text stays on the screen. Those of git.
    const env = { LESS: "FRX", LV: "-c", ...environment };
    const child = spawn(command.file, command.args, { env, stdio: ["pipe", "inherit", "inherit"] });
    child.on("error", () => {});
    // Whoever has read enough ends the pager, and that is no failure.
    child.stdin?.on("error", () => {});
    return child;
  }
}
