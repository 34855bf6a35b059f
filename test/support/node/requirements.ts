/** Whether this machine can run a node, and why not. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";

/** Programs of a node that are not built by the tests, with the Debian packages that hold them. */
const PROGRAMS: Record<string, string> = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  buildah: "buildah",
  iptables: "iptables",
  conntrack: "conntrack",
  ip: "iproute2",
  "apt-get": "apt",
  "dpkg-deb": "dpkg",
};

/** Where Debian keeps the programs that connect pods to the network. */
export const CNI_FOLDER = "/usr/lib/cni";

/**
 * Why no node can run here, for `test`'s option `skip`; false where one can.
 *
 * @throws {Error} with the same reason in continuous integration (CI=true), where nothing may be skipped.
 */
export function whyNoNode(): string | false {
  const reason = findReason();
  if (reason !== false && process.env["CI"] === "true") throw new Error(`Cannot run a node: ${reason}`);
  return reason;
}

function findReason(): string | false {
  if (process.platform !== "linux") return "a node needs Linux";
  if (process.getuid?.() !== 0) return "a node needs root";
  const missing = Object.entries(PROGRAMS).flatMap(([program, name]) => (isOnPath(program) ? [] : [name]));
  if (!existsSync(path.join(CNI_FOLDER, "ptp"))) missing.push("containernetworking-plugins");
  if (missing.length > 0) return `a node needs Debian's packages ${[...new Set(missing)].join(", ")}`;
  // Root in a container may not be allowed to.
  const { status } = spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "true"]);
  return status === 0 ? false : "a node needs the right to make namespaces";
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
