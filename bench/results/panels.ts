import { format } from "./aims.ts";
import type { Bar, Panel } from "./chart.ts";
import { type Measurement, type ShapeResult, type Subject, valuesOf } from "./results.ts";
import { summarize } from "./statistics.ts";

const MIB = 1024 ** 2;
const BACKUPS: readonly Subject[] = [
  "raw list",
  "raw list and gzip",
  "kube-backup backup",
  "kubectl get",
  "velero backup",
];
const RESTORES: readonly Subject[] = [
  "raw create",
  "kube-backup restore",
  "kubectl create",
  "velero restore",
];
const UNCHANGED: Subject = "kube-backup restore, unchanged";

/** The panels for a shape. An unchanged restore creates nothing, so the panel of rates omits unchanged restores. */
export function panelsOf(shape: ShapeResult): Panel[] {
  const objects = `${shape.objects.toLocaleString("en-US")} objects`;
  const panel = (
    title: string,
    subjects: readonly Subject[],
    { unit, value }: { unit: string; value: (measurement: Measurement) => number },
  ): Panel => ({
    title: `${title}, ${unit}`,
    bars: subjects.flatMap((subject) => barOf(shape, subject, { unit, value })),
  });
  const seconds = { unit: "s", value: (each: Measurement) => each.seconds };
  const rate = { unit: "objects/s", value: (each: Measurement) => each.objects / each.seconds };
  const memory = { unit: "MiB", value: (each: Measurement) => each.peakBytes / MIB };
  const load = { unit: "s", value: (each: Measurement) => each.apiServerCpuSeconds };
  const everything = [...BACKUPS, ...RESTORES, UNCHANGED];
  const programs = everything.filter((subject) => !subject.startsWith("raw"));
  return [
    panel(`Backup of ${objects}: time`, BACKUPS, seconds),
    panel(`Restore of ${objects}: rate`, RESTORES, rate),
    panel(`Peak memory, ${objects}`, programs, memory),
    panel(`CPU of the API server, ${objects}`, everything, load),
  ];
}

function barOf(
  shape: ShapeResult,
  subject: Subject,
  { unit, value }: { unit: string; value: (measurement: Measurement) => number },
): Bar[] {
  const summary = summarize(valuesOf(shape, subject, value));
  if (summary === undefined) return [];
  const { median, least, most } = summary;
  const text = `${format(median)} ${unit}`;
  return [
    { label: subject, value: median, text, spread: { least, most }, ours: subject.startsWith("kube-backup") },
  ];
}
