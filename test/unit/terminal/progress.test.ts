import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "../../../src/terminal/log/log.ts";
import { Pace } from "../../../src/terminal/progress/pace.ts";
import { progressBar } from "../../../src/terminal/progress/progress-bar.ts";
import { progressLog } from "../../../src/terminal/progress/progress-log.ts";
import { type ProgressState, progressLine } from "../../../src/terminal/progress/progress-text.ts";
import { Screen } from "../../../src/terminal/screen.ts";
import { shownOn } from "../../support/terminal/emulator.ts";
import { until } from "../../support/until.ts";

const RESTORING: ProgressState = {
  title: "Restoring",
  unit: "objects",
  done: 1234,
  total: 5000,
  perSecond: 412.4,
  left: 9_130,
};
const bar = (progress: number, columns: number) => {
  const full = Math.round(progress * columns);
  return "=".repeat(full) + "-".repeat(columns - full);
};

describe("a line of progress", () => {
  const rows: [width: number, state: Partial<ProgressState>, line: string][] = [
    [200, {}, `Restoring  [${"=".repeat(10)}${"-".repeat(30)}]  1234 of 5000 objects  412/s  9s left`],
    [60, {}, "Restoring  [==-------]  1234 of 5000 objects  412/s  9s left"],
    [59, {}, "Restoring  [==------]  1234 of 5000 objects  412/s  9s left"],
    [58, {}, "Restoring  1234 of 5000 objects  412/s  9s left"],
    [46, {}, "Restoring  1234 of 5000 objects  9s left"],
    [36, {}, "Restoring  1234 of 5000 objects"],
    [20, {}, "Restoring  1234 of 5"],
    [80, { total: undefined, left: undefined }, "Restoring  1234 objects  412/s"],
    [80, { perSecond: undefined, left: undefined }, `Restoring  [${bar(0.2468, 40)}]  1234 of 5000 objects`],
    [80, { perSecond: 0, left: undefined }, `Restoring  [${bar(0.2468, 38)}]  1234 of 5000 objects  0.0/s`],
    [80, { total: 0, done: 0, perSecond: undefined, left: undefined }, "Restoring  0 of 0 objects"],
    // More than was said beforehand: no bar beyond its end, no time below nothing.
    [
      80,
      { done: 6000, perSecond: 1000, left: 0 },
      `Restoring  [${bar(1, 26)}]  6000 of 5000 objects  1000/s  0.0s left`,
    ],
    [
      80,
      {
        title: "Checking",
        unit: "bytes",
        done: 12 * 1024 ** 2,
        total: 1024 ** 3,
        perSecond: 3.1 * 1024 ** 2,
        left: 326_000,
      },
      `Checking  [${bar(12 / 1024, 25)}]  12 MiB of 1.0 GiB  3.1 MiB/s  5m 26s left`,
    ],
    [
      80,
      { failed: 9, left: undefined },
      `Restoring  [${bar(0.2468, 28)}]  1234 of 5000 objects, 9 failed  412/s`,
    ],
    [
      100,
      {
        done: 815,
        failed: 9,
        waiting: { what: "45 waiting for the webhook ing.example.com", left: 142_000 },
      },
      "Restoring  806 done, 9 failed, 45 waiting for the webhook ing.example.com (gives up in 2m 22s)",
    ],
    [
      60,
      {
        done: 815,
        failed: 9,
        waiting: { what: "45 waiting for the webhook ing.example.com", left: 142_000 },
      },
      "Restoring  806 done, 9 failed, 45 wait… (gives up in 2m 22s)",
    ],
  ];
  for (const [width, state, line] of rows) {
    it(`${width} columns, ${JSON.stringify(state)}`, () => {
      const shown = progressLine({ ...RESTORING, ...state }, width);
      assert.equal(shown, line);
      assert.ok(shown.length <= width);
    });
  }
});

describe("the pace", () => {
  it("is not known at first, and then that of the last seconds", () => {
    const pace = new Pace(0);
    let done = 0;
    assert.equal(pace.perSecond(500, 100), undefined);
    for (let time = 0; time <= 60_000; time += 100) {
      done += time <= 30_000 ? 100 : 10;
      pace.add(time, done);
    }
    assert.equal(Math.round(pace.perSecond(60_000, done) ?? 0), 100);
  });

  it("of work that stands still becomes slower and slower", () => {
    const pace = new Pace(0);
    pace.add(1000, 100);
    assert.equal(pace.perSecond(1000, 100), 100);
    assert.equal(pace.perSecond(10_000, 100), 10);
  });
});

describe("off a terminal", () => {
  async function linesOf(work: (tick: (ms: number) => void, start: ReturnType<typeof progressLog>) => void) {
    let time = Date.UTC(2026, 0, 31, 12);
    let text = "";
    const now = () => new Date(time);
    const stream = { write: (line: string) => (text += line) };
    const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
    work((ms) => {
      time += ms;
    }, progressLog({ log, now }));
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  it("work of less than ten seconds writes nothing", async () => {
    const lines = await linesOf((tick, start) => {
      const stage = start({ title: "Restoring", unit: "objects", total: 100 });
      for (let done = 0; done < 100; done += 1) {
        tick(99);
        stage.advance(1);
      }
      stage.end();
    });
    assert.deepEqual(lines, []);
  });

  it("longer work writes a line every ten seconds, and none after its end", async () => {
    const lines = await linesOf((tick, start) => {
      const stage = start({ title: "Restoring", unit: "objects" });
      stage.total(1000);
      for (let done = 0; done < 250; done += 1) {
        tick(100);
        stage.advance(1);
      }
      stage.end();
      tick(60_000);
      stage.advance(1);
    });
    assert.deepEqual(
      lines.map(({ time, msg, done, total, unit, secondsLeft }) => ({
        time,
        msg,
        done,
        total,
        unit,
        secondsLeft,
      })),
      [
        {
          time: "2026-01-31T12:00:10.000Z",
          msg: "Restoring: 100 of 1000 objects, 1m 30s left",
          done: 100,
          total: 1000,
          unit: "objects",
          secondsLeft: 90,
        },
        {
          time: "2026-01-31T12:00:20.000Z",
          msg: "Restoring: 200 of 1000 objects, 1m 20s left",
          done: 200,
          total: 1000,
          unit: "objects",
          secondsLeft: 80,
        },
      ],
    );
  });

  it("work of which nobody knows how much it is counts", async () => {
    const [line] = await linesOf((tick, start) => {
      const stage = start({ title: "Checking", unit: "bytes" });
      tick(10_000);
      stage.advance(2048);
    });
    assert.equal(line.msg, "Checking: 2.0 KiB");
  });
});

describe("on a terminal", () => {
  const controllers: AbortController[] = [];
  afterEach(() => {
    for (const controller of controllers.splice(0)) controller.abort();
  });

  function open(columns = 60) {
    let text = "";
    const stream = { isTTY: true, columns, write: (part: string) => (text += part) };
    const controller = new AbortController();
    controllers.push(controller);
    const screen = new Screen(stream);
    const start = performance.now();
    const now = () => new Date(Date.UTC(2026, 0, 31) + performance.now() - start);
    const progress = progressBar({ screen, now, signal: controller.signal });
    return { screen, progress, controller, stream, shown: () => shownOn(text, columns), written: () => text };
  }

  it("a bar appears, moves, and is gone at the end", async () => {
    const { progress, shown, written } = open();
    const stage = progress({ title: "Restoring", unit: "objects", total: 200 });
    stage.advance(50);
    await until("it is shown", () =>
      /^Restoring {2}\[=+-+\] {2}50 of 200 objects/.test(shown().at(-1) ?? ""),
    );
    stage.advance(100);
    await until("it is shown", () => /150 of 200 objects +[\d.]+\/s +\S+ left$/.test(shown().at(-1) ?? ""));
    stage.end();
    assert.deepEqual(shown(), [""]);
    const length = written().length;
    stage.advance(1);
    await sleep(600);
    assert.equal(written().length, length, "nothing is drawn any more");
  });

  it("work that is over at once shows nothing", async () => {
    const { progress, written } = open();
    const stage = progress({ title: "Restoring", unit: "objects", total: 5 });
    stage.advance(5);
    stage.end();
    await sleep(300);
    assert.equal(written(), "");
  });

  it("what is written meanwhile stands above the bar, on either stream", async () => {
    const { screen, progress, stream, shown } = open();
    const [out, log] = [screen.above(stream), screen.above(stream)];
    const stage = progress({ title: "Checking", unit: "backups" });
    stage.advance(3);
    await until("it is shown", () => shown().at(-1)?.startsWith("Checking  3 backups") === true);
    log.write("a warning\n");
    out.write("first half, ");
    await sleep(300);
    out.write("second half\nmore\n");
    stage.advance(1);
    await until("it is shown", () => shown().at(-1)?.startsWith("Checking  4 backups") === true);
    assert.deepEqual(shown().slice(0, -1), ["a warning", "first half, second half", "more"]);
    stage.end();
    assert.deepEqual(shown(), ["a warning", "first half, second half", "more", ""]);
  });

  it("an interruption takes the bar away, and no new one comes", async () => {
    const { progress, controller, shown, written } = open();
    progress({ title: "Restoring", unit: "objects", total: 5 });
    await until("it is shown", () => shown().at(-1) !== "");
    controller.abort();
    assert.deepEqual(shown(), [""]);
    const length = written().length;
    progress({ title: "Removing", unit: "backups", total: 5 });
    await sleep(400);
    assert.equal(written().length, length);
  });

  it("the bar fits a narrow terminal", async () => {
    const { progress, shown } = open(24);
    const stage = progress({ title: "Restoring", unit: "objects", total: 5000 });
    await until("it is shown", () => shown().at(-1) === "Restoring  0 of 5000 ob");
    stage.end();
  });
});
