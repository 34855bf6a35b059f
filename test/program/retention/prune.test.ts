/** `kube-backup prune` with backups in a folder, and `list --long` of the same. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { backupName, backupTime } from "../../../src/store/contract/backup-name.ts";
import { runProgram } from "../../support/program/program.ts";
import { NAMESPACES, sampleObject, writeSample } from "../../support/samples/sample-archive.ts";
import { hoursAgo, putBackup, putDamaged, putNewerFormat } from "../../support/samples/sample-backups.ts";
import { noteText } from "../../support/samples/sample-notes.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { startOnTerminal, whyNoTerminal } from "../../support/terminal/terminal.ts";

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-prune-"));
  // Files that a test has just written have been in the store for no time.
  env = { S3TARGET: `file://${folder}`, PRUNE_MIN_AGE: "0" };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The names of backups in the folder, oldest first. */
async function names(): Promise<string[]> {
  return (await backupFiles(folder)).map((file) => file.replace(/\.zip$/, ""));
}

/** Four valid ones, the oldest first. */
async function putFour(objects = 10): Promise<string[]> {
  const put = [];
  for (const hours of [72, 48, 24, 1]) put.push(await putBackup(folder, hoursAgo(hours), objects));
  return put;
}

interface Pruned {
  name: string;
  keep: boolean;
  reasons: string[];
  outcome: string;
  reason: string | null;
}

async function prune(...args: string[]) {
  const { status, stdout, stderr } = await runProgram(["prune", "-o", "json", ...args], { env });
  return { status, stderr, pruned: stdout === "" ? [] : (JSON.parse(stdout).backups as Pruned[]) };
}

test("prune removes what no rule keeps, and says why", async () => {
  const [first, second, third, fourth] = await putFour();
  const { status, stderr, pruned } = await prune("--keep-last", "1", "--keep-within", "1d", "--yes");
  assert.equal(status, 0, stderr);
  assert.deepEqual(pruned, [
    { name: first, keep: false, reasons: ["no rule keeps it"], outcome: "removed", reason: null },
    { name: second, keep: false, reasons: ["no rule keeps it"], outcome: "removed", reason: null },
    { name: third, keep: true, reasons: ["within 1d"], outcome: "kept", reason: null },
    {
      name: fourth,
      keep: true,
      reasons: ["last 1", "within 1d", "newest valid"],
      outcome: "kept",
      reason: null,
    },
  ]);
  assert.deepEqual(await names(), [third, fourth]);
});

test("rules may come from the environment; a dry run writes nothing and says the same", async () => {
  const all = await putFour();
  env["KEEP_LAST"] = "2";
  const table = await runProgram(["prune", "--dry-run"], { env });
  assert.equal(table.status, 0, table.stderr);
  assert.deepEqual(
    table.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ {3,}/g, " | ")),
    [
      "BACKUP | AGE | SIZE | PLAN | REASONS",
      `${all[0]} | 3d ago | 2.1 KiB | remove | no rule keeps it`,
      `${all[1]} | 2d ago | 2.1 KiB | remove | no rule keeps it`,
      `${all[2]} | 1d ago | 2.1 KiB | keep | last 2`,
      `${all[3]} | 1h ago | 2.1 KiB | keep | last 2, newest valid`,
      "2 would be removed, 2 kept",
    ],
  );
  const { pruned } = await prune("--dry-run");
  assert.deepEqual(
    pruned.map(({ outcome }) => outcome),
    ["planned", "planned", "kept", "kept"],
  );
  assert.deepEqual(await names(), all);
  const again = [await prune("--yes"), await prune("--yes")];
  assert.deepEqual(
    again.map(({ status, pruned }) => [status, pruned.length]),
    [
      [0, 4],
      [0, 2],
    ],
  );
});

test("without a rule, with a wrong one, or with nobody to ask, nothing is touched", async () => {
  const all = await putFour();
  for (const [args, problem] of [
    [["--yes"], /No rule says which backups to keep/],
    [["--yes", "--keep-last", "0"], /--keep-last \(KEEP_LAST\) \\"0\\" is no whole number above 0/],
    [["--keep-last", "1"], /There is no terminal to ask on/],
  ] as const) {
    const { status, stdout, stderr } = await runProgram(["prune", ...args], { env });
    assert.equal(status, 2);
    assert.match(stderr, problem);
    assert.equal(stdout, "");
  }
  assert.deepEqual(await names(), all);
});

test("damaged backups and those of a newer format stay, and take nobody's place; --remove-damaged removes the former", async () => {
  const valid = [await putBackup(folder, hoursAgo(9)), await putBackup(folder, hoursAgo(8))];
  const damaged = [await putDamaged(folder, hoursAgo(3)), await putDamaged(folder, hoursAgo(2))];
  const newer = await putNewerFormat(folder, hoursAgo(1));
  const { status, stderr, pruned } = await prune("--keep-last", "1", "--yes");
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    pruned.filter(({ keep }) => keep).map(({ name, reasons }) => [name, reasons.join()]),
    [
      [valid[1], "last 1,newest valid"],
      [damaged[0], "damaged"],
      [damaged[1], "damaged"],
      [newer, "newer format"],
    ],
  );
  assert.deepEqual(await names(), [valid[1], ...damaged, newer]);
  const again = await prune("--keep-last", "1", "--yes", "--remove-damaged");
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(await names(), [valid[1], newer]);
});

test("one flipped byte in the newest: the good one before it stays", async () => {
  const good = await putBackup(folder, hoursAgo(2));
  const newest = await putBackup(folder, hoursAgo(1));
  const file = path.join(folder, `${newest}.zip`);
  const bytes = await readFile(file);
  // In the middle of the objects: the manifest and the table of contents are whole.
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const { status, stderr, pruned } = await prune("--keep-last", "1", "--yes");
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    pruned.map(({ name, reasons }) => [name, reasons.join()]),
    [
      [good, "last 1,newest valid"],
      [newest, "damaged"],
    ],
  );
  assert.deepEqual(await names(), [good, newest]);
});

test("what was merely put into the store, and what was the newest just now, has nothing removed by default", async () => {
  delete env["PRUNE_MIN_AGE"];
  const old = [];
  for (const hours of [100, 99, 98, 97, 96]) {
    const time = hoursAgo(hours);
    old.push(await putBackup(folder, time));
    await utimes(path.join(folder, `${old.at(-1)}.zip`), time, time);
  }
  const put = [];
  for (const hours of [3, 2, 1]) put.push(await putBackup(folder, hoursAgo(hours)));
  const { pruned } = await prune("--keep-last", "3", "--yes");
  assert.deepEqual(
    pruned.map(({ name, reasons }) => [name, reasons.join()]),
    [
      [old[0], "no rule keeps it"],
      [old[1], "no rule keeps it"],
      [old[2], "last 3"],
      [old[3], "last 3"],
      [old[4], "last 3,may be under restore"],
      [put[0], "may be under restore"],
      [put[1], "may be under restore"],
      [put[2], "may be under restore,newest valid"],
    ],
  );
  const none = await prune("--keep-last", "1", "--yes", "--min-age", "5d");
  assert.deepEqual(
    none.pruned.map(({ keep }) => keep),
    [true, true, true, true, true, true],
    "nothing has been there for so long",
  );
  const { status, stderr } = await runProgram(["prune", "--keep-last", "1", "--min-age", "5"], { env });
  assert.equal(status, 2);
  assert.match(stderr, /--min-age \(PRUNE_MIN_AGE\) \\"5\\" is no length of time: write for example 36h/);
});

test("the clusters of one place are pruned apart", async () => {
  const name = async (hours: number, clusterId: string) => {
    const time = hoursAgo(hours);
    const { bytes } = await writeSample([sampleObject(NAMESPACES, undefined, "shop")], {
      time,
      facts: { cluster: { id: clusterId, kubernetesVersion: "v1.36.3" } },
    });
    await writeFile(path.join(folder, `${backupName(time)}.zip`), bytes);
    return backupName(time);
  };
  const blue = [await name(9, "blue"), await name(8, "blue")];
  const green = [await name(3, "green"), await name(2, "green"), await name(1, "green")];
  const { status, stderr } = await prune("--keep-last", "1", "--yes");
  assert.equal(status, 0, stderr);
  assert.deepEqual(await names(), [blue[1], green[2]]);

  const unknown = await prune("--cluster", "red", "--yes");
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /holds no backup of the cluster red.*/);
  const one = await prune("--cluster", "blue", "--yes", "--min-age", "0");
  assert.equal(one.status, 0, one.stderr);
  assert.deepEqual(await names(), [green[2]]);
});

test("nothing is removed while the newest holds less than half of what the one before it does", async () => {
  const all = [...(await putFour(9)), await putBackup(folder, hoursAgo(0), 4)];
  for (const args of [["--yes"], ["--dry-run"]]) {
    const { status, stderr, pruned } = await prune("--keep-last", "1", ...args);
    assert.equal(status, 3, stderr);
    assert.match(
      stderr,
      new RegExp(
        `Cannot prune: the newest backup ${all[4]} holds 4 objects, less than half of the 9 in ${all[3]}; nothing is removed`,
      ),
    );
    assert.deepEqual(
      pruned.map(({ outcome }) => outcome),
      ["refused", "refused", "refused", "refused", "kept"],
    );
    assert.deepEqual(await names(), all);
  }
  const forced = await prune("--keep-last", "1", "--yes", "--force");
  assert.equal(forced.status, 0, forced.stderr);
  assert.match(forced.stderr, /"level":"warn".*Pruning by --force/);
  assert.deepEqual(await names(), [all[4]]);
});

test("several small backups in a row take no large one away, until somebody says from when on fewer are right", async () => {
  const large = await putFour(9);
  const [small = "", smaller = ""] = [
    await putBackup(folder, hoursAgo(0.5), 4),
    await putBackup(folder, hoursAgo(0), 3),
  ];
  const refused = await prune("--keep-last", "1", "--min-age", "0", "--yes");
  assert.equal(refused.status, 3, refused.stderr);
  assert.match(
    refused.stderr,
    new RegExp(`${smaller} holds 3 objects, less than half of the 9 in ${large[3]}`),
  );
  assert.match(refused.stderr, new RegExp(`ACCEPT_SMALLER=${smaller}`));
  assert.deepEqual(await names(), [...large, small, smaller]);
  const accepted = await prune("--keep-last", "1", "--min-age", "0", "--yes", "--accept-smaller", small);
  assert.equal(accepted.status, 0, accepted.stderr);
  assert.deepEqual(await names(), [smaller]);
});

test("exactly half is enough", async () => {
  await putFour(8);
  const newest = await putBackup(folder, hoursAgo(0), 4);
  assert.equal((await prune("--keep-last", "1", "--yes")).status, 0);
  assert.deepEqual(await names(), [newest]);
});

test("where no backup can be read nothing is removed", async () => {
  const all = [await putDamaged(folder, hoursAgo(2)), await putDamaged(folder, hoursAgo(1))];
  const { status, stderr } = await prune("--keep-last", "1", "--yes");
  assert.equal(status, 3);
  assert.match(stderr, /none of the backups can be read; nothing is removed/);
  assert.deepEqual(await names(), all);
});

test("an empty store has nothing to prune, and one that cannot be read is an error", async () => {
  assert.deepEqual(await prune("--keep-last", "1", "--yes"), { status: 0, stderr: "", pruned: [] });
  const text = await runProgram(["prune", "--keep-last", "1", "--yes"], { env });
  assert.equal(text.status, 0);
  assert.ok(text.stdout.startsWith(`No backups in file://${folder}`), text.stdout);
  env["S3TARGET"] = `file://${folder}/missing`;
  assert.equal((await prune("--keep-last", "1", "--yes")).status, 1);
});

const skip = whyNoTerminal();

test("on a terminal it asks, and only a yes removes anything", { skip }, async () => {
  const all = await putFour();
  for (const [answer, status, left] of [
    ["n", 1, all],
    ["", 1, all],
    ["y", 0, all.slice(3)],
  ] as const) {
    const program = startOnTerminal(["prune", "--keep-last", "1"], { env, columns: 60 });
    try {
      await program.saw(/Remove 3 of 4 backups \([\d.]+ KiB\) from\s+file:.*\? \[y\/N\]/);
      program.type(`${answer}\r`);
      assert.equal((await program.ended).status, status, program.text());
    } finally {
      program.kill();
    }
    // A bar that was shown meanwhile is wiped off its line.
    const lines = program
      .text()
      .split("\n")
      .map((line) => line.split("\u001b[K").at(-1) ?? "");
    const table = lines.slice(0, 5);
    assert.match(table[0] ?? "", /^BACKUP .*PLAN +REASONS$/);
    for (const line of table) assert.ok(line.length <= 60, line);
    assert.match(program.text(), answer === "y" ? /3 removed, 1 kept/ : /Nothing is removed/);
    assert.deepEqual(await names(), left);
  }
});

test("list --long tells what is in each, and goes on after one that cannot be read", async () => {
  const valid = await putBackup(folder, hoursAgo(4), 7);
  const damaged = await putDamaged(folder, hoursAgo(3));
  const newer = await putNewerFormat(folder, hoursAgo(2));
  const newest = await putBackup(folder, hoursAgo(1), 3);
  env["MAXRESTOREAGE"] = "210";
  const { status, stdout, stderr } = await runProgram(["list", "--long", "-o", "json"], { env });
  assert.equal(status, 0, stderr);
  const [first, ...rest] = JSON.parse(stdout).backups;
  const { time, ageSeconds, sizeBytes, ...facts } = first;
  assert.equal(time, backupTime(valid)?.toISOString().replace(".000Z", "Z"));
  assert.ok(ageSeconds >= 4 * 3600 && ageSeconds < 4 * 3600 + 60 && sizeBytes > 500);
  assert.deepEqual(facts, {
    name: valid,
    gate: { action: "error", because: "stale" },
    tags: [],
    state: "ok",
    reason: null,
    objects: 7,
    namespaces: 1,
    cluster: { id: "8a1c2f0e-0000-4000-8000-000000000000" },
    kubernetesVersion: "v1.36.3",
    oneMoment: true,
    scope: null,
    missingResources: [],
    excludedObjects: 0,
    warningCount: 0,
    encrypted: false,
    note: "none",
    checked: null,
  });
  assert.deepEqual(
    rest.map((each: typeof first) => [each.name, each.state, each.reason, each.objects, each.gate?.because]),
    [
      [damaged, "damaged", "it is no zip file, or a damaged one", null, undefined],
      [newer, "newer format", "it is of format version 99, and this program reads up to 1", null, "fresh"],
      [newest, "ok", null, 3, "fresh"],
    ],
  );
  const table = await runProgram(["list", "--long", "--last", "2"], { env });
  const [, ...lines] = table.stdout.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => [line.slice(0, 23), line.replace(/.* {3}/, "")]),
    [
      [newer, "newer format: it is of format version 99, and this program reads up to 1"],
      [newest, "ok, no note"],
    ],
  );
});

test("list takes those of a time, and refuses what is none", async () => {
  const [, second, third, fourth] = await putFour();
  const list = async (...args: string[]) => {
    const { stdout } = await runProgram(["list", "-o", "json", ...args], { env });
    return JSON.parse(stdout).backups.map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await list("--since", "50h"), [second, third, fourth]);
  assert.deepEqual(await list("--since", "50h", "--until", "2h"), [second, third]);
  assert.deepEqual(await list("--last", "1", "--until", hoursAgo(24).toISOString()), [third]);
  const none = await runProgram(["list", "--since", "1m"], { env });
  assert.equal(none.stdout, `No backups of that time in file://${folder}\n`);
  for (const args of [
    ["--since", "now"],
    ["--until", "2026-01-31T12:00"],
    ["--last", "0"],
    ["--since", "1h", "--until", "2h"],
  ]) {
    assert.equal((await runProgram(["list", ...args], { env })).status, 2, args.join(" "));
  }
});

/** Puts a note, or a report, that is as old as its name. */
async function putRecord(age: number | Date, key: "note" | "checked", text?: string): Promise<string> {
  const time = typeof age === "number" ? hoursAgo(age) : age;
  const object = `${key === "note" ? "notes" : "reports"}/${backupName(time)}.${key}`;
  const file = path.join(folder, object);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text ?? noteText(time, "blue"));
  await utimes(file, time, time);
  return object;
}

test("notes and reports of backups that are gone go when they are older than KEEP_REPORTS", async () => {
  const [first] = await putFour();
  const day = 24;
  const oldest = await putRecord(800 * day, "note");
  const report = await putRecord(800 * day, "checked", "{}");
  const last = await putRecord(401 * day, "note");
  const young = await putRecord(399 * day, "note");
  const youngReport = await putRecord(399 * day, "checked", "{}");
  const files = async () =>
    (await Promise.all(["notes", "reports"].map((each) => readdir(path.join(folder, each))))).flat().sort();
  const all = await files();
  const fileOf = (object: string) => path.basename(object);
  const rule = ["prune", "--keep-last", "4"];

  const unlimited = await runProgram([...rule, "--keep-reports", "unlimited", "--dry-run"], { env });
  assert.match(unlimited.stdout, /nothing to remove, 4 kept\n$/);
  const dry = await runProgram([...rule, "--dry-run"], { env });
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /nothing to remove, 4 kept\n2 old notes and reports would be removed\n$/);
  const ofCluster = await runProgram([...rule, "--cluster", "x", "--dry-run"], { env });
  assert.doesNotMatch(ofCluster.stdout, /old note/);
  assert.deepEqual(await files(), all);

  const { status, stdout, stderr } = await runProgram([...rule, "--yes", "-o", "json"], { env });
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).records, [
    { object: oldest, outcome: "removed", reason: null },
    { object: report, outcome: "removed", reason: null },
  ]);
  assert.deepEqual(await files(), [last, young, youngReport].map(fileOf).sort());

  // Those of a backup that exists stay, however old.
  await putRecord(backupTime(first ?? "") ?? new Date(), "note");
  const short = await runProgram([...rule, "--keep-reports", "1d", "--yes"], { env });
  assert.equal(short.status, 0, short.stderr);
  assert.match(short.stdout, /2 old notes and reports removed\n$/);
  assert.deepEqual(await files(), [`${first}.note`, fileOf(young)].sort());
});
