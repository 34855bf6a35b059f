import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { countRequests } from "../../../bench/measure/metrics.ts";
import { parseStat, parseStatus } from "../../../bench/measure/processes.ts";
import { runMeasured } from "../../../bench/measure/run-measured.ts";
import { readOptions } from "../../../bench/options.ts";
import { countsOf, namespaceNames, sampleObjects } from "../../../bench/sample/objects.ts";
import { resize, SHAPES } from "../../../bench/sample/shapes.ts";

describe("the sample of the benchmark", () => {
  for (const shape of [SHAPES.small, SHAPES.large, SHAPES.wide, SHAPES.helm, resize(SHAPES.small, 130)]) {
    it(`of ${shape.objects} objects has as many, with the ReplicaSets that come by themselves`, () => {
      const counts = namespaceNames(shape).map((_, index) => countsOf(shape, index));
      const objects = counts.map(
        ({ secrets, configMaps, services, deployments }) => secrets + configMaps + services + 2 * deployments,
      );
      assert.equal(
        objects.reduce((sum, count) => sum + count, 0),
        shape.objects,
      );
    });
  }

  it("is the same for the same seed, and another for another", () => {
    const text = (seed: number) => JSON.stringify([...sampleObjects(resize(SHAPES.small, 100), seed)]);
    assert.equal(text(1), text(1));
    assert.notEqual(text(1), text(2));
  });

  it("has Secrets of 2 KB, and ConfigMaps of the shape's size", () => {
    for (const shape of [resize(SHAPES.small, 200), resize(SHAPES.wide, 50)]) {
      for (const { body } of sampleObjects(shape, 1)) {
        const { kind, data } = body as { kind: string; data?: Record<string, string> };
        if (kind === "ConfigMap") assert.equal(data?.["application.properties"]?.length, shape.configMapSize);
        if (kind !== "Secret") continue;
        const bytes = Object.values(data ?? {}).map((value) => Buffer.from(value, "base64").length);
        assert.equal(
          bytes.reduce((sum, each) => sum + each, 0),
          2_000,
        );
      }
    }
  });

  it("has Helm releases of 50 to 200 KB, which are base64 of base64 of gzip of JSON", () => {
    const objects = [...sampleObjects(resize(SHAPES.helm, 60), 1)];
    assert.equal(objects.length, 60);
    for (const { body } of objects) {
      const { type, data } = body as { type: string; data: { release: string } };
      assert.equal(type, "helm.sh/release.v1");
      // Deno's gzip leaves more of the same text.
      const most = "deno" in process.versions ? 400_000 : 215_000;
      assert.ok(data.release.length > 48_000 && data.release.length < most, `${data.release.length}`);
      const stored = Buffer.from(data.release, "base64").toString("latin1");
      const { name } = JSON.parse(gunzipSync(Buffer.from(stored, "base64")).toString());
      assert.equal(name, "app");
    }
  });

  it("names no object twice", () => {
    const names = [...sampleObjects(resize(SHAPES.small, 1_000), 1)].map(
      ({ path, body }) => `${path}/${(body as { metadata: { name: string } }).metadata.name}`,
    );
    assert.equal(new Set(names).size, names.length);
  });
});

describe("the options of the benchmark", () => {
  for (const [env, shapes, idle, whole] of [
    [{}, ["small 12000 5"], false, true],
    [{ BENCH: "", SIZE: "", ROUNDS: "" }, ["small 12000 5"], false, true],
    [{ BENCH: "wide" }, ["wide 66000 3"], false, true],
    [{ BENCH: "idle" }, [], true, true],
    [
      { BENCH: "all", SIZE: "600", ROUNDS: "1" },
      ["small 600 1", "large 600 1", "wide 600 1", "helm 600 1"],
      true,
      false,
    ],
  ] as const) {
    it(`reads ${JSON.stringify(env)}`, () => {
      const options = readOptions(env);
      const found = options.shapes.map(({ name, objects, rounds }) => `${name} ${objects} ${rounds}`);
      assert.deepEqual([found, options.idle?.backups === 10, options.defaultSizes], [shapes, idle, whole]);
    });
  }

  for (const env of [{ BENCH: "tiny" }, { SIZE: "0" }, { ROUNDS: "x" }, { VELERO: "/opt/velero" }]) {
    it(`refuses ${JSON.stringify(env)}`, () => {
      assert.throws(() => readOptions(env), new RegExp(Object.keys(env)[0] ?? ""));
    });
  }
});

describe("the measuring of processes", () => {
  it("reads CPU seconds, whatever the command's name is", () => {
    const times = "250 50 30 20";
    const stat = `42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 ${times} 20 0 11 0 999 1 2`;
    assert.equal(parseStat(stat), 3.5);
  });

  it("reads memory", () => {
    const status = "Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t   200 kB\nVmRSS:\t    100 kB\n";
    assert.deepEqual(parseStatus(status), { peakBytes: 204_800, bytes: 102_400 });
    assert.throws(() => parseStatus("Name:\tnode\n"), /VmHWM/);
  });

  it("counts an administrator's requests alone", () => {
    const line = (schema: string, count: string) =>
      `apiserver_flowcontrol_dispatched_requests_total{flow_schema="${schema}",priority_level="x"} ${count}\n`;
    assert.equal(countRequests(line("exempt", "1.5e+02") + line("probes", "7") + line("exempt", "3")), 153);
    assert.throws(() => countRequests(line("probes", "7")), /do not tell/);
  });

  it("sees memory and CPU of a program and of its children", {
    skip: process.platform === "linux" ? false : "needs /proc",
  }, async () => {
    const child = "const held = Buffer.alloc(150e6, 1); while (process.cpuUsage().user < 400_000); held";
    const parent = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}])`;
    const cost = await runMeasured({ command: process.execPath, args: ["-e", parent], env: {} });
    assert.ok(cost.peakBytes > 150e6, `${cost.peakBytes} bytes`);
    assert.ok(cost.cpuSeconds >= 0.3, `${cost.cpuSeconds} s`);
    assert.ok(cost.seconds >= 0.4, `${cost.seconds} s`);
  });

  it("fails where the program fails, with what it said", async () => {
    const run = {
      command: process.execPath,
      args: ["-e", "console.error('no way'); process.exit(3)"],
      env: {},
    };
    await assert.rejects(runMeasured(run), /status 3\s+no way/);
  });
});
