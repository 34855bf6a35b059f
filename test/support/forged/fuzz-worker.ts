/**
 * `node fuzz-worker.ts FIRST COUNT [KUBECONFIG]` makes and reads the forged archives of so many seeds, and writes a line for
 * each.
 */

import { registerHooks } from "node:module";
import process from "node:process";
import { fuzzed } from "./fuzzed.ts";
import { forgetPeakMemory, peakMemory } from "./peak-memory.ts";
import { Random } from "./random.ts";

// As in the executable: measuring the help text takes longer than all the rest otherwise.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier === "string-width"
        ? new URL("../../../build/text-width.ts", import.meta.url).href
        : specifier,
      context,
    ),
});
const { faultsOf } = await import("./run-commands.ts");

const [first = "0", count = "1", kubeconfig] = process.argv.slice(2);
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const archive = fuzzed(seed);
  process.stdout.write(`${JSON.stringify({ begun: seed, changes: archive.changes })}\n`);
  // What was needed to make the archive, and the archives before it, does not count.
  globalThis.gc?.();
  forgetPeakMemory();
  const faults = await faultsOf(archive, { random: new Random(~seed), kubeconfig });
  process.stdout.write(`${JSON.stringify({ done: seed, faults, peak: peakMemory() })}\n`);
}
