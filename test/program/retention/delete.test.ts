/** `kube-backup delete` with backups in a folder. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { runProgram } from "../../support/program/program.ts";
import { hoursAgo, putBackup, putDamaged } from "../../support/samples/sample-backups.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { startOnTerminal, whyNoTerminal } from "../../support/terminal/terminal.ts";

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-delete-"));
  // Files that a test has just written have been in the store for no time.
  env = { S3TARGET: `file://${folder}`, PRUNE_MIN_AGE: "0" };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function names(): Promise<string[]> {
  return (await backupFiles(folder)).map((file) => file.replace(/\.zip$/, ""));
}

/** Four valid ones, the oldest first. */
async function putFour(): Promise<[string, string, string, string]> {
  const put = [];
  for (const hours of [72, 48, 24, 1])
    put.push(
      await putBackup(folder, hoursAgo(hours), 10, {
        cluster: { id: "0e7c", name: "blue", kubernetesVersion: "v1.36.3" },
      }),
    );
  return put as [string, string, string, string];
}

interface Deleted {
  name: string;
  ageSeconds: number;
  sizeBytes: number;
  versions?: number;
  cluster: { id: string; name?: string } | null;
  outcome: string;
  reason: string | null;
}

async function run(...args: string[]) {
  const { status, stdout, stderr } = await runProgram(["delete", "-o", "json", ...args], { env });
  const document = stdout === "" ? {} : JSON.parse(stdout);
  return { status, stderr, document, deleted: (document.backups ?? []) as Deleted[] };
}

test("what is named goes, and nothing else", async () => {
  const [first, second, third, fourth] = await putFour();
  const { status, stderr, deleted } = await run(third, first, third, "--yes");
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    deleted.map(({ name, ageSeconds, sizeBytes, cluster, outcome, reason }) => [
      ...[name, Math.round(ageSeconds / 3600), sizeBytes > 0, cluster, outcome, reason],
    ]),
    [
      [first, 72, true, { id: "0e7c", name: "blue" }, "deleted", null],
      [third, 24, true, { id: "0e7c", name: "blue" }, "deleted", null],
    ],
  );
  assert.deepEqual(await names(), [second, fourth]);
});

test("a note outlives its backup", async () => {
  const [first] = await putFour();
  await mkdir(path.join(folder, "notes"));
  await writeFile(path.join(folder, "notes", `${first}.note`), "a note");
  assert.equal((await run(first, "--yes", "--all-versions")).status, 0);
  assert.deepEqual(await readdir(path.join(folder, "notes")), [`${first}.note`]);
});

test("a dry run shows the same, and deletes nothing", async () => {
  const all = await putFour();
  const table = await runProgram(["delete", all[0], all[1], "--dry-run"], { env });
  assert.equal(table.status, 0, table.stderr);
  assert.deepEqual(
    table.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, " | ")),
    [
      "BACKUP | AGE | SIZE | CLUSTER",
      `${all[0]} | 3d ago | 2.0 KiB | blue (0e7c)`,
      `${all[1]} | 2d ago | 2.0 KiB | blue (0e7c)`,
      "2 would be deleted",
    ],
  );
  const { deleted } = await run(all[0], "--dry-run");
  assert.deepEqual(
    deleted.map(({ outcome }) => outcome),
    ["planned"],
  );
  assert.deepEqual(await names(), all);
});

test("the newest valid one is refused, with all that is named beside it; --force deletes it", async () => {
  const [first, second, third, fourth] = await putFour();
  for (const args of [["--yes"], ["--dry-run"]]) {
    const { status, stderr, deleted } = await run(first, fourth, ...args);
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      new RegExp(
        `Cannot delete ${fourth}: it is the newest valid backup of blue \\(0e7c\\); nothing is deleted`,
      ),
    );
    assert.match(stderr, /--force deletes it all the same/);
    assert.deepEqual(
      deleted.map(({ outcome, reason }) => [outcome, reason]),
      [
        ["untouched", null],
        ["refused", "it is the newest valid backup of blue (0e7c)"],
      ],
    );
    assert.deepEqual(await names(), [first, second, third, fourth]);
  }
  const forced = await run(first, fourth, "--yes", "--force");
  assert.equal(forced.status, 0, forced.stderr);
  assert.match(
    forced.stderr,
    /"level":"warn".*Deleting backup_\w+ by --force, though it is the newest valid/,
  );
  assert.deepEqual(await names(), [second, third]);
  const last = await run(second, third, "--yes");
  assert.equal(last.status, 1);
  assert.match(last.stderr, /no valid backup of blue \(0e7c\) would be left/);
  assert.deepEqual(await names(), [second, third]);
});

test("what may be under restore is refused, by the minimum age", async () => {
  delete env["PRUNE_MIN_AGE"];
  const [first, second] = await putFour();
  const { status, stderr } = await run(second, "--yes");
  assert.equal(status, 1, stderr);
  assert.match(stderr, /may be under restore/);
  env["PRUNE_MIN_AGE"] = "0";
  assert.equal((await run(first, "--yes")).status, 0);
  assert.equal((await names()).length, 3);
});

test("what is damaged goes, and the good one before it is the newest then", async () => {
  const [, , , fourth] = await putFour();
  const damaged = await putDamaged(folder, hoursAgo(0.5));
  const refused = await run(fourth, "--yes");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /newest valid/);
  const { status, deleted } = await run(damaged, "--yes");
  assert.equal(status, 0);
  assert.deepEqual(
    deleted.map(({ cluster, outcome }) => [cluster, outcome]),
    [[null, "deleted"]],
  );
  assert.ok(!(await names()).includes(damaged));
});

test("latest, what is no name, what is not there, and nobody to ask are errors before anything", async () => {
  const all = await putFour();
  const rows: [args: string[], status: number, problem: RegExp][] = [
    [["latest", "--yes"], 2, /BACKUP \\?"latest\\?" may be another one by the time it is deleted/],
    [["backup_x", "--yes"], 2, /BACKUP \\?"backup_x\\?" is no backup's name/],
    [[], 2, /(?:Not enough|missing|no BACKUP|BACKUP)/i],
    [[all[0]], 2, /There is no terminal to ask on: add --yes to delete without a question, or --dry-run/],
    [
      [all[0], "backup_20200101T000000Z", "--yes"],
      1,
      /The nearest is backup_\w+; kube-backup list.*Cannot delete backup_20200101T000000Z: .* holds no such backup/,
    ],
    [[all[3], "--force"], 2, /There is no terminal to ask on/],
  ];
  for (const [args, status, problem] of rows) {
    const result = await runProgram(["delete", ...args], { env });
    assert.equal(result.status, status, `${args.join(" ")}\n${result.stderr}`);
    assert.match(result.stderr, problem);
  }
  assert.deepEqual(await names(), all);
});

test("on a terminal it shows what goes and asks; only yes deletes", { skip: whyNoTerminal() }, async () => {
  const [first, second, third, fourth] = await putFour();
  for (const [answer, left] of [
    ["n", [first, second, third, fourth]],
    ["y", [second, third, fourth]],
  ] as const) {
    const running = startOnTerminal(["delete", first], { env, columns: 120 });
    try {
      await running.saw(/Delete 1 backup \(2\.0 KiB\) from file:\S+\? \[y\/N\]/);
      assert.match(running.text(), new RegExp(`${first}.*3d ago.*blue \\(0e7c\\)`));
      running.type(`${answer}\r`);
      const { status } = await running.ended;
      assert.equal(status, answer === "y" ? 0 : 1);
    } finally {
      running.kill();
    }
    assert.deepEqual(await names(), left);
  }
});

test("what is tagged while the question is open stays", { skip: whyNoTerminal() }, async () => {
  const [first] = await putFour();
  const running = startOnTerminal(["delete", first], { env, columns: 120 });
  try {
    await running.saw(/\[y\/N\] /);
    const tagged = await runProgram(["tag", first, "keep"], { env });
    assert.equal(tagged.status, 0, tagged.stderr);
    running.type("y\r");
    assert.equal((await running.ended).status, 1);
    assert.match(running.text(), /it has been tagged meanwhile, and stays \(tag keep\)/);
  } finally {
    running.kill();
  }
  assert.ok((await names()).includes(first));
  assert.equal((await run(first, "--yes", "--force")).status, 0);
});
