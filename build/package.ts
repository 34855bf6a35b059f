/** Packs a bundle and Node into one self-contained executable. Run as a command, writes `dist/kube-backup`. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { SeaOptions } from "@yao-pkg/pkg/lib-es5/sea.js";
import { build } from "esbuild";
import { DETERMINISTIC_FLAGS } from "./code-cache.ts";
import { signAdHoc } from "./mac-signature.ts";
import { START_SCRIPT } from "./part-loader.ts";
import { NODE_FLAGS, RUNTIME_FLAGS } from "./runtime-flags.ts";
import { writeStartScript } from "./start-parts.ts";
import { hostTarget, type Target } from "./targets.ts";

const require = createRequire(import.meta.url);

/** Environment variables that determine the folders of pkg on all systems. */
const PKG_FOLDERS = ["HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"];

/** A Node executable. */
export interface NodeBinary {
  target: Target;
  version: string;
  file: string;
}

/** Options of {@link packageExecutable}. */
export interface PackageOptions {
  /** A folder created by `bundle.ts`. */
  bundle: string;
  node: NodeBinary;
  /** A Node of the same version that runs on this machine; by default `node`, if `node` runs on this machine. */
  host?: NodeBinary;
  output: string;
}

/**
 * Builds an executable. With a host Node, the parts are compiled ahead of time, see `code-cache.ts`. A macOS
 * executable is signed; codesign on a Mac would replace the signature.
 */
export async function packageExecutable({
  bundle,
  node,
  host = node,
  output,
}: PackageOptions): Promise<void> {
  const workFolder = await mkdtemp(path.join(tmpdir(), "kube-backup-package-"));
  try {
    const startParts = await writeStartScript(bundle);
    const runsHere = node.target === host.target;
    if (runsHere) await compileAhead(node, bundle);
    const start = path.join(workFolder, "start.cjs");
    await bundleStart(start);
    // An incomplete file never has the final name.
    const temporary = path.resolve(`${output}.new`);
    const options = {
      seaConfig: {
        // Relative to the working folder of pkg: an absolute path would make builds in different folders differ.
        main: "../start.cjs",
        assets: await assets(bundle, { except: startParts, codeCache: runsHere }),
        execArgv: [...RUNTIME_FLAGS, ...NODE_FLAGS],
        // NODE_OPTIONS is for the Node of developers: it loads their code, and opens their debugger.
        execArgvExtension: "none",
      },
      targets: [
        {
          nodeRange: `node${node.version}`,
          platform: node.target.pkgPlatform,
          arch: node.target.arch,
          output: temporary,
        },
      ],
    };
    await withPkgCache(workFolder, [node, host], () => packWithPkg(start, options));
    if (node.target.platform === "darwin") {
      await writeFile(temporary, signAdHoc(await readFile(temporary), "kube-backup"));
    }
    await rename(temporary, output);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function compileAhead({ file }: NodeBinary, bundle: string): Promise<void> {
  const script = path.join(import.meta.dirname, "code-cache.ts");
  await promisify(execFile)(file, [...DETERMINISTIC_FLAGS, script, path.resolve(bundle)]);
}

async function bundleStart(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, "start.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    logLevel: "warning",
  });
}

/** The files to embed in the executable, by name: the start script, and the other parts. */
async function assets(
  bundle: string,
  { except, codeCache }: { except: readonly string[]; codeCache: boolean },
): Promise<Record<string, string>> {
  const names = (await readdir(bundle)).sort();
  const scripts = names.filter(
    (name) => name === START_SCRIPT || (name.endsWith(".cjs") && !except.includes(name)),
  );
  const wanted = codeCache ? scripts.flatMap((name) => [name, `${name}.cache`]) : scripts;
  return Object.fromEntries(wanted.map((name) => [name, path.resolve(bundle, name)]));
}

async function packWithPkg(entry: string, options: object): Promise<void> {
  const { default: sea } = require("@yao-pkg/pkg/lib-es5/sea.js") as {
    default(entry: string, options: SeaOptions): Promise<void>;
  };
  await sea(entry, options as SeaOptions);
}

/**
 * Runs pkg in `folder` with the given Node executables in pkg's cache, so that pkg downloads nothing. The cache is
 * below the home directory; a file beside each executable marks a complete download.
 */
async function withPkgCache(folder: string, nodes: NodeBinary[], work: () => Promise<void>): Promise<void> {
  for (const { target, version, file } of nodes) {
    const system = target.platform === "win32" ? "win" : target.platform;
    const name = path.join(folder, ".pkg-cache", "sea", `node-v${version}-${system}-${target.arch}`);
    const archive = `${name}.${system === "win" ? "zip" : "tar.gz"}`;
    const binary = system === "win" ? `${name}.exe` : path.join(name, "bin", "node");
    await mkdir(path.dirname(binary), { recursive: true });
    for (const mark of [archive, `${archive}.ok`, `${binary}.ok`]) await writeFile(mark, "");
    await rm(binary, { force: true });
    await symlink(path.resolve(file), binary);
  }
  const before = PKG_FOLDERS.map((name) => process.env[name]);
  for (const name of PKG_FOLDERS) process.env[name] = folder;
  try {
    await work();
  } finally {
    PKG_FOLDERS.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  }
}

/** The Node that runs this process. */
export function hostNode(): NodeBinary {
  return { target: hostTarget(), version: process.versions.node, file: process.execPath };
}

if (import.meta.main) {
  await packageExecutable({ bundle: "dist/bundle", node: hostNode(), output: "dist/kube-backup" });
}
