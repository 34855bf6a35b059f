import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

/** How long all commands may take with one archive, in milliseconds, and how much memory a process may take that reads many. */
const WATCHDOG = 10_000;
const MOST_MEMORY = 400 * 1024 * 1024;
/** Archives that a process reads. */
const BATCH = 100;

/** What was found with one archive. */
interface FuzzFault {
  seed: number;
  changes: readonly string[];
  faults: readonly string[];
}

interface Line {
  begun?: number;
  changes?: string[];
  done?: number;
  faults?: string[];
  peak?: number;
}

/** What came of many archives. */
export interface FuzzResult {
  found: FuzzFault[];
  done: number;
  /** The most memory of a process, in bytes. */
  peak: number;
}

/**
 * Has other processes make and read the forged archives of so many seeds from the first on.
 *
 * @param slow how many times slower than usual the machine is.
 * @param kubeconfig of a cluster for dry runs.
 */
export async function fuzz({
  first,
  count,
  processes = 2,
  slow = 1,
  kubeconfig,
}: {
  first: number;
  count: number;
  processes?: number;
  slow?: number;
  kubeconfig?: string | undefined;
}): Promise<FuzzResult> {
  const result: FuzzResult = { found: [], done: 0, peak: 0 };
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const from = next;
      next = Math.min(from + BATCH, first + count);
      let seed = from;
      // A process that ends at an archive is followed by one that goes on behind it.
      while (seed < next && seed < from + BATCH) {
        seed = await runBatch({ seed, end: Math.min(from + BATCH, first + count), slow, kubeconfig }, result);
      }
    }
  };
  await Promise.all(Array.from({ length: processes }, work));
  return result;
}

/** Runs a process from a seed on. Returns the seed behind the last that was done, or that ended the process. */
async function runBatch(
  {
    seed,
    end,
    slow,
    kubeconfig,
  }: { seed: number; end: number; slow: number; kubeconfig: string | undefined },
  result: FuzzResult,
): Promise<number> {
  const worker = path.join(import.meta.dirname, "fuzz-worker.ts");
  const args = ["--expose-gc", worker, `${seed}`, `${end - seed}`];
  const child = spawn(process.execPath, [...args, ...(kubeconfig === undefined ? [] : [kubeconfig])], {
    stdio: ["ignore", "pipe", "pipe"],
    // The image's settings: memory that is freed goes back to the system.
    env: {
      ...process.env,
      MALLOC_ARENA_MAX: "2",
      MALLOC_TRIM_THRESHOLD_: "131072",
      MALLOC_MMAP_THRESHOLD_: "131072",
    },
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr = `${stderr}${text}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let current: { seed: number; changes: readonly string[] } | undefined;
  let behind = seed;
  let hung = false;
  let watchdog: NodeJS.Timeout | undefined;
  const fail = (faults: readonly string[]) => {
    result.found.push({ seed: current?.seed ?? seed, changes: current?.changes ?? [], faults });
  };
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    clearTimeout(watchdog);
    if (line.begun !== undefined) {
      current = { seed: line.begun, changes: line.changes ?? [] };
      behind = line.begun + 1;
      watchdog = setTimeout(() => {
        hung = true;
        child.kill("SIGKILL");
      }, WATCHDOG * slow);
      continue;
    }
    result.done += 1;
    result.peak = Math.max(result.peak, line.peak ?? 0);
    if (line.faults !== undefined && line.faults.length > 0) fail(line.faults);
    if ((line.peak ?? 0) > MOST_MEMORY) fail([`the process has taken ${line.peak} bytes`]);
    current = undefined;
    if (behind === end) break;
  }
  clearTimeout(watchdog);
  await ended;
  if (current !== undefined)
    fail([hung ? `it took longer than ${WATCHDOG} ms` : `the process ended: ${stderr}`]);
  else if (behind < end) {
    fail([`the process ended: ${stderr}`]);
    return end;
  }
  return behind;
}
