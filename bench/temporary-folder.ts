import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

/**
 * Creates a folder for the files that fill the clusters, up to gigabytes. The folder is removed when the process
 * exits or the folder is disposed.
 */
export function temporaryFolder(): { path: string } & Disposable {
  const folder = mkdtempSync(path.join(tmpdir(), "kube-backup-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    path: folder,
    [Symbol.dispose]: () => {
      process.off("exit", remove);
      remove();
    },
  };
}
