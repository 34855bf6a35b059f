/** Bundles the program into one CommonJS file: what `package.ts` packs, and what Node runs as it is. */

import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { build } from "esbuild";
import packageJson from "../package.json" with { type: "json" };

/** Bundles `src/main.ts` into `file`. */
export async function bundle(file: string): Promise<void> {
  await build({
    entryPoints: ["src/main.ts"],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node24",
    // What a single executable starts must be CommonJS.
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // yargs asks where its files are; there are none beside a single executable, and it needs none.
    banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
    define: {
      "import.meta.url": "bundleUrl",
      KUBE_BACKUP_VERSION: JSON.stringify(packageJson.version),
      KUBE_BACKUP_COMMIT: JSON.stringify(await commit()),
    },
    logLevel: "warning",
  });
}

/** The commit that is built: COMMIT where the sources come without git, as in an image's build. */
async function commit(): Promise<string> {
  const given = process.env["COMMIT"]?.trim();
  if (given !== undefined && given !== "") return given;
  try {
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "--short=12", "HEAD"]);
    return stdout.trim();
  } catch {
    return "unknown";
  }
}

if (import.meta.main) await bundle(process.argv[2] ?? "dist/kube-backup.cjs");
