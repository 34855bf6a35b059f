/** A root folder with nothing in it but the executable and what the distroless image has around it. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { ProgramResult } from "../../support/program/program.ts";

/** What pods of the image run as: a user that no file gives a name. */
const USER = 65532;

const CA_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** A folder that the program runs in as if it were the whole file system. */
export interface EmptyRoot {
  /** Adds a file; `name` is its absolute path as the program sees it. */
  add(name: string, content: string): Promise<void>;
  /** Runs the executable: read-only root, user 65532, these variables and no other. */
  run(args: readonly string[], env: Record<string, string>): Promise<ProgramResult>;
  remove(): Promise<void>;
}

/** Why an empty root cannot be made here, or undefined. */
export function whyNoEmptyRoot(): string | undefined {
  if (process.platform !== "linux") return "chroot and mount namespaces are Linux's";
  return process.getuid?.() === 0 ? undefined : "only root may use chroot";
}

/** Makes the root of an executable, with the libraries that it is linked to. */
export async function createEmptyRoot(executable: string): Promise<EmptyRoot> {
  const root = await mkdtemp(path.join(tmpdir(), "kube-backup-empty-root-"));
  await chmod(root, 0o755);
  const inside = (name: string) => path.join(root, name);
  const copy = async (from: string, to: string) => {
    await mkdir(path.dirname(inside(to)), { recursive: true });
    await copyFile(from, inside(to));
  };
  await copy(executable, "/kube-backup");
  await copy(CA_CERTIFICATES, CA_CERTIFICATES);
  for (const library of await libraries(executable)) await copy(library, library);
  return {
    add: async (name, content) => {
      await mkdir(path.dirname(inside(name)), { recursive: true });
      await writeFile(inside(name), content, { mode: 0o644 });
    },
    run: (args, env) => runInside(root, args, env),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** The shared libraries, the loader among them, by the paths under which they are looked for. */
async function libraries(executable: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [executable]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, file]) => file ?? []);
}

/** The mount namespace is gone with the program: nothing is left to be unmounted. */
async function runInside(
  root: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ProgramResult> {
  const enter = [
    'mount --bind "$1" "$1"',
    'mount -o remount,bind,ro "$1"',
    'cd "$1"; root=$1 user=$2; shift 2',
    'exec chroot --userspec="$user:$user" "$root" /kube-backup "$@"',
  ].join(" && ");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const chroot = (await promisify(execFile)("sh", ["-c", "command -v chroot"])).stdout.trim();
  const child = spawn(
    "unshare",
    [
      ...["--mount", "--propagation", "private", "sh", "-c"],
      enter.replace("exec chroot", `exec env -i ${variables.map(quoted).join(" ")} ${chroot}`),
      ...["sh", root, String(USER), ...args],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status, signal] = await once(child, "close");
  return { status, signal, stdout, stderr };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
