/** Who holds a Lease: the pod, or the process of a machine. */

import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";

/** What tells one process from all others. */
export interface ProcessFacts {
  /** The name of the pod, or of the machine. */
  host: string;
  pid: number;
  inPod: boolean;
  /**
   * What a process id is only valid in: one boot of the machine, and one namespace of processes. Undefined where the
   * system does not say.
   */
  scope: string | undefined;
}

/** Reads the facts of this process. */
export async function readProcessFacts(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProcessFacts> {
  const { pid } = process;
  if (environment["KUBERNETES_SERVICE_HOST"]) {
    // On the node's network, the name of the host is the node's.
    return { host: environment["POD_NAME"] || hostname(), pid, inPod: true, scope: undefined };
  }
  const facts = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  const scope = facts.join(" ").trim();
  return { host: hostname(), pid, inPod: false, scope: scope === "" ? undefined : scope };
}

/**
 * The identity in a Lease: `kube-backup-5d6f_1` in a pod, where the container that starts again has the same, and
 * `laptop_4242_0123456789ab` elsewhere.
 */
export function identityOf({ host, pid, inPod, scope = "" }: ProcessFacts): string {
  const name = host.replaceAll(/[^A-Za-z0-9.-]/g, "-");
  if (inPod) return `${name}_${pid}`;
  return `${name}_${pid}_${createHash("sha256").update(scope).digest("hex").slice(0, 12)}`;
}

const IDENTITY = /^([A-Za-z0-9.-]+)_(\d+)(?:_([0-9a-f]{12}))?$/;

/**
 * Whether a holder is a process of this very machine, or of this very pod, that has ended. Of any other nothing is known.
 *
 * @param isAlive whether a process of this id runs.
 */
export function holderIsGone(
  holder: string,
  own: ProcessFacts,
  isAlive: (pid: number) => boolean = processIsAlive,
): boolean {
  const [, name, pid, scope] = IDENTITY.exec(holder) ?? [];
  const [, ownName, , ownScope] = IDENTITY.exec(identityOf(own)) ?? [];
  if (name === undefined || name !== ownName || scope !== ownScope) return false;
  // Without a scope, the process may be of another boot, and the id be another's by now: then it counts as alive.
  return !isAlive(Number(pid));
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** A holder in a sentence: `pod kube-backup-5d6f`, `process 4242 on laptop`. */
export function describeHolder(holder: string): string {
  const [, name, pid, scope] = IDENTITY.exec(holder) ?? [];
  if (name === undefined) return JSON.stringify(holder.slice(0, 100));
  if (scope !== undefined) return `process ${pid} on ${name}`;
  return pid === "1" ? `pod ${name}` : `process ${pid} in pod ${name}`;
}
