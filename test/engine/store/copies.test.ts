/** The copies of a loop, from one folder to another. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { CopiesAfterBackups } from "../../../src/copy/copies-after-backups.ts";
import { backupTime } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { SILENT } from "./s3-fixture.ts";

const { signal } = new AbortController();
let root: string;

before(async () => {
  root = await mkdtemp(path.join(tmpdir(), "kube-backup-copies-"));
});
after(() => rm(root, { recursive: true, force: true }));

interface Rig {
  copies: CopiesAfterBackups;
  from: string;
  to: string;
  /** Puts a backup into the first store; its name and time. */
  put(hours: number): Promise<{ name: string; time: Date }>;
  there(): Promise<string[]>;
  /** Messages of the log since the last call, with the backup. */
  told(): string[];
}

async function rig(place?: Pick<Rig, "from" | "to">): Promise<Rig> {
  const { from, to } = place ?? {
    from: await mkdtemp(path.join(root, "from-")),
    to: path.join(await mkdtemp(path.join(root, "to-")), "copies"),
  };
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  const now = () => new Date();
  const log = await createLog({ stream: { write }, readable: false, colors: false, debug: false, now });
  const open = (folder: string): Promise<Store> =>
    openStore({ target: { kind: "file", folder }, log: SILENT });
  const copies = new CopiesAfterBackups({
    ...{ from: await open(from), to: await open(to), signers: undefined, now, log },
  });
  return {
    ...{ copies, from, to },
    put: async (hours) => {
      const { name, zip, note } = await notedBackup(hoursAgo(hours));
      await mkdir(path.join(from, "notes"), { recursive: true });
      await writeFile(path.join(from, "notes", `${name}.note`), note ?? "");
      await writeFile(path.join(from, `${name}.zip`), zip);
      return { name, time: backupTime(name) ?? new Date(Number.NaN) };
    },
    there: async () => (await backupFiles(to)).map((file) => file.replace(".zip", "")),
    told: () => {
      const lines = text.split("\n").filter((line) => line !== "");
      text = "";
      return lines.map((line) => JSON.parse(line)).map(({ msg, backup }) => `${msg}: ${backup}`);
    },
  };
}

test("a new second store begins with the newest; what comes is copied, and what was missed", async () => {
  const one = await rig();
  await one.put(9);
  const newest = await one.put(8);
  await one.copies.run(signal);
  assert.deepEqual(await one.there(), [newest.name]);
  assert.deepEqual(one.told(), [`Backup copied to the second store: ${newest.name}`]);
  const next = await one.put(7);
  one.copies.stored(next);
  await one.copies.run(signal);
  assert.deepEqual(await one.there(), [newest.name, next.name]);

  const missed = [await one.put(6), await one.put(5)].map(({ name }) => name);
  const again = await rig(one);
  await again.copies.run(signal);
  assert.deepEqual(await again.there(), [newest.name, next.name, ...missed]);
  // Removed there: its note stays.
  await rm(path.join(one.to, `${next.name}.zip`));
  const third = await rig(one);
  await third.copies.run(signal);
  assert.deepEqual(await third.there(), [newest.name, ...missed]);
});

test("what fails is told, and tried again; what fails for good keeps nothing else waiting", async () => {
  const one = await rig();
  // A file where the folder should be.
  await writeFile(one.to, "");
  const first = await one.put(9);
  one.copies.stored(first);
  await one.copies.run(signal);
  assert.match(
    one.told().join(),
    /^Not copied to the second store; the next backup brings it again: undefined$/,
  );
  await rm(one.to);
  await one.copies.run(signal);
  assert.deepEqual(await one.there(), [first.name]);
  one.told();

  const stuck = [await one.put(8), await one.put(7), await one.put(6)];
  for (const { name } of stuck) await writeFile(path.join(one.to, `${name}.zip`), "another");
  for (const each of stuck) one.copies.stored(each);
  await one.copies.run(signal);
  assert.equal(one.told().filter((line) => line.startsWith("Not copied")).length, 3);
  const last = await one.put(5);
  one.copies.stored(last);
  await one.copies.run(signal);
  assert.ok((await one.there()).includes(last.name));
  assert.equal(one.told()[0], `Backup copied to the second store: ${last.name}`);
});

test("one that retention has removed meanwhile waits no more", async () => {
  const one = await rig();
  const kept = await one.put(9);
  await one.copies.run(signal);
  one.told();
  const removed = await one.put(8);
  one.copies.stored(removed);
  await rm(path.join(one.from, `${removed.name}.zip`));
  await one.copies.run(signal);
  assert.deepEqual(one.told(), [
    `Backup was removed before it was copied to the second store: ${removed.name}`,
  ]);
  await one.copies.run(signal);
  assert.deepEqual([one.told(), await one.there()], [[], [kept.name]]);
});

test("no more than a hundred wait", async () => {
  const one = await rig();
  const names = Array.from({ length: 102 }, (_, index) => hoursAgo(200 - index));
  for (const [index, time] of names.entries()) one.copies.stored({ name: `backup-${index}`, time });
  assert.deepEqual(
    one.told().map((line) => line.replace(/.*: /, "")),
    ["backup-0", "backup-1"],
  );
});
