/**
 * `make bench` measures the built executable against the raw limits and against other programs. BENCH selects what to
 * measure: small (the default), large, wide, helm, idle or all. See docs/benchmark.md.
 */

import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { binaries } from "../test/support/binaries/build.ts";
import { moduleOf } from "../test/support/binaries/modules.ts";
import { programCommand } from "../test/support/program/program.ts";
import { commitOfTree, describeMachine } from "./machine.ts";
import { measureIdle } from "./measure-idle.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { reportProgress } from "./report-progress.ts";
import { drawChart } from "./results/chart.ts";
import { headlineOf } from "./results/headline.ts";
import { panelsOf } from "./results/panels.ts";
import type { Results } from "./results/results.ts";
import { formatTables } from "./results/tables.ts";
import { writeBetweenMarks } from "./results/write-between-marks.ts";
import { runShape } from "./run-shape.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const README = path.join(ROOT, "README.md");
const DOCUMENT = path.join(ROOT, "docs", "benchmark.md");
/** Stored beside the page generated from the results, so that a run on another machine keeps the other results. */
const RESULTS = path.join(ROOT, "docs", "benchmark.json");
const CHART = path.join(ROOT, "docs", "images", "benchmark.svg");
/** Results of a trial are kept apart, so that no later run reads them as its own. */
const TRIAL = path.join(ROOT, "dist", "bench-trial");

if (process.platform !== "linux") throw new Error("The benchmark reads Linux's /proc: run it on Linux");
// Servers and temporary files are removed when this process exits, also after Ctrl-C.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
const options = readOptions(process.env);
const commit = commitOfTree([RESULTS, DOCUMENT, CHART, README]);
if (options.velero === undefined)
  reportProgress(
    "Velero is left out: VELERO and VELERO_PLUGINS name its executable and its plug-ins' folder",
  );
process.env["KUBE_BACKUP"] = await install();
await binaries(["etcd", "kube-apiserver", "kube-controller-manager", "kubectl", "minio"]);
// Results that this run does not measure are kept. Each result has its own time, machine and commit.
const results: Results = options.defaultSizes ? await readResults() : { shapes: {} };
for (const shape of options.shapes) {
  const facts = { ...about(), versions: versions(options) };
  for await (const measured of runShape(shape, options)) {
    results.shapes[shape.name] = { ...facts, ...measured };
    await write(results, options);
  }
}
if (options.idle !== undefined) {
  results.idle = { ...about(), ...(await measureIdle(options.idle, options.seed)) };
  await write(results, options);
}
process.stdout.write(`\n${formatTables(results)}\n`);
const written = options.defaultSizes
  ? [RESULTS, DOCUMENT, CHART, README]
  : [`${TRIAL}.json`, `${TRIAL}.md`, `${TRIAL}.svg`];
reportProgress(`Results are in ${written.map((file) => path.relative(ROOT, file)).join(", ")}`);

/**
 * Copies the executable, as an installation does, and returns the command line that runs the copy. A file that a
 * build has just written is in the page cache in pieces of megabytes, each of which counts entirely as memory of the
 * program.
 */
async function install(): Promise<string> {
  const [command, ...args] = programCommand();
  // Removed when this process exits.
  const installed = path.join(temporaryFolder().path, path.basename(command));
  await copyFile(command, installed);
  return [installed, ...args].join(" ");
}

/** The time, commit and machine. Must be called before the measurements, which load the machine. */
function about() {
  return { time: new Date().toISOString(), commit, machine: describeMachine() };
}

/** @throws {Error} when the results cannot be read. Writing new results would lose those of other runs. */
async function readResults(): Promise<Results> {
  return JSON.parse(await readFile(RESULTS, "utf8")) as Results;
}

async function write(results: Results, { defaultSizes }: BenchOptions): Promise<void> {
  const json = `${JSON.stringify(results, null, 2)}\n`;
  const tables = formatTables(results);
  const shape = results.shapes.small ?? results.shapes.large ?? results.shapes.wide;
  const chart =
    shape === undefined ? undefined : drawChart("kube-backup against what else there is", panelsOf(shape));
  if (!defaultSizes) {
    // A trial with other sizes must not change the documentation.
    await mkdir(path.dirname(TRIAL), { recursive: true });
    await writeFile(`${TRIAL}.json`, json);
    await writeFile(`${TRIAL}.md`, tables);
    if (chart !== undefined) await writeFile(`${TRIAL}.svg`, chart);
    return;
  }
  await writeFile(RESULTS, json);
  const headline = headlineOf(results);
  if (headline !== undefined)
    await writeFile(README, writeBetweenMarks(await readFile(README, "utf8"), headline));
  const picture = "![Times, rates, memory and load of the API server as bars](images/benchmark.svg)";
  const document = writeBetweenMarks(await readFile(DOCUMENT, "utf8"), `${picture}\n\n${tables}`);
  await writeFile(DOCUMENT, document);
  if (chart !== undefined) await writeFile(CHART, chart);
}

function versions({ velero }: BenchOptions): Record<string, string> {
  const [command, ...args] = programCommand();
  const first = (text: string) => text.trim().split("\n", 1)[0] ?? "";
  return {
    Kubernetes: moduleOf("kube-apiserver").version,
    ...(velero === undefined
      ? {}
      : {
          Velero: first(
            execFileSync(velero.command, ["version", "--client-only"], { encoding: "utf8" }).replace(
              /^Client:\s*Version:\s*/,
              "",
            ),
          ),
        }),
    "kube-backup": first(execFileSync(command, [...args, "--version"], { encoding: "utf8" })),
  };
}
