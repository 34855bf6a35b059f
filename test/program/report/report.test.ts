/** What was done with the backups of a store, day by day: by notes and reports, which outlive archives. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { count, openHtml, startBrowser, text, whyNoBrowser } from "../../support/browser/browser.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";

const KEY = new SigningKey(Buffer.alloc(32, 1));
const RANGE = ["--since", "2026-01-30T00:00:00Z", "--until", "2026-01-31T12:00:00Z"];
const REPORT = {
  schemaVersion: 1,
  outcome: "done",
  cluster: { id: "u", name: "blue", context: "c", server: "s" },
};

let folder: string;
let signers: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-report-"));
  for (const name of ["notes", "reports"]) await mkdir(path.join(folder, name));
  signers = path.join(folder, "allowed_signers");
  await writeFile(
    signers,
    `blue namespaces="kube-backup" ssh-ed25519 ${KEY.publicKey.blob.toString("base64")}\n`,
  );
  // Every six hours, but for the one at 06:00 of the 31st; the archives are gone.
  for (const [time, key] of [
    ["2026-01-29T18:00:00Z", KEY],
    ["2026-01-30T00:00:00Z", KEY],
    ["2026-01-30T06:00:00Z", KEY],
    ["2026-01-30T12:00:00Z", undefined],
    ["2026-01-30T18:00:00Z", KEY],
    ["2026-01-31T00:00:00Z", KEY],
    ["2026-01-31T12:00:00Z", KEY],
  ] as const) {
    const change = <Note extends object>(note: Note) => ({ ...note, intervalSeconds: 6 * 3600 });
    const { name, note } = await notedBackup(new Date(time), { key, change });
    await writeFile(path.join(folder, "notes", `${name}.note`), note ?? "");
  }
  const checked = { backup: "backup_20260130T000000Z", etag: "x", checked: "2026-01-30T10:00:00Z" };
  await put("backup_20260130T000000Z.checked", JSON.stringify(checked));
  await put("backup_20260130T000000Z.restore-20260131T010000Z", report({ time: "2026-01-31T01:00:00Z" }));
  await put(
    "backup_20260130T000000Z.restore-20260131T020000Z",
    report({ time: "2026-01-31T02:00:00Z", outcome: "failed" }, SigningKey),
  );
  await put("backup_20260130T000000Z.restore-20260129T010000Z", report({ time: "2026-01-29T01:00:00Z" }));
  await put("backup_20260130T000000Z.restore-20260131T030000Z", "no report");
  for (const [hour, refused] of [
    ["04", 0],
    ["05", 3],
  ]) {
    const { outcome: _, ...facts } = { ...REPORT, time: `2026-01-31T${hour}:00:00Z`, summary: { refused } };
    const signature = signMessage(Buffer.from(JSON.stringify(facts)), KEY);
    await put(
      `backup_20260131T000000Z.rehearsal-20260131T${hour}0000Z`,
      JSON.stringify({ ...facts, signature }),
    );
  }
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, text: string): Promise<void> {
  await writeFile(path.join(folder, "reports", name), text);
}

/** A report, signed unless something is given in place of the key. */
function report(facts: object, unsigned?: unknown): string {
  const document = { ...REPORT, ...facts };
  const signature = signMessage(Buffer.from(JSON.stringify(document)), KEY);
  return JSON.stringify(unsigned === undefined ? { ...document, signature } : document);
}

async function run(args: string[], env: Record<string, string> = {}): Promise<ProgramResult> {
  return await runProgram(["report", ...args], { env: { S3TARGET: `file://${folder}`, ...env } });
}

const NONE = { taken: 0, missed: 0, verified: 0, rehearsed: 0, refused: 0, restored: 0, failed: 0 };

test("has each day, and what is outside of the range is not counted", async () => {
  const { status, stdout, stderr } = await run([...RANGE, "-o", "json"]);
  assert.equal(status, 0, stderr);
  const { days, total, passedOver } = JSON.parse(stdout);
  assert.deepEqual(days, [
    { ...NONE, date: "2026-01-30", taken: 4, verified: 1 },
    { ...NONE, date: "2026-01-31", taken: 2, missed: 1, rehearsed: 2, refused: 1, restored: 2, failed: 1 },
  ]);
  assert.deepEqual(total, {
    ...NONE,
    taken: 6,
    missed: 1,
    verified: 1,
    rehearsed: 2,
    refused: 1,
    restored: 2,
    failed: 1,
  });
  assert.equal(passedOver, 1);
});

test("with ALLOWED_SIGNERS, counts what one of these has signed", async () => {
  const { stdout, stderr } = await run([...RANGE, "-o", "json"], { ALLOWED_SIGNERS_FILE: signers });
  const { total, passedOver } = JSON.parse(stdout || stderr);
  assert.deepEqual(total, {
    ...NONE,
    taken: 5,
    missed: 2,
    verified: 1,
    rehearsed: 2,
    refused: 1,
    restored: 1,
  });
  assert.equal(passedOver, 3);
});

test("is a table, and the sums below it", async () => {
  const { stdout } = await run(RANGE);
  assert.match(stdout, /^DAY \(UTC\) +TAKEN +MISSED +VERIFIED +REHEARSED +REFUSED +RESTORED +FAILED\n/);
  assert.match(stdout, /\n2026-01-31 +2 +1 +0 +2 +1 +2 +1\n/);
  assert.match(stdout, /\n6 backups taken, 1 missed\n/);
  assert.match(stdout, /\n2 restores, 1 of which did not end well\n/);
});

test("rejects a range that ends before it begins", async () => {
  const { status, stderr } = await run([
    "--since",
    "2026-01-31T00:00:00Z",
    "--until",
    "2026-01-30T00:00:00Z",
  ]);
  assert.equal(status, 2, stderr);
});

const skip = whyNoBrowser();

test("as a page, loads nothing, and has each day", { skip }, async () => {
  const { stdout, stderr } = await run([...RANGE, "-o", "html"]);
  assert.notEqual(stdout, "", stderr);
  const browser = await startBrowser();
  try {
    const { page, requests, complaints } = await openHtml(browser, stdout, { folder, shows: "tbody tr" });
    assert.match(await text(page, "h1"), /^Backups in file:/);
    assert.equal(await count(page, "tbody tr"), 2);
    assert.equal(await count(page, "svg rect"), 3);
    assert.equal(await text(page, "li.bad"), "6 backups taken, 1 missed");
    assert.deepEqual([requests, complaints], [[], []]);
  } finally {
    await browser.close();
  }
});
