import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { format, judgeAims } from "../../../bench/results/aims.ts";
import { drawChart } from "../../../bench/results/chart.ts";
import { headlineOf } from "../../../bench/results/headline.ts";
import { panelsOf } from "../../../bench/results/panels.ts";
import type { Measurement, Results, ShapeResult, Subject } from "../../../bench/results/results.ts";
import { ratios, summarize } from "../../../bench/results/statistics.ts";
import { formatTables } from "../../../bench/results/tables.ts";
import { writeBetweenMarks } from "../../../bench/results/write-between-marks.ts";

const MIB = 1024 ** 2;

function measurements(seconds: readonly number[], more: Partial<Measurement> = {}): Measurement[] {
  const rest = {
    cpuSeconds: 1,
    peakBytes: 100 * MIB,
    requests: 10,
    apiServerCpuSeconds: 2,
    etcdCpuSeconds: 1,
  };
  return seconds.map((each) => ({ objects: 12_000, seconds: each, ...rest, ...more }));
}

function shape(measured: Partial<Record<Subject, Measurement[]>>, objects = 12_000): ShapeResult {
  return {
    time: "2026-01-31T12:00:00.000Z",
    commit: "0123456",
    machine: {
      processor: "A & B",
      processors: 2,
      memoryBytes: 8 * 1024 ** 3,
      system: "Linux 6",
      loadBefore: 0.1,
    },
    versions: { Kubernetes: "1.36.3" },
    objects,
    jsonBytes: 30 * MIB,
    archiveBytes: 10 * MIB,
    createRates: [{ transport: "HTTP/1.1, 8 connections", objectsPerSecond: [800, 810] }],
    measurements: measured,
  };
}

function metOf(results: Results, work: RegExp): boolean | undefined {
  const found = judgeAims(results).filter((aim) => work.test(aim.work));
  assert.equal(found.length, 1, `${found.length} aims are ${work}`);
  return found[0]?.met;
}

describe("the sentence for the README", () => {
  it("names the machine, what was measured and against what", () => {
    const small = shape({
      "kube-backup backup": measurements([1.5, 1.7, 1.6]),
      "kubectl get": measurements([5]),
      "kube-backup restore": measurements([14], { peakBytes: 150 * MIB }),
      "velero restore": measurements([350]),
    });
    assert.equal(
      headlineOf({ shapes: { small } })?.replaceAll("\n", " "),
      "12,000 objects on 2 processors (A & B), API server and etcd included: backed up in 1.6 s (kubectl 5 s), restored in 14 s (Velero 350 s), in at most 150 MiB of memory. Medians of 2026-01-31.",
    );
  });

  it("has the most memory of any round", () => {
    const peaks = [100, 155, 120].flatMap((peak) => measurements([1], { peakBytes: peak * MIB }));
    const small = shape({ "kube-backup backup": peaks, "kube-backup restore": measurements([14]) });
    assert.match(headlineOf({ shapes: { small } }) ?? "", /in at most 155 MiB of memory/);
  });

  it("is none where restores were not measured", () =>
    assert.equal(
      headlineOf({ shapes: { small: shape({ "kube-backup backup": measurements([1]) }) } }),
      undefined,
    ));
});

describe("the statistics of the benchmark", () => {
  for (const [values, expected] of [
    [[], undefined],
    [[3], { median: 3, least: 3, most: 3 }],
    [[9, 1, 5], { median: 5, least: 1, most: 9 }],
    [[4, 1, 2, 10], { median: 3, least: 1, most: 10 }],
  ] as const) {
    it(`sums up ${JSON.stringify(values)}`, () => assert.deepEqual(summarize(values), expected));
  }

  it("takes ratios within a round, and leaves rounds out that only one has", () => {
    assert.deepEqual(ratios([10, 30, 50], [5, 10]), [2, 3]);
  });

  for (const [value, expected] of [
    [0, "0"],
    [0.123456, "0.123"],
    [1.987, "1.99"],
    [12.345, "12.3"],
    [455.4, "455"],
    [12_345, "12,345"],
  ] as const) {
    it(`writes ${value} as ${expected}`, () => assert.equal(format(value), expected));
  }
});

describe("the aims of the benchmark", () => {
  it("are open where nothing was measured", () => {
    for (const { met, measured, work } of judgeAims({ shapes: {} })) {
      assert.equal(met, undefined, work);
      assert.equal(measured, "not measured", work);
    }
  });

  it("compare what was measured in one round, not medians", () => {
    // Medians would say 20 / 10: 2 times, and each round says 2.5 or more.
    const small = shape({
      "raw list and gzip": measurements([4, 10, 20]),
      "kube-backup backup": measurements([10.4, 20, 52]),
    });
    assert.equal(metOf({ shapes: { small } }, /raw parallel list/), false);
  });

  for (const [what, subject, seconds, work, met] of [
    ["kubectl at twice the time", "kubectl get", 20, /backup.*kubectl/, true],
    ["kubectl at 1.9 times the time", "kubectl get", 19, /backup.*kubectl/, false],
    ["Velero at five times the time", "velero backup", 50, /backup of 12,000.*Velero/, true],
    ["Velero at 4.9 times the time", "velero backup", 49, /backup of 12,000.*Velero/, false],
  ] as const) {
    it(`judge a backup with ${what}`, () => {
      const small = shape({ "kube-backup backup": measurements([10]), [subject]: measurements([seconds]) });
      assert.equal(metOf({ shapes: { small } }, work), met);
    });
  }

  for (const [raw, met] of [
    [8.5, true],
    [8.4, false],
  ] as const) {
    it(`judge a restore in 10 s against raw creates in ${raw} s`, () => {
      const small = shape({ "raw create": measurements([raw]), "kube-backup restore": measurements([10]) });
      assert.equal(metOf({ shapes: { small } }, /raw create/), met);
    });
  }

  it("judge memory by the shape that it was measured in", () => {
    const small = shape({ "kube-backup backup": measurements([1], { peakBytes: 170 * MIB }) });
    const large = shape({ "kube-backup backup": measurements([1], { peakBytes: 190 * MIB }) }, 100_000);
    assert.equal(metOf({ shapes: { small, large } }, /peak memory, backup of 12,000/), false);
    assert.equal(metOf({ shapes: { small, large } }, /peak memory, backup of 100,000/), true);
    assert.equal(metOf({ shapes: { small, large } }, /peak memory, backup of 66,000/), undefined);
  });

  it("judge a list of large objects by the shape of large objects alone", () => {
    const small = shape({ "raw list": measurements([1]), "kube-backup backup": measurements([9]) });
    assert.equal(metOf({ shapes: { small } }, /plain HTTP list/), undefined);
    const wide = shape({ "raw list": measurements([20]), "kube-backup backup": measurements([49]) }, 66_000);
    assert.equal(metOf({ shapes: { small, wide } }, /plain HTTP list/), true);
  });

  it("judge growth by the time for an object", () => {
    const small = shape({ "kube-backup backup": measurements([2]) });
    const large = (seconds: number) =>
      shape({ "kube-backup backup": measurements([seconds], { objects: 96_000 }) }, 96_000);
    assert.equal(metOf({ shapes: { small, large: large(17) } }, /growth.*backup/), true);
    assert.equal(metOf({ shapes: { small, large: large(19) } }, /growth.*backup/), false);
  });

  it("judge the loop at rest", () => {
    const { time, commit, machine } = shape({});
    const idle = { time, commit, machine, backups: 10, objects: 12_000, peakBytes: 200 * MIB, seconds: 30 };
    const results = { shapes: {}, idle: { ...idle, bytes: 99 * MIB, cpuSeconds: 0.04 } };
    assert.equal(metOf(results, /idle.*memory/), true);
    assert.equal(metOf(results, /idle.*CPU/), false);
  });
});

describe("the report of the benchmark", () => {
  const small = shape({
    "raw list": measurements([1, 2, 3]),
    "kube-backup backup": measurements([2, 4, 6]),
    "kube-backup restore": measurements([24, 20, 30]),
  });

  it("has a row for each subject that was measured, and no other", () => {
    const text = formatTables({ shapes: { small } });
    assert.match(text, /^\| kube-backup restore \| 3 \| 24 \(20 to 30\) \| 500 \|/m);
    assert.doesNotMatch(text, /^\| velero/m);
    assert.match(text, /2 processors \(A & B\), 8 GiB of memory/);
  });

  it("is put between a document's marks, as often as one likes", () => {
    const marks = ["<!-- Results: written by make bench. -->", "<!-- End of the results. -->"];
    const once = writeBetweenMarks(`before\n${marks.join("\nold\n")}\nafter\n`, "new");
    assert.equal(once, `before\n${marks.join("\n\nnew\n\n")}\nafter\n`);
    assert.equal(writeBetweenMarks(once, "new"), once);
    assert.throws(() => writeBetweenMarks("no marks", "new"), /lacks its marks/);
  });

  it("draws bars as long as their values", () => {
    const svg = drawChart("title", [
      {
        title: "Time, s",
        bars: [
          { label: "a <b>", value: 10, text: "10 s", ours: false },
          { label: "ours", value: 5, text: "5 s", spread: { least: 4, most: 6 }, ours: true },
        ],
      },
      { title: "Nothing", bars: [] },
    ]);
    const widths = [...svg.matchAll(/class="(?:bar|ours)" x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, w]) =>
      Number(w),
    );
    assert.equal(widths.length, 2);
    assert.equal(widths[0], 2 * (widths[1] ?? 0));
    assert.match(svg, /a &lt;b&gt;/);
    assert.doesNotMatch(svg, /Nothing/);
    assert.equal(svg.match(/class="spread"/g)?.length, 1);
  });

  it("draws nothing beyond the picture, and no two bars in one place", () => {
    const svg = drawChart("title", panelsOf(small));
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const bars = [
      ...svg.matchAll(/class="(?:bar|ours)" x="(\d+)" y="(\d+)" width="([\d.]+)" height="(\d+)"/g),
    ];
    assert.ok(bars.length >= 6);
    assert.equal(new Set(bars.map(([, , y]) => y)).size, bars.length);
    for (const [, x, y, length, thickness] of bars) {
      assert.ok(Number(x) + Number(length) <= Number(width));
      assert.ok(Number(y) + Number(thickness) <= Number(height));
    }
  });
});
