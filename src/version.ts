import process from "node:process";
import packageJson from "../package.json" with { type: "json" };

// Defined by the build. Undefined when run from source.
declare const KUBE_BACKUP_VERSION: string;
declare const KUBE_BACKUP_COMMIT: string;

/** The program's version, `1.2.3`. */
export const VERSION = typeof KUBE_BACKUP_VERSION === "string" ? KUBE_BACKUP_VERSION : packageJson.version;

/** The commit of the build, or "source". */
export const COMMIT = typeof KUBE_BACKUP_COMMIT === "string" ? KUBE_BACKUP_COMMIT : "source";

/** The runtime and platform, `node 24.1.0 linux-x64`. */
export function runtime(): string {
  const { deno, node } = process.versions;
  const engine = deno === undefined ? `node ${node}` : `deno ${deno}`;
  return `${engine} ${process.platform}-${process.arch}`;
}
