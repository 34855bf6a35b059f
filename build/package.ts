/** Packs the bundle and Node into one self-contained executable for this platform: `dist/kube-backup`. */

import { rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import process from "node:process";
import type { SeaOptions } from "@yao-pkg/pkg/lib-es5/sea.js";

const require = createRequire(import.meta.url);

/** What pkg calls the platforms that it names differently from Node. */
const PKG_PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { darwin: "macos", win32: "win" };

/**
 * Makes the executable. pkg's command line would fetch a Node from the net; its function for single
 * executables packs the one that is here: the `node-…` package of package.json's optionalDependencies.
 */
export async function packageExecutable(bundle: string, output: string): Promise<void> {
  const { default: sea } = require("@yao-pkg/pkg/lib-es5/sea.js") as {
    default(entry: string, options: SeaOptions): Promise<void>;
  };
  const { platform, arch } = process;
  // An absolute path, since pkg works in a folder of its own; a half-made file never has the final name.
  const temporary = resolve(`${output}.new`);
  const options = {
    nodePath: require.resolve(`node-${platform}-${arch}/bin/node`),
    // The code cache spares compiling at the start. It is valid for this very platform and Node.
    seaConfig: { disableExperimentalSEAWarning: true, useSnapshot: false, useCodeCache: true },
    targets: [
      { nodeRange: "node24", platform: PKG_PLATFORMS[platform] ?? platform, arch, output: temporary },
    ],
  };
  await sea(bundle, options as SeaOptions);
  await rename(temporary, output);
}

if (import.meta.main) await packageExecutable("dist/kube-backup.cjs", "dist/kube-backup");
