import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { processTree, readUse } from "./processes.ts";

/** How often the process is looked at, in ms: what it takes after the last look is not counted. */
const INTERVAL = 10;
/** Looks between two searches for its children. */
const LOOKS_AT_TREE = 10;

/** What a run took. */
export interface RunCost {
  /** From its start to its end. */
  seconds: number;
  cpuSeconds: number;
  /** The most memory of each of its processes, together. */
  peakBytes: number;
}

/** How a program is run. */
export interface RunOptions {
  command: string;
  args: readonly string[];
  /** All of its environment. */
  env: Record<string, string | undefined>;
  /** A file that takes its output; otherwise it is returned. */
  outputFile?: string;
}

/**
 * Runs a program to its end and measures it.
 *
 * @throws {Error} where it ends with another status than 0.
 */
export async function runMeasured(options: RunOptions): Promise<RunCost & { output: string }> {
  const { command, args, env, outputFile } = options;
  const file = outputFile === undefined ? undefined : openSync(outputFile, "w");
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", file ?? "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const watch = new UseWatch(child.pid ?? 0);
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  try {
    // "close" waits for the streams too; the end itself is what counts.
    let seconds = 0;
    child.once("exit", () => {
      seconds = (performance.now() - started) / 1000;
    });
    const [status] = await once(child, "close");
    if (status !== 0)
      throw new Error(`Cannot measure ${command} ${args[0]}: status ${status}\n${errors().slice(-3000)}`);
    return { seconds, ...watch.end(), output: output() };
  } finally {
    process.off("exit", kill);
    watch.end();
    if (file !== undefined) closeSync(file);
  }
}

function collect(stream: ChildProcess["stdout"]): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Looks at a process and its children until its end. */
class UseWatch {
  readonly #seen = new Map<number, { cpuSeconds: number; peakBytes: number }>();
  readonly #timer: NodeJS.Timeout;
  #tree: number[];
  #looks = 0;

  constructor(pid: number) {
    this.#tree = [pid];
    this.#timer = setInterval(() => {
      this.#looks += 1;
      if (this.#looks % LOOKS_AT_TREE === 0) this.#tree = processTree(pid);
      for (const each of this.#tree) {
        const use = readUse(each);
        if (use !== undefined) this.#seen.set(each, use);
      }
    }, INTERVAL);
  }

  end(): Pick<RunCost, "cpuSeconds" | "peakBytes"> {
    clearInterval(this.#timer);
    let cpuSeconds = 0;
    let peakBytes = 0;
    for (const use of this.#seen.values()) {
      cpuSeconds = Math.max(cpuSeconds, use.cpuSeconds);
      peakBytes += use.peakBytes;
    }
    return { cpuSeconds, peakBytes };
  }
}
