/** However an archive is forged, it is for the reader to say how much memory it takes: 400 MiB for eight at once. */

import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { addFile, type Forgery, forge, seal } from "../../support/forged/forge.ts";

const MIB = 1024 * 1024;
/** Deno frees memory later, and on a busy machine much later. */
const MOST = ("Deno" in globalThis ? 600 : 400) * MIB;
const AT_ONCE = 8;
/** Of those with most files, which take longest to be read. */
const FEW = 3;

/** Text that does not pack well. */
function noise(length: number): string {
  const parts: string[] = [];
  for (let index = 0; parts.length * 64 < length; index += 1) {
    parts.push(createHash("sha256").update(`${index}`).digest("hex"));
  }
  return parts.join("").slice(0, length);
}

const withMember = ({ manifest }: Forgery, value: string) =>
  `${JSON.stringify({ ...manifest, more: 0 }).slice(0, -2)}${value}}`;

const CASES: [name: string, forged: (forgery: Forgery) => void, reason: RegExp][] = [
  [
    "64 MiB of nested lists",
    (forgery) => {
      forgery.manifestText = withMember(forgery, "[".repeat(32 * MIB) + "]".repeat(32 * MIB));
    },
    /packed better than a manifest can be/,
  ],
  [
    "nested lists that do not pack so well",
    (forgery) => {
      const value = `[${"[".repeat(8 * MIB)}${"]".repeat(8 * MIB)},"${noise(MIB)}"]`;
      forgery.manifestText = withMember(forgery, value);
    },
    /nested more than 32 levels deep/,
  ],
  [
    "as many lists as are allowed",
    (forgery) => {
      forgery.manifestText = withMember(forgery, `[${"[],".repeat(1_000_000)}"${noise(MIB)}"]`);
    },
    /at more/,
  ],
  [
    "a million objects in place of files",
    (forgery) => {
      const files = `${'{"content":"text","path":{}},'.repeat(300_000)}"${noise(4 * MIB)}"`;
      forgery.manifestText = JSON.stringify({ ...forgery.manifest, files: [] }).replace(
        '"files":[]',
        `"files":[${files}]`,
      );
    },
    /at files\.0/,
  ],
  [
    "as long a text as is allowed",
    (forgery) => {
      forgery.manifestText = withMember(forgery, `"ü${noise(31 * MIB)}"`);
    },
    /^valid$/,
  ],
  [
    "as many files as are allowed",
    (forgery) => {
      for (let index = 0; index < 130_000; index += 1) {
        forgery.texts.set(`${"n".repeat(200)}${index}`, "");
      }
    },
    /MANIFEST does not list it/,
  ],
  [
    "as large a directory as is allowed, and its files in the manifest",
    (forgery) => {
      for (let index = 0; index < 130_000; index += 1) {
        addFile(forgery, { path: `${"n".repeat(200)}${index}`, content: "text" }, "");
      }
    },
    /^valid$/,
  ],
];

test("eight forged archives at once take no more memory than is sensible", {
  timeout: 300_000,
}, async (t) => {
  for (const [name, change, reason] of CASES) {
    await t.test(name, async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-forged-"));
      try {
        const forgery = await forge();
        change(forgery);
        const bytes: Buffer = seal(forgery);
        const count = forgery.texts.size > 60_000 ? FEW : AT_ONCE;
        for (let index = 0; index < count; index += 1) {
          await writeFile(path.join(folder, `${backupName(new Date(1e12 + index * 1000))}.zip`), bytes);
        }
        const script = path.join(import.meta.dirname, "../../support/forged/inspect.ts");
        const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
        const { states, maxRss } = JSON.parse(stdout) as { states: string[]; maxRss: number };
        t.diagnostic(`${name}: ${bytes.length} bytes, ${Math.round(maxRss / MIB)} MiB`);
        assert.equal(states.length, count);
        for (const state of states) assert.match(state, reason);
        assert.ok(maxRss < MOST, `${Math.round(maxRss / MIB)} MiB`);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
