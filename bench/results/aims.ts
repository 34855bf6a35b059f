/** The aims: speed and size compared with other programs, as ratios within one run. */

import { type Measurement, type Results, type ShapeResult, type Subject, valuesOf } from "./results.ts";
import { ratios, summarize } from "./statistics.ts";

/** An aim and its result. */
export interface Aim {
  work: string;
  /** "at most 2.5 times" */
  aim: string;
  /** "1.93 times (1.88 to 2.01)", or why there is no result. */
  measured: string;
  met: boolean | undefined;
}

const MIB = 1024 ** 2;
const seconds = (measurement: Measurement) => measurement.seconds;
const rate = (measurement: Measurement) => measurement.objects / measurement.seconds;
const peak = (measurement: Measurement) => measurement.peakBytes / MIB;

/** An upper or lower limit. */
type Limit = { most: number } | { least: number };

/** All aims, in the order of the table. */
export function judgeAims({ shapes: { small, large, wide }, idle }: Results): Aim[] {
  const count = (shape: ShapeResult | undefined, usual: string) =>
    shape === undefined ? usual : shape.objects.toLocaleString("en-US");
  const few = `${count(small, "12,000")} objects`;
  const many = `${count(large, "100,000")} objects`;
  const big = `${count(wide, "66,000")} ConfigMaps of 20 KB`;
  const backup = (against: Subject, of: ShapeResult | undefined) => faster(of, against, "kube-backup backup");
  const restore = (against: Subject) =>
    ratios(valuesOf(small, "kube-backup restore", rate), valuesOf(small, against, rate));
  return [
    row(
      `backup of ${few}, against raw parallel list + gzip`,
      { most: 2.5 },
      "times the time",
      backup("raw list and gzip", small).map(inverse),
    ),
    row(
      `backup of ${few}, against \`kubectl get -o json\``,
      { least: 2 },
      "times faster",
      backup("kubectl get", small),
    ),
    row(`backup of ${few}, against Velero`, { least: 5 }, "times faster", backup("velero backup", small)),
    row(
      `restore of ${few} into an empty cluster, against raw create at its best`,
      { least: 85 },
      "% of its rate",
      restore("raw create").map(percent),
    ),
    row(
      `restore of ${few}, against \`kubectl create\``,
      { least: 4 },
      "times faster",
      restore("kubectl create"),
    ),
    row(`restore of ${few}, against Velero`, { least: 20 }, "times faster", restore("velero restore")),
    row(
      `restore of ${few} where all exists unchanged`,
      { least: 3_000 },
      "objects/s",
      valuesOf(small, "kube-backup restore, unchanged", rate),
    ),
    row(`peak memory, backup of ${few}`, { most: 160 }, "MiB", valuesOf(small, "kube-backup backup", peak)),
    row(`peak memory, restore of ${few}`, { most: 160 }, "MiB", valuesOf(small, "kube-backup restore", peak)),
    row(
      `backup of ${big}, against a plain HTTP list`,
      { most: 2.5 },
      "times the time",
      backup("raw list", wide).map(inverse),
    ),
    row(`backup of ${big}, against Velero`, { least: 3 }, "times faster", backup("velero backup", wide)),
    ...(
      [
        [many, large],
        [big, wide],
      ] as const
    ).flatMap(([what, shape]) => [
      row(
        `peak memory, backup of ${what}`,
        { most: 200 },
        "MiB",
        valuesOf(shape, "kube-backup backup", peak),
      ),
      row(
        `peak memory, restore of ${what}`,
        { most: 200 },
        "MiB",
        valuesOf(shape, "kube-backup restore", peak),
      ),
    ]),
    ...growth(small, large),
    row(
      `idle loop after ${idle?.backups ?? 10} backups of ${few}, memory`,
      { most: 100 },
      "MiB",
      idle === undefined ? [] : [idle.bytes / MIB],
    ),
    row(
      `idle loop after ${idle?.backups ?? 10} backups of ${few}, CPU`,
      { most: 0.1 },
      "%",
      idle === undefined ? [] : [percent(idle.cpuSeconds / idle.seconds)],
    ),
  ];
}

/** How many times as long the slow subject takes as the fast subject, by round. */
function faster(shape: ShapeResult | undefined, slow: Subject, fast: Subject): number[] {
  return ratios(valuesOf(shape, slow, seconds), valuesOf(shape, fast, seconds));
}

/** Time per object in a large cluster relative to a small cluster. Up to a tenth more counts as noise. */
function growth(small: ShapeResult | undefined, large: ShapeResult | undefined): Aim[] {
  return (["backup", "restore"] as const).map((what) => {
    const [few, many] = [small, large].map((shape) =>
      summarize(valuesOf(shape, `kube-backup ${what}`, rate)),
    );
    const measured = few === undefined || many === undefined ? [] : [few.median / many.median];
    return row(
      `growth from 12,000 to 100,000 objects, ${what}: time for an object`,
      { most: 1.1 },
      "times",
      measured,
    );
  });
}

function row(work: string, limit: Limit, unit: string, values: readonly number[]): Aim {
  const aim =
    "most" in limit ? `at most ${format(limit.most)} ${unit}` : `at least ${format(limit.least)} ${unit}`;
  const found = summarize(values);
  if (found === undefined) return { work, aim, measured: "not measured", met: undefined };
  const met = "most" in limit ? found.median <= limit.most : found.median >= limit.least;
  const spread = values.length > 1 ? ` (${format(found.least)} to ${format(found.most)})` : "";
  return { work, aim, measured: `${format(found.median)} ${unit}${spread}`, met };
}

function inverse(ratio: number): number {
  return 1 / ratio;
}

function percent(share: number): number {
  return share * 100;
}

/** Formats three significant digits: the measurements are no more precise. */
export function format(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.min(digits, 3) });
}
