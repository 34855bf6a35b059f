import process from "node:process";
import packageJson from "../package.json" with { type: "json" };

// The build puts these in; run from source, they do not exist.
declare const KUBE_BACKUP_VERSION: string;
declare const KUBE_BACKUP_COMMIT: string;

/** The program's version, `1.2.3`. */
export const VERSION = typeof KUBE_BACKUP_VERSION === "string" ? KUBE_BACKUP_VERSION : packageJson.version;

/** The commit that it was built from, or "source". */
export const COMMIT = typeof KUBE_BACKUP_COMMIT === "string" ? KUBE_BACKUP_COMMIT : "source";

/** What it runs on, `node 24.1.0 linux-x64`. */
export function runtime(): string {
  const { deno, node } = process.versions;
  const engine = deno === undefined ? `node ${node}` : `deno ${deno}`;
  return `${engine} ${process.platform}-${process.arch}`;
}
