/**
 * Bundles the program into `dist/bundle`: `main.cjs`, and a part for each module that is loaded on demand.
 * `package.ts` packs the folder. Node also runs the folder: `node dist/bundle/main.cjs`.
 */

import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import {
  type BuildOptions,
  build,
  type Metafile,
  type Plugin,
  type TransformOptions,
  transform,
} from "esbuild";
import packageJson from "../package.json" with { type: "json" };
import { pageScripts } from "./page-scripts.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

/** esbuild's metafile: the inputs of each part, and of each script of a page. */
export const METAFILE = "metafile.json";

/**
 * Names of classes and functions are kept, for stack traces and for code that reads `error.name`. Lines are short,
 * since Node prints the whole line of an uncaught error.
 */
const SMALL = { minifySyntax: true, minifyWhitespace: true, lineLimit: 160 } satisfies TransformOptions;

const COMMON_JS = {
  format: "cjs",
  platform: "node",
  target: "node24",
  supported: { "dynamic-import": false },
} satisfies TransformOptions;

/** Bundles `src/main.ts` into a folder. Empties the folder first. The first part is `main.cjs`. */
export async function bundle(folder: string): Promise<void> {
  const scripts: Metafile["outputs"] = {};
  const result = await build({ ...options(await commit(), scripts), outdir: path.resolve(folder) });
  const parts = await Promise.all(
    result.outputFiles.map(async ({ path: file, text }) => ({
      name: path.basename(file),
      // esbuild splits ES modules only, but a single executable must start with CommonJS. A dynamic import becomes a
      // require at the time of the import.
      code: (await transform(withCommonJsExports(text), { ...SMALL, ...COMMON_JS })).code,
    })),
  );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, code } of parts) await writeFile(path.join(folder, name), code);
  await writeFile(
    path.join(folder, METAFILE),
    JSON.stringify({ ...result.metafile, outputs: { ...result.metafile.outputs, ...scripts } }),
  );
}

function options(commit: string, scripts: Metafile["outputs"]) {
  return {
    ...SMALL,
    absWorkingDir: ROOT,
    entryPoints: ["src/main.ts"],
    outExtension: { ".js": ".cjs" },
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    define: {
      // yargs resolves the path of its files, but needs no files. A single executable has none.
      "import.meta.url": JSON.stringify("file:///C:/kube-backup.js"),
      KUBE_BACKUP_VERSION: JSON.stringify(packageJson.version),
      KUBE_BACKUP_COMMIT: JSON.stringify(commit),
    },
    // yargs measures its help with this library, which takes longer to load than everything else.
    alias: { "string-width": path.join(ROOT, "build", "text-width.ts") },
    plugins: [WITHOUT_SIDE_EFFECTS, pageScripts(scripts)],
    logLevel: "warning",
  } as const satisfies BuildOptions;
}

/**
 * A CommonJS package that is imported on demand becomes a part with a default export alone. The named exports exist
 * only at run time, so the part's exports become the package's exports.
 */
function withCommonJsExports(part: string): string {
  return part.replace(/\bexport default (require_\w+\(\));\s*$/, "module.exports=$1;");
}

/**
 * Tells esbuild that loading modules of the Kubernetes client has no side effects, so that esbuild drops unused
 * modules. The client's package.json does not say so. The modules are 5 MB of classes, one for each kind of the API.
 */
const WITHOUT_SIDE_EFFECTS: Plugin = {
  name: "without-side-effects",
  setup(build) {
    build.onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async ({ path: module, ...from }) => {
      const ofClient = !module.startsWith(".") || from.importer.includes("@kubernetes/client-node/dist");
      if (!ofClient || from.pluginData === WITHOUT_SIDE_EFFECTS) return undefined;
      const { importer, resolveDir, kind } = from;
      const found = await build.resolve(module, {
        importer,
        resolveDir,
        kind,
        pluginData: WITHOUT_SIDE_EFFECTS,
      });
      return { ...found, sideEffects: false };
    });
  },
};

/** The commit to build: COMMIT when the sources come without git, as in an image build. */
async function commit(): Promise<string> {
  const given = process.env["COMMIT"]?.trim();
  if (given !== undefined && given !== "") return given;
  try {
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "--short=12", "HEAD"], { cwd: ROOT });
    return stdout.trim();
  } catch {
    return "unknown";
  }
}

if (import.meta.main) await bundle(process.argv[2] ?? "dist/bundle");
