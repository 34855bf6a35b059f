/** Long output on a terminal goes to a pager, as git's does; elsewhere it never does. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { runProgram } from "../../support/program/program.ts";
import { putBackup } from "../../support/samples/sample-backups.ts";
import { runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { startOnTerminal, whyNoTerminal } from "../../support/terminal/terminal.ts";

const FIRST = "backup_20260131T000000Z";
const LAST = "backup_20260201T150000Z";

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-pager-"));
  // More than a screen.
  for (let hour = 0; hour < 40; hour += 1)
    await putBackup(folder, new Date(Date.UTC(2026, 0, 31, hour)), hour === 39 ? 3 : 2);
});
after(() => rm(folder, { recursive: true, force: true }));

const MARKED = "sed s/^/P:/";

function environment(more: Record<string, string>) {
  return { S3TARGET: `file:${folder}`, ...more };
}

async function onTerminal(line: string, env: Record<string, string>) {
  return await runOnTerminal(line.split(" "), { env: environment(env) }, []);
}

describe("on a terminal", { skip: whyNoTerminal() }, () => {
  for (const [title, line, env] of [
    ["PAGER", "list", { PAGER: MARKED }],
    ["KUBE_BACKUP_PAGER, which wins", "list", { PAGER: "false-pager", KUBE_BACKUP_PAGER: MARKED }],
    ["a pager of several commands", "list", { PAGER: "cat | sed 's/^/P:/'" }],
    ["--pager", ["list", "--pager", MARKED].join("\t"), {}],
  ] as const) {
    it(`${title} gets the output`, async () => {
      const words = line.includes("\t") ? line.split("\t") : line.split(" ");
      const { status, screen } = await runOnTerminal(words, { env: environment(env) }, []);
      assert.equal(status, 0, screen);
      assert.match(screen, new RegExp(`^P:BACKUP[\\s\\S]*^P:${LAST}`, "m"));
    });
  }

  for (const [title, line, env] of [
    ["--no-pager", "list --no-pager", { PAGER: MARKED }],
    ["cat", "list", { PAGER: "cat" }],
    ["a command that is not long", "version", { PAGER: MARKED }],
  ] as const) {
    it(`${title} is none`, async () => {
      const { status, screen } = await onTerminal(line, env);
      assert.equal(status, 0, screen);
      assert.doesNotMatch(screen, /^P:/m);
      assert.match(screen, line === "version" ? /^kube-backup / : new RegExp(`^${LAST}`, "m"));
    });
  }

  it("one that is not there is told of, and done without", async () => {
    const { status, screen } = await onTerminal("list", { PAGER: "no-such-pager -x" });
    assert.equal(status, 0);
    assert.match(screen, /WARN.*The pager no-such-pager -x is not there: writing without one/);
    assert.match(screen, new RegExp(`^${LAST}`, "m"));
  });

  it("the exit status is the command's, and a pager that ends early is no failure", async () => {
    const { status, screen } = await onTerminal(`diff ${FIRST} ${LAST}`, { PAGER: MARKED });
    assert.equal(status, 1, screen);
    assert.match(screen, /^P:/m);
    const early = await onTerminal("get secrets -n shop -o yaml", { PAGER: "head -n 1" });
    assert.deepEqual([early.status, early.screen.trim()], [0, "apiVersion: v1"]);
    const failing = await onTerminal("list", { PAGER: "sh -c 'exit 7'" });
    assert.deepEqual([failing.status, failing.screen.trim()], [0, ""]);
  });

  it("an error stands below the pager's screen", async () => {
    const { status, screen } = await onTerminal("get secrets/secret-0 secrets/nothing -n shop", {
      PAGER: MARKED,
    });
    assert.equal(status, 1);
    assert.match(screen, /^P:secret-0[\s\S]*^error: Cannot find secret shop\/nothing/m);
  });

  it("less shows a screen at a time, and q ends it quietly; what fits is only printed", async () => {
    const program = startOnTerminal(["list"], { env: environment({ PAGER: "less" }), columns: 100 });
    await program.saw(new RegExp(`${FIRST}`));
    program.type("q");
    const { status } = await program.ended;
    assert.equal(status, 0);
    assert.doesNotMatch(program.text(), new RegExp(LAST));
    assert.doesNotMatch(program.text(), /error|EPIPE/);
    const short = startOnTerminal(["list", "--last", "2"], {
      env: environment({ PAGER: "less" }),
      columns: 100,
    });
    assert.equal((await short.ended).status, 0);
    assert.match(short.text(), new RegExp(LAST));
  });
});

describe("off a terminal", () => {
  it("there is no pager", async () => {
    for (const form of ["table", "json"]) {
      const { status, stdout } = await runProgram(["list", "-o", form], {
        env: environment({ PAGER: MARKED }),
      });
      assert.equal(status, 0);
      assert.doesNotMatch(stdout, /P:/);
    }
  });
});
