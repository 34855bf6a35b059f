/** One commit makes one executable, wherever and whenever it is built. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { promisify } from "node:util";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const DIST = path.join(ROOT, "dist");
const SOURCES = ["src", "build", "package.json", "node_modules"];
const folders: string[] = [];

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Builds in a folder of its own, and returns the executable's digest. */
async function buildIn(prefix: string, time: string): Promise<string> {
  // Beside what it is copied from: hard links cannot leave the file system.
  const folder = await mkdtemp(path.join(DIST, prefix));
  folders.push(folder);
  for (const name of SOURCES) {
    await promisify(execFile)("cp", ["-Rl", path.join(ROOT, name), path.join(folder, name)]);
  }
  await rm(path.join(folder, "build", "node", "node_modules"), { recursive: true, force: true });
  for (const script of ["build/bundle.ts", "build/package.ts"]) {
    const env = { ...process.env, COMMIT: "0123456789ab", TZ: time };
    await promisify(execFile)(process.execPath, [script], { cwd: folder, env });
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(path.join(folder, "dist", "kube-backup")), hash);
  return hash.digest("hex");
}

test("two builds of the same sources, in two folders, give the same bytes", async (t) => {
  await mkdir(DIST, { recursive: true });
  const first = await buildIn("one-", "UTC");
  const second = await buildIn("another-folder-", "Asia/Tokyo");
  t.diagnostic(first);
  assert.equal(second, first);
});
