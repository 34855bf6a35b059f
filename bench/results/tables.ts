/** The results as Markdown. */

import { format, judgeAims } from "./aims.ts";
import {
  type IdleResult,
  type Machine,
  type Measurement,
  type Results,
  type ShapeResult,
  SUBJECTS,
} from "./results.ts";
import { summarize } from "./statistics.ts";

const MIB = 1024 ** 2;

/** All tables: the aims, then the measurements of each shape. */
export function formatTables(results: Results): string {
  const shapes = Object.entries(results.shapes).map(([name, shape]) => formatShape(name, shape));
  const idle = results.idle === undefined ? [] : [formatIdle(results.idle)];
  return `${[`### Aims\n\n${formatAims(results)}`, ...shapes, ...idle].join("\n\n")}\n`;
}

function formatAims(results: Results): string {
  return table(
    ["Work", "Aim", "Measured: median (spread)", "Met"],
    judgeAims(results).map(({ work, aim, measured, met }) => [
      work,
      aim,
      measured,
      met === undefined ? "–" : met ? "yes" : "**no**",
    ]),
  );
}

function formatShape(name: string, shape: ShapeResult): string {
  const { objects, jsonBytes, archiveBytes, time, createRates } = shape;
  const rows = SUBJECTS.flatMap((subject) => {
    const measured = shape.measurements[subject];
    return measured === undefined || measured.length === 0 ? [] : [[subject, ...columns(measured)]];
  });
  const rates = createRates.map(({ transport, objectsPerSecond }) => [
    transport,
    objectsPerSecond.map((rate) => format(rate)).join(", "),
  ]);
  return [
    `### ${name}: ${objects.toLocaleString("en-US")} objects`,
    `${format(jsonBytes / MIB)} MiB of JSON, ${format(archiveBytes / MIB)} MiB as an archive.`,
    `${describeMachine(shape)}, ${time.slice(0, 10)}.`,
    "",
    table(
      [
        "",
        "Rounds",
        "Time, s: median (spread)",
        "Objects/s",
        "Peak memory, MiB",
        "CPU, s",
        "Requests",
        "CPU of the API server, s",
        "CPU of etcd, s",
      ],
      rows,
    ),
    ...(rates.length === 0
      ? []
      : [
          "",
          "Raw creates by the way of sending, objects a second; the best is the limit above:",
          "",
          table(["Way", "Objects/s, each try"], rates),
        ]),
  ].join("\n");
}

function columns(measured: readonly Measurement[]): string[] {
  const median = (value: (measurement: Measurement) => number) => {
    const summary = summarize(measured.map(value));
    return summary === undefined ? "" : format(summary.median);
  };
  const time = summarize(measured.map(({ seconds }) => seconds));
  const spread = time === undefined ? "" : ` (${format(time.least)} to ${format(time.most)})`;
  return [
    String(measured.length),
    `${median(({ seconds }) => seconds)}${spread}`,
    median(({ objects, seconds }) => objects / seconds),
    median(({ peakBytes }) => peakBytes / MIB),
    median(({ cpuSeconds }) => cpuSeconds),
    median(({ requests }) => requests),
    median(({ apiServerCpuSeconds }) => apiServerCpuSeconds),
    median(({ etcdCpuSeconds }) => etcdCpuSeconds),
  ];
}

function formatIdle(idle: IdleResult): string {
  const { backups, objects, bytes, peakBytes, seconds, cpuSeconds, time } = idle;
  return [
    "### The loop at rest",
    `After ${backups} backups of ${objects.toLocaleString("en-US")} objects: ${format(bytes / MIB)} MiB held (${format(peakBytes / MIB)} MiB at most before), ${format(cpuSeconds)} s of CPU in ${format(seconds)} s.`,
    `${describeMachine(idle)}, ${time.slice(0, 10)}.`,
  ].join("\n");
}

function describeMachine({
  machine,
  commit,
  ...rest
}: {
  machine: Machine;
  commit: string;
  versions?: Record<string, string>;
}): string {
  const { processor, processors, memoryBytes, system, loadBefore } = machine;
  const versions = Object.entries(rest.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return [
    `${processors} processors (${processor}), ${format(memoryBytes / 1024 ** 3)} GiB of memory, ${system}`,
    `load before ${format(loadBefore)}`,
    `commit ${commit}`,
    ...versions,
  ].join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
