import type { GateDecision } from "../restore-gate/decide.ts";
import { describeDecision } from "../restore-gate/describe.ts";
import { amount } from "../words/amount.ts";

/** What `run` would do. */
export interface RunWork {
  decision: GateDecision;
  /** Context and address. */
  cluster: string;
  store: string;
  frequencyMinutes: number;
  /** Whether retention rules remove backups. */
  prunes: boolean;
}

/** The facts that a person at a terminal sees, and the question. */
export interface RunQuestion {
  lines: [title: string, fact: string][];
  /** Undefined where there is nothing to ask: nothing is written into the cluster, and no backup is removed. */
  question: string | undefined;
}

/** What `run` asks before its first write, decided by what the gate and the loop would do. */
export function runQuestion({ decision, cluster, store, frequencyMinutes, prunes }: RunWork): RunQuestion {
  const every = frequencyMinutes === 1 ? "every minute" : `every ${amount(frequencyMinutes, "minute")}`;
  const lines: [string, string][] = [
    ["Cluster", cluster],
    ["Store", store],
    ["Gate", describeDecision(decision)],
    ["Then", `a backup ${every}${prunes ? "; backups that no rule keeps (KEEP_…) are removed" : ""}`],
  ];
  return { lines, question: questionOf(decision, { cluster, store, prunes }) };
}

function questionOf(
  decision: GateDecision,
  { cluster, store, prunes }: Pick<RunWork, "cluster" | "store" | "prunes">,
): string | undefined {
  switch (decision.action) {
    case "restore":
    case "resume":
      return `Restore into ${cluster}?`;
    case "write flag":
      return `Write the restore flag into ${cluster}, and take backups?`;
    case "none":
      return prunes ? `Take backups of ${cluster}, and remove backups from ${store}?` : undefined;
    case "error":
      // The gate says what is wrong, and nothing is done.
      return undefined;
  }
}
