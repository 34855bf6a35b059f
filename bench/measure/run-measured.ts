import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { processTree, readUsage } from "./processes.ts";

/** The interval between two samples of the process, in milliseconds. Usage after the last sample is not counted. */
const SAMPLE_INTERVAL = 10;
/** Number of samples between two searches for children. */
const SAMPLES_PER_TREE_SEARCH = 10;

/** The cost of a run. */
export interface RunCost {
  seconds: number;
  cpuSeconds: number;
  peakBytes: number;
}

/** How to run a program. */
export interface RunOptions {
  command: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
  /** A file for the output. Without a file, the output is returned. */
  outputFile?: string;
}

/**
 * Runs a program to its end and measures the cost.
 *
 * @throws {Error} when the exit status is not 0.
 */
export async function runMeasured(options: RunOptions): Promise<RunCost & { output: string }> {
  const { command, args, env, outputFile } = options;
  const file = outputFile === undefined ? undefined : openSync(outputFile, "w");
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", file ?? "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const sampler = new UsageSampler(child.pid ?? 0);
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  try {
    // "close" also waits for the streams, but the measured time ends with the process.
    let seconds = 0;
    child.once("exit", () => {
      seconds = (performance.now() - started) / 1000;
    });
    const [status] = await once(child, "close");
    if (status !== 0)
      throw new Error(`Cannot measure ${command} ${args[0]}: status ${status}\n${errors().slice(-3000)}`);
    return { seconds, ...sampler.end(), output: output() };
  } finally {
    process.off("exit", kill);
    sampler.end();
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

/** Samples a process and its children until the process ends. */
class UsageSampler {
  readonly #seen = new Map<number, { cpuSeconds: number; peakBytes: number }>();
  readonly #timer: NodeJS.Timeout;
  #tree: number[];
  #looks = 0;

  constructor(pid: number) {
    this.#tree = [pid];
    this.#timer = setInterval(() => {
      this.#looks += 1;
      if (this.#looks % SAMPLES_PER_TREE_SEARCH === 0) this.#tree = processTree(pid);
      for (const each of this.#tree) {
        const use = readUsage(each);
        if (use !== undefined) this.#seen.set(each, use);
      }
    }, SAMPLE_INTERVAL);
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
