/**
 * Runs test files, in processes of their own, and reports them as one run: `node test/run.ts FILE…`
 *
 * Three files at a time: each has servers of its own, keeps one processor busy for half of its time, and waits for the rest;
 * beside them one of those that mostly wait.
 */

import path from "node:path";
import process from "node:process";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec, type TestEvent } from "node:test/reporters";

/** Files that mostly wait for minutes to pass or for pods to start; the longest first. */
const WAITING = [
  "test/node/restarts/restarts.test.ts",
  "test/program/backup/loop.test.ts",
  "test/node/story/story.test.ts",
];

/** How long a file may take, in ms. */
const TIMEOUT = 1_000_000;

/** How many of the files that took longest are told at the end. */
const SLOWEST = 60;

/** What the closing lines of a run count. */
const COUNTS = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];

// Each file is a process of its own and loads much of the same source, which Node strips of its types and compiles once.
process.env["NODE_COMPILE_CACHE"] ??= path.resolve("node_modules/.cache/compiled");

const named = process.argv.slice(2);
const lanes = [
  { files: WAITING.filter((file) => named.includes(file)), concurrency: 1 },
  { files: named.filter((file) => !WAITING.includes(file)), concurrency: 3 },
];
const report = new PassThrough({ objectMode: true });
const printed = pipeline(report, new spec(), process.stdout);
const totals = new Map([...COUNTS, "duration_ms"].map((name) => [name, 0]));
/** How long each file took, in ms. */
const durations = new Map<string, number>();
/** The last lane's summary, for which the reporter lists what has failed. */
let summary: TestEvent | undefined;
const started = performance.now();

await Promise.all(lanes.filter(({ files }) => files.length > 0).map(runLane));

totals.set("duration_ms", performance.now() - started);
for (const [file, duration] of [...durations].sort(([, one], [, other]) => other - one).slice(0, SLOWEST))
  tell(`${(duration / 1000).toFixed(0)} s ${path.relative(".", file)}`);
if (summary !== undefined) report.write(summary);
for (const [name, total] of totals) tell(`${name} ${total}`);
report.end();
await printed;
if (totals.get("tests") === 0 || totals.get("fail") !== 0 || totals.get("cancelled") !== 0)
  process.exitCode = 1;

/** Writes a line at the end of the report. */
function tell(message: string): void {
  report.write({ type: "test:diagnostic", data: { nesting: 0, message, level: "info" } });
}

/** Runs the files of a lane; what they tell goes into the report, what the lane counts into the totals. */
async function runLane({ files, concurrency }: { files: string[]; concurrency: number }): Promise<void> {
  const unfinished: TestEvent[] = [];
  for await (const event of run({ files, concurrency, timeout: TIMEOUT })) {
    if (event.type === "test:summary") {
      if (event.data.file !== undefined) durations.set(event.data.file, event.data.duration_ms);
      // That of a lane: the reporter would tell what has failed before the other lane is done.
      else summary = event;
      continue;
    }
    const count = countOf(event);
    if (count !== undefined) {
      totals.set(count.name, (totals.get(count.name) ?? 0) + count.number);
      continue;
    }
    unfinished.push(event);
    // A suite stays together, whatever the other lane tells meanwhile.
    if ((event.type === "test:pass" || event.type === "test:fail") && event.data.nesting === 0)
      for (const each of unfinished.splice(0)) report.write(each);
  }
  for (const each of unfinished) report.write(each);
}

/** What a closing line of a lane counts; undefined for all else. */
function countOf(event: TestEvent): { name: string; number: number } | undefined {
  if (event.type !== "test:diagnostic" || event.data.nesting !== 0) return undefined;
  const [, name = "", number] = /^(\w+) ([\d.]+)$/.exec(event.data.message) ?? [];
  return name === "duration_ms" || COUNTS.includes(name) ? { name, number: Number(number) } : undefined;
}
