import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

/** A folder for what fills the clusters, up to gigabytes: it is gone with this process, or when it is disposed of. */
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
