/** Whether a backup may go into a cluster, as a decision without I/O. */

import { fullClusterTitle } from "../words/cluster-title.ts";
import type { RunningWorkloads } from "./running-workloads.ts";

/**
 * What a cluster was when a restore began. The record of the gate keeps the word, since what a restore has created looks
 * like workloads that ran before.
 */
export type Verdict =
  | "own cluster"
  | "nothing ran here"
  /** Workloads of another cluster ran here, and that was allowed. */
  | "workloads ran here"
  /** Nobody forbade anything, and nobody has looked. */
  | "not known";

export const VERDICTS: readonly Verdict[] = [
  "own cluster",
  "nothing ran here",
  "workloads ran here",
  "not known",
];

/** The facts that the verdict depends on. */
export interface VerdictFacts {
  /** The name of the backup, and the cluster that made it. */
  backup: string;
  madeBy: string;
  /** CLUSTER_NAME of that cluster, where it has one. */
  madeByName?: string | undefined;
  /** The cluster that is restored into; undefined where this user may not know. */
  here: string | undefined;
  /** What was found when this restore began, in a run before this one; undefined where this is the first. */
  recorded: Verdict | undefined;
  /** What runs here; undefined where nobody has looked. */
  running: RunningWorkloads | undefined;
  /** RESTORE_INTO_EMPTY_ONLY. */
  intoEmptyOnly: boolean;
}

/** The verdict with what people are told, or why the restore is refused. */
export type Judgment =
  | { kind: "restore"; verdict: Verdict; warning?: string }
  | { kind: "refuse"; reason: string };

/**
 * Whether one has to look for workloads. What a run before this one found about that holds, since by now its own work
 * runs here: but for a finding that says less than what is asked now.
 */
export function hasToLook({ madeBy, here, recorded, intoEmptyOnly }: Omit<VerdictFacts, "running">): boolean {
  if (here === madeBy || recorded === "nothing ran here" || recorded === "workloads ran here") return false;
  return here !== undefined || intoEmptyOnly;
}

/** Judges whether a backup may go into a cluster. */
export function judge(facts: VerdictFacts): Judgment {
  const { backup, madeBy, madeByName, here, recorded, running, intoEmptyOnly } = facts;
  if (here === madeBy) return { kind: "restore", verdict: "own cluster" };
  const origin =
    here === undefined
      ? `whether ${backup} was made by this cluster is not known, without the right to read the namespace kube-system`
      : `${backup} was made by another cluster, ${fullClusterTitle({ id: madeBy, name: madeByName })}`;
  if (recorded === "nothing ran here") return { kind: "restore", verdict: recorded };
  if (recorded === "workloads ran here" || running?.kind === "running") {
    const verdict = "workloads ran here";
    const what =
      running?.kind === "running"
        ? `${here === undefined ? "it" : "this one"} already runs ${running.workload}`
        : `${here === undefined ? "it" : "this one"} ran workloads when the restore began`;
    const fact = `${origin}, and ${what}`;
    return intoEmptyOnly
      ? { kind: "refuse", reason: `${fact}, which RESTORE_INTO_EMPTY_ONLY forbids` }
      : { kind: "restore", verdict, warning: fact };
  }
  if (running === undefined) return { kind: "restore", verdict: "not known" };
  if (running.kind === "none") return { kind: "restore", verdict: "nothing ran here" };
  return intoEmptyOnly
    ? {
        kind: "refuse",
        reason: `${origin}, and what it runs is not known, without the right to list ${running.unseen.join(", ")}; RESTORE_INTO_EMPTY_ONLY forbids that`,
      }
    : { kind: "restore", verdict: "not known" };
}
