/**
 * `node build/published-nodes.ts` compares the pinned Nodes with what nodejs.org publishes: the digests of its archives,
 * signed by a key of build/node/release-keys.asc, and the executables in these archives. Needs gpg, tar and the network.
 */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import lock from "./node/package-lock.json" with { type: "json" };
import { NODES, parseSums, readPins } from "./node-sums.ts";

const run = promisify(execFile);

/** Where nodejs.org has the archives of releases. */
const PUBLISHER = "https://nodejs.org/dist";

/** The executable that a package holds, as its publisher names it. */
interface PublishedNode {
  /** Path of the pinned executable below build/node. */
  file: string;
  version: string;
  /** `linux-x64`, `darwin-arm64`, `win-x64`. */
  platform: string;
}

/** The Nodes that are pinned, by the packages that hold them in build/node/package-lock.json. */
export function publishedNodes(
  files: Iterable<string>,
  lockFile: { packages: object } = lock,
): PublishedNode[] {
  const packages = lockFile.packages as Readonly<Record<string, { version?: string }>>;
  return [...files].map((file) => {
    const [, name] = /^node_modules\/([^/]+)\/bin\/node(?:\.exe)?$/.exec(file) ?? [];
    const [, platform] = /^node(?:\d+|-bin)?-((?:linux|darwin|win)-(?:x64|arm64))$/.exec(name ?? "") ?? [];
    const version = packages[`node_modules/${name}`]?.version;
    if (platform === undefined || version === undefined)
      throw new Error(`Cannot tell which Node ${file} is: build/node/package-lock.json has no such package`);
    return { file, version, platform };
  });
}

/** Options of {@link comparePublished}. */
export interface ComparePublishedOptions {
  nodes: readonly PublishedNode[];
  pins: ReadonlyMap<string, string>;
  /** URL under which each version has a folder. */
  publisher: string;
  /** File of the keys that may sign, armored. */
  keys: string;
}

/**
 * Compares pinned Nodes with those of their publisher.
 *
 * @returns one line for each.
 * @throws {Error} where one differs, a signature is not one of these keys, or the publisher cannot be asked.
 */
export async function comparePublished({
  nodes,
  pins,
  publisher,
  keys,
}: ComparePublishedOptions): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "nodes-"));
  try {
    const said: string[] = [];
    const signed = new Map<string, Map<string, string>>();
    for (const { file, version, platform } of nodes) {
      const base = `${publisher}/v${version}`;
      let sums = signed.get(version);
      if (sums === undefined) {
        sums = parseSums(await signedText(await download(`${base}/SHASUMS256.txt.asc`), { keys, folder }));
        signed.set(version, sums);
      }
      const digest = await publishedDigest({ base, version, platform, sums, folder });
      if (digest !== pins.get(file))
        throw new Error(`Cannot release ${file}: Node ${version} of ${publisher} has the SHA-256 ${digest}`);
      said.push(`${file} is Node ${version} for ${platform}, as ${publisher} has signed it`);
    }
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The digest of an executable: of Windows signed itself, of others that of the file in the signed archive. */
async function publishedDigest({
  base,
  version,
  platform,
  sums,
  folder,
}: {
  base: string;
  version: string;
  platform: string;
  sums: ReadonlyMap<string, string>;
  folder: string;
}): Promise<string> {
  const windows = sums.get(`${platform}/node.exe`);
  if (windows !== undefined) return windows;
  const name = `node-v${version}-${platform}`;
  const archive = await download(`${base}/${name}.tar.gz`);
  const digest = createHash("sha256").update(archive).digest("hex");
  if (digest !== sums.get(`${name}.tar.gz`))
    throw new Error(`Cannot trust ${base}/${name}.tar.gz: it has the SHA-256 ${digest}, which is not signed`);
  const file = path.join(folder, `${name}.tar.gz`);
  await writeFile(file, archive);
  const { stdout } = await run("tar", ["-xzOf", file, `${name}/bin/node`], {
    encoding: "buffer",
    maxBuffer: 512 * 1024 * 1024,
  });
  return createHash("sha256").update(stdout).digest("hex");
}

/** The text of a message in clear that one of the keys has signed. */
async function signedText(
  message: Buffer,
  { keys, folder }: { keys: string; folder: string },
): Promise<string> {
  const [home, file] = [path.join(folder, "keys"), path.join(folder, "message.asc")];
  await writeFile(file, message);
  const gpg = (...args: string[]) => run("gpg", ["--homedir", home, "--batch", "--quiet", ...args]);
  await run("mkdir", ["-p", "-m", "700", home]);
  await gpg("--import", keys);
  // Ends with an error where the signature is wrong, or of a key that is not there.
  return (await gpg("--decrypt", file)).stdout;
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(
      `Cannot compare: ${url} cannot be read: ${(cause as Error | undefined)?.message ?? message}`,
    );
  }
}

if (import.meta.main) {
  try {
    const pins = await readPins();
    const nodes = publishedNodes(pins.keys());
    const keys = path.join(NODES, "release-keys.asc");
    const said = await comparePublished({ nodes, pins, publisher: PUBLISHER, keys });
    process.stdout.write(`${said.join("\n")}\n`);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
