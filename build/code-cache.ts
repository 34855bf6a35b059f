/**
 * Compiles the parts of a bundle ahead of time, with its start script, including the functions that run at startup: V8 caches functions that
 * have run. Writes `NAME.cache` beside each part. Node versions and platforms other than the current ones reject the
 * cache and compile again.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import v8 from "node:v8";
import type { Script } from "node:vm";
import { MAIN_PART, partLoader } from "./part-loader.ts";
import { RUNTIME_FLAGS } from "./runtime-flags.ts";

/** Node flags that make the caches of two runs identical: no randomness, no flushed bytecode, no concurrency. */
export const DETERMINISTIC_FLAGS = [
  "--hash-seed=1",
  "--random-seed=1",
  "--no-flush-bytecode",
  "--no-concurrent-marking",
];

/**
 * The default values of these flags, since V8 rejects a cache that was compiled with other flags than the reader's.
 */
const DEFAULTS = ["--hash-seed=0", "--random-seed=0", "--flush-bytecode", "--concurrent-marking"];

/** Runs `--help` of the bundle in a folder, loads the remaining parts, and writes all caches. */
function compileAhead(folder: string): void {
  const scripts = new Map<string, Script>();
  const load = partLoader({
    source: (name) => readFileSync(path.join(folder, name), "latin1"),
    require: createRequire(import.meta.url),
    onLoad: (_name, file, script) => void scripts.set(file, script),
  });
  process.argv = [process.execPath, "kube-backup", "--help"];
  process.stdout.write = () => true;
  load(MAIN_PART);
  process.once("exit", () => {
    for (const name of readdirSync(folder).sort()) if (name.endsWith(".cjs")) load(name);
    for (const flag of [...DEFAULTS, ...RUNTIME_FLAGS]) v8.setFlagsFromString(flag);
    for (const [name, script] of scripts) {
      writeFileSync(path.join(folder, `${name}.cache`), script.createCachedData());
    }
  });
}

const [folder] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) compileAhead(folder);
