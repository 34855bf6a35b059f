/** Control groups, which outlive their processes: what a node's containers leave behind is removed. */

import { readdir, rmdir } from "node:fs/promises";
import path from "node:path";

const ROOT = "/sys/fs/cgroup";
/** containerd's name for all containers of Kubernetes, from the root of each hierarchy. */
const PARENT = "k8s.io";

/** Removes the control groups of containers that have ended. */
export async function removeControlGroups(containers: readonly string[]): Promise<void> {
  // Version 1 has a hierarchy for each controller, version 2 is one.
  for (const hierarchy of ["", ...(await foldersOf(ROOT))]) {
    const parent = path.join(ROOT, hierarchy, PARENT);
    for (const container of containers) await removeFolder(path.join(parent, container));
    // It stays where another containerd of this machine has containers.
    await rmdir(parent).catch(() => {});
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (const name of await foldersOf(folder)) await removeFolder(path.join(folder, name));
  await rmdir(folder).catch(ignoreMissing);
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreMissing);
  return (entries ?? []).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
