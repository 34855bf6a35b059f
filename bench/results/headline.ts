/** The results in one or two sentences, for the README. */

import { format } from "./aims.ts";
import { type Measurement, type Results, type ShapeResult, type Subject, valuesOf } from "./results.ts";
import { summarize } from "./statistics.ts";

/** The names of the other programs, and the subjects to compare with kube-backup. */
const OTHERS = [
  ["kubectl", "kubectl get", "kubectl create"],
  ["Velero", "velero backup", "velero restore"],
] as const satisfies readonly (readonly [string, Subject, Subject])[];

/** Describes how long a backup and a restore take, and on which machine. Undefined when not measured. */
export function headlineOf({ shapes: { small } }: Results): string | undefined {
  const backup = median(small, "kube-backup backup", ({ seconds }) => seconds);
  const restore = median(small, "kube-backup restore", ({ seconds }) => seconds);
  if (small === undefined || backup === undefined || restore === undefined) return undefined;
  const { machine, objects, time } = small;
  const others = (index: 1 | 2) =>
    OTHERS.flatMap((names) => {
      const seconds = median(small, names[index], (measurement) => measurement.seconds);
      return seconds === undefined ? [] : [`${names[0]} ${format(seconds)} s`];
    });
  const against = (found: readonly string[]) => (found.length === 0 ? "" : ` (${found.join(", ")})`);
  // The maximum over all rounds: "at most" does not describe a median.
  const peaks = (["kube-backup backup", "kube-backup restore"] as const).flatMap((subject) =>
    valuesOf(small, subject, ({ peakBytes }) => peakBytes / 1024 ** 2),
  );
  return [
    `${objects.toLocaleString("en-US")} objects on ${machine.processors} processors (${machine.processor}), API server and etcd`,
    `included: backed up in ${format(backup)} s${against(others(1))},`,
    `restored in ${format(restore)} s${against(others(2))},`,
    `in at most ${format(Math.max(...peaks))} MiB of memory. Medians of ${time.slice(0, 10)}.`,
  ].join("\n");
}

function median(
  shape: ShapeResult | undefined,
  subject: Subject,
  value: (measurement: Measurement) => number,
): number | undefined {
  return summarize(valuesOf(shape, subject, value))?.median;
}
