/** What is nested as deep as an archive may hold it is followed by every command, values in it included. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, it } from "node:test";
import { OBJECT_BOUNDS } from "../../../../src/archive/format/bounds.ts";
import { putContents, sampleContents } from "../../../support/hostile/archives.ts";
import { runInProcess } from "../../../support/hostile/run-in-process.ts";

const EARLIER = "backup_20260131T090000Z";
const LATER = "backup_20260131T100000Z";

let folder: string;
let environment: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-deep-"));
  environment = { S3TARGET: `file://${folder}` };
  assert.ok(await putDeep("2026-01-31T09:00:00Z", OBJECT_BOUNDS.depth, "1"));
  assert.ok(await putDeep("2026-01-31T10:00:00Z", OBJECT_BOUNDS.depth, "2"));
});

after(async () => await rm(folder, { recursive: true, force: true }));

/** Writes a backup with a widget of so many levels, half of them lists; false where the writer refuses it. */
async function putDeep(time: string, depth: number, value: string): Promise<boolean> {
  const contents = sampleContents();
  for (const object of contents.objects.filter(({ resource: { kind } }) => kind === "Widget")) {
    const pairs = Math.floor((depth - 2) / 2);
    const deep = `${'{"a":['.repeat(pairs)}${value}${"]}".repeat(pairs)}`;
    object.text = `${object.text.slice(0, -1)},"spec":{"deep":${deep}}}`;
  }
  return await putContents(folder, new Date(time), contents);
}

const LINES: readonly [line: string, status: number][] = [
  ["verify --all", 0],
  ["list --long", 0],
  ["get widgets -A -o yaml", 0],
  ["get widgets -A -o json", 0],
  ["get widgets -A -o wide", 0],
  ["get widgets -A -o custom-columns=N:.metadata.name,D:.spec", 0],
  ["get widgets -A -o jsonpath={.items[*].spec}", 0],
  ["get widgets -A -o jsonpath={..a}", 0],
  [`diff ${EARLIER} ${LATER}`, 1],
  [`diff ${EARLIER} ${LATER} -o json`, 1],
  [`diff ${EARLIER} ${LATER} -o html`, 1],
  ["export EXPORT --include-secrets", 0],
];

for (const [line, expected] of LINES) {
  it(line, async () => {
    const words = line.replace("EXPORT", path.join(folder, "export"));
    const { status, text } = await runInProcess(words, { environment });
    assert.equal(status, expected, text.slice(-2000));
    assert.doesNotMatch(text, /defect|call stack/, text.slice(-2000));
  });
}

it("one level more is refused by the writer", async () => {
  assert.equal(await putDeep("2026-01-31T11:00:00Z", OBJECT_BOUNDS.depth + 2, "3"), false);
});
