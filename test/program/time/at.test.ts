/** Times on the command line: with the terminal's zone on a terminal, and with one of their own elsewhere. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { runProgram } from "../../support/program/program.ts";
import { putBackup } from "../../support/samples/sample-backups.ts";
import { runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { whyNoTerminal } from "../../support/terminal/terminal.ts";

const OLD = "backup_20260131T120000Z";
const NEW = "backup_20260131T233000Z";

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-at-"));
  await putBackup(folder, new Date("2026-01-31T12:00:00Z"));
  await putBackup(folder, new Date("2026-01-31T23:30:00Z"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function run(line: string) {
  const env = { S3TARGET: `file:${folder}`, LOG_FORMAT: "text", TZ: "Europe/Berlin" };
  return await runProgram(line.split(" "), { env });
}

describe("off a terminal", () => {
  for (const text of ["14:03", "2026-01-31", "2026-01-31T12:00:00"]) {
    it(`${text} has no zone`, async () => {
      for (const line of [`get namespaces --at ${text}`, `list --since ${text}`]) {
        const { status, stdout, stderr } = await run(line);
        assert.deepEqual([status, stdout], [2, ""]);
        assert.match(
          stderr,
          /^error: --(?:at|since) "\S+" has no zone: add Z for UTC, or one such as \+02:00\n/,
        );
      }
    });
  }

  for (const [at, name] of [
    ["2026-01-31Z", NEW],
    ["2026-01-31+01:00", OLD],
    ["2026-01-31T23:29:59Z", OLD],
  ] as const) {
    it(`--at ${at} is ${name}, and that is said`, async () => {
      const { status, stderr } = await run(`get namespaces -A --at ${at}`);
      assert.equal(status, 0, stderr);
      assert.match(
        stderr,
        new RegExp(`INFO: ${name} is the newest backup that is not later than 2026-01-31T\\S+Z$`, "m"),
      );
    });
  }

  it("--since a date is from its start, and --until to its end", async () => {
    assert.equal((await run("list -o name --since 2026-02-01+01:00")).stdout, `${NEW}\n`);
    assert.equal((await run("list -o name --until 2026-01-31+01:00")).stdout, `${OLD}\n`);
  });
});

describe("on a terminal", { skip: whyNoTerminal() }, () => {
  const env = () => ({ S3TARGET: `file:${folder}`, TZ: "Europe/Berlin" });

  it("a date is one of the terminal's zone, echoed with UTC", async () => {
    const { status, screen } = await runOnTerminal(
      ["get", "namespaces", "-A", "--at", "2026-01-31"],
      { env: env() },
      [],
    );
    assert.equal(status, 0, screen);
    assert.match(screen, /--at 2026-01-31 is 2026-01-31T23:59:59\+01:00, in UTC 2026-01-31T22:59:59Z/);
    assert.match(
      screen,
      new RegExp(`${OLD} is the newest backup that is not later than 2026-01-31T22:59:59Z`),
    );
  });

  it("a clock is the last time that it showed this", async () => {
    const { status, screen } = await runOnTerminal(
      ["list", "-o", "name", "--until", "14:03"],
      { env: env() },
      [],
    );
    assert.equal(status, 0, screen);
    assert.match(
      screen,
      /--until 14:03 is \d{4}-\d\d-\d\dT14:03:00\+0[12]:00, in UTC \d{4}-\d\d-\d\dT1[23]:03:00Z/,
    );
  });
});
