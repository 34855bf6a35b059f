/**
 * Ctrl-C once ends a backup in good order, twice at once; nothing is then in the store, and the
 * terminal is as it was.
 */

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type RunningProgram, startProgram } from "../../support/program/program.ts";
import { writeSample } from "../../support/samples/sample-archive.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { shownOn } from "../../support/terminal/emulator.ts";
import { startOnTerminal, type TerminalProgram, whyNoTerminal } from "../../support/terminal/terminal.ts";

let cluster: ControlPlane;
let proxy: ApiProxy;
let folder: string;
let env: Record<string, string>;

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  // A backup gets this far and no further.
  proxy.inject({
    when: ({ path }) => path.endsWith("/secrets"),
    fault: { kind: "stall", afterBytes: 20 },
  });
});

after(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

beforeEach(async (t) => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-interruption-"));
  env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}` };
  if ("after" in t) t.after(() => rm(folder, { recursive: true, force: true }));
});

/** Resolves when the backup waits for the answer that never comes. */
async function stalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    proxy.onRequest(({ path }) => path.endsWith("/secrets") && resolve());
  });
}

async function assertNothingStored(): Promise<void> {
  const names = await backupFiles(folder);
  assert.deepEqual(
    names.filter((name) => /^backup_.*\.zip$/.test(name)),
    [],
  );
}

describe("off a terminal", () => {
  async function stalledBackup(): Promise<RunningProgram> {
    const waiting = stalled();
    const program = startProgram(["backup"], { env });
    await Promise.race([waiting, program.ended]);
    return program;
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`${signal} once: cleaned up, nothing stored, and what was done is said`, async () => {
      const program = await stalledBackup();
      const sent = Date.now();
      program.child.kill(signal);
      const { status, stdout, stderr } = await program.ended;
      assert.equal(status, 130, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /"level":"warn".*"msg":"Ended before it was done: nothing of this backup is in/);
      assert.match(stderr, new RegExp(`"level":"warn".*"msg":"Interrupted by ${signal}"`));
      assert.doesNotMatch(stderr, /"level":"error"/);
      assert.deepEqual(await readdir(folder), [], "no temporary file is left either");
      assert.ok(Date.now() - sent < 5000, `${Date.now() - sent} ms`);
    });

    it(`${signal} twice ends at once`, async () => {
      const program = await stalledBackup();
      const sent = Date.now();
      program.child.kill(signal);
      program.child.kill(signal);
      const { status } = await program.ended;
      assert.equal(status, 130);
      assert.ok(Date.now() - sent < 2000, `${Date.now() - sent} ms`);
      await assertNothingStored();
    });
  }

  it("a bar is no part of the log", async () => {
    const program = await stalledBackup();
    program.child.kill("SIGINT");
    const { stderr } = await program.ended;
    for (const line of stderr.trim().split("\n")) JSON.parse(line);
  });
});

describe("on a terminal", { skip: whyNoTerminal() }, () => {
  const COLUMNS = 70;
  let program: TerminalProgram | undefined;

  /** Waits for the bar, and ends the program whatever becomes of the test. */
  async function withBar(
    args: string[],
    t: { after(work: () => void): void },
    more = {},
  ): Promise<TerminalProgram> {
    program = startOnTerminal(["backup", ...args], { env: { ...env, ...more }, columns: COLUMNS });
    const { kill } = program;
    t.after(kill);
    await program.saw(/Backing up {2}\d+ objects/);
    return program;
  }

  it("Ctrl-C works while the bar is shown, and leaves the terminal as it was", async (t) => {
    const running = await withBar([], t);
    running.type("\x03");
    const { status, settings } = await running.ended;
    assert.equal(status, 130, running.text());
    assert.match(settings, /\bisig icanon /);
    assert.match(settings, / echo /);
    const hidden = running.text().lastIndexOf("\u001b[?25l");
    assert.ok(hidden < 0 || running.text().lastIndexOf("\u001b[?25h") > hidden, "the cursor is shown");
    const shown = shownOn(running.text(), COLUMNS + 60).filter((line) => line.replace("^C", "") !== "");
    assert.match(
      shown.join("\n"),
      /Ended before it was done: nothing of this backup\s+is in the store\nInterrupted by SIGINT$/,
    );
    await assertNothingStored();
  });

  it("Ctrl-C twice ends at once, without a rest of the bar", async (t) => {
    const running = await withBar([], t);
    running.type("\x03\x03");
    const { status, settings } = await running.ended;
    assert.equal(status, 130);
    assert.match(settings, / icanon /);
    assert.doesNotMatch(shownOn(running.text(), COLUMNS + 60).join("\n"), /Backing up/);
    await assertNothingStored();
  });

  it("--debug writes its lines above the bar", async (t) => {
    const running = await withBar(["--debug"], t);
    await running.saw(/Captured/);
    running.type("\x03");
    await running.ended;
    const shown = shownOn(running.text(), 500).filter((line) => line !== "");
    for (const line of shown.filter((each) => /DEBUG|WARN/.test(each))) {
      assert.match(line, /^(\^C)?\[\d\d:\d\d:\d\d\] .*(DEBUG|WARN)/);
      assert.doesNotMatch(line, /Backing up/);
    }
    assert.ok(
      shown.some((line) => line.includes("Captured")),
      shown.join("\n"),
    );
  });

  it("Ctrl-C at a question answers it with nothing, and leaves the terminal as it was", async (t) => {
    const { bytes } = await writeSample();
    const names = ["backup_20260130T120000Z.zip", "backup_20260131T120000Z.zip"];
    for (const name of names) await writeFile(path.join(folder, name), bytes);
    const running = startOnTerminal(["prune", "--keep-last", "1", "--min-age", "0"], {
      env,
      columns: COLUMNS,
    });
    t.after(running.kill);
    await running.saw(/\[y\/N\] /);
    running.type("\x03");
    const { status, settings } = await running.ended;
    assert.equal(status, 130, running.text());
    assert.match(settings, /\bisig icanon /);
    assert.deepEqual(await backupFiles(folder), names);
  });

  it("no colours with NO_COLOR, and no bar with --quiet or on a dumb terminal", async (t) => {
    const running = await withBar([], t, { NO_COLOR: "1" });
    running.type("\x03");
    await running.ended;
    assert.ok(!/\[[0-9;]*m/.test(running.text()), running.text());

    for (const [args, more] of [
      [["--quiet"], {}],
      [[], { TERM: "dumb" }],
    ] as const) {
      const waiting = stalled();
      const silent = startOnTerminal(["backup", ...args], { env: { ...env, ...more }, columns: COLUMNS });
      t.after(silent.kill);
      await waiting;
      await new Promise((resolve) => setTimeout(resolve, 700));
      silent.type("\x03");
      await silent.ended;
      assert.doesNotMatch(silent.text(), /Backing up|\[K/);
    }
  });
});
