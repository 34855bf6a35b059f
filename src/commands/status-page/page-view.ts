/** What the status page says, without I/O. */

import { describeStale } from "../../catalog/freshness.ts";
import type { Known } from "../../monitoring/known.ts";
import { describeDecision } from "../../restore-gate/describe.ts";
import type { StatusPage } from "../../settings/status-page.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";
import { type LogStatusJson, logStatusJson } from "../status/change-log.ts";
import type { PageFacts } from "./page-facts.ts";

/** A time span, RFC 3339. */
interface TimeRange {
  from: string;
  until: string;
}

/** The page as JSON; docs/monitoring.md documents it. Null is what is not known, or not to be told. */
export interface PageView {
  schemaVersion: 1;
  asOf: string;
  /** When the store was last read; null before the first time. */
  readAt: string | null;
  storeUp: boolean | null;
  /** Any moment between, where `any`; otherwise the newest backup alone. */
  restorable: (TimeRange & { any: boolean }) | null;
  /** Why nobody should rely on this, one sentence each without its full stop. */
  problems: string[];
  newest: { time: string; ageSeconds: number; sizeBytes: number; objects: number } | null;
  missingKinds: number | null;
  notKeptKinds: number | null;
  gate: { action: string; because: string } | null;
  /** The same in words. */
  decision: string | null;
  intervalSeconds: number;
  maxRestoreAgeSeconds: number;
  nextBackupDue: string | null;
  lastAttempt: { ended: string; success: boolean } | null;
  changeLog: LogStatusJson | null;
  /** The latest backups in the store. How long one took is known to the process that took it. */
  rounds: { time: string; sizeBytes: number; seconds: number | null }[];
  names: {
    clusterName: string | null;
    store: string;
    backup: string | null;
    kindsMissing: string[];
    kindsNotKept: string[];
  } | null;
}

/** What the view is made of. */
export interface PageKnowledge {
  /** Undefined where the store was never read. */
  facts: PageFacts | undefined;
  /** Whether the cluster or the store did not answer since. */
  readFailed: boolean;
  known: Pick<Known, "storeUp" | "attempt">;
  /** Seconds that the backups of this process took, by their time in milliseconds. */
  durations: ReadonlyMap<number, number>;
  /** In milliseconds. */
  interval: number;
  /** In milliseconds. */
  maxRestoreAge: number;
}

/** What the page says at a moment. */
export function viewPage(
  { durations, ...knowledge }: PageKnowledge,
  { asOf, tells }: { asOf: Date; tells: Exclude<StatusPage, "off"> },
): PageView {
  const { facts, known, interval, maxRestoreAge } = knowledge;
  const newest = facts?.status.newest;
  const { attempt } = known;
  return {
    schemaVersion: 1,
    asOf: rfc3339(asOf),
    readAt: facts === undefined ? null : rfc3339(facts.readAt),
    storeUp: known.storeUp ?? null,
    restorable: facts === undefined ? null : restorableOf(facts),
    problems: problemsOf(knowledge, asOf),
    newest:
      newest === undefined
        ? null
        : {
            time: rfc3339(newest.time),
            ageSeconds: secondsBetween(newest.time, asOf),
            sizeBytes: newest.size,
            objects: newest.objects,
          },
    missingKinds: newest?.missing.length ?? null,
    notKeptKinds: newest === undefined ? null : (newest.notKept?.length ?? 0),
    gate: gateOf(facts),
    decision: facts?.status.gate === undefined ? null : describeDecision(facts.status.gate),
    intervalSeconds: interval / 1000,
    maxRestoreAgeSeconds: maxRestoreAge / 1000,
    nextBackupDue: facts?.status.due === undefined ? null : rfc3339(facts.status.due),
    lastAttempt: attempt === undefined ? null : { ended: rfc3339(attempt.time), success: attempt.success },
    changeLog: facts === undefined ? null : changeLogOf(facts, { asOf, tells }),
    rounds: (facts?.rounds ?? []).map(({ time, size }) => ({
      time: rfc3339(time),
      sizeBytes: size,
      seconds: durations.get(time.getTime()) ?? null,
    })),
    names: tells === "names" && facts !== undefined ? namesOf(facts) : null,
  };
}

/** Any moment up to the newest certain one where that is as new as the newest backup, which counts alone otherwise. */
function restorableOf({ status, coverage }: PageFacts): PageView["restorable"] {
  const { newest, cluster } = status;
  const own = coverage.ranges.filter(
    (range) => cluster.id === undefined || cluster.id.startsWith(range.cluster),
  );
  const latest = own.at(-1);
  if (latest !== undefined && (newest === undefined || latest.until >= newest.time)) {
    return { any: true, from: rfc3339(latest.from), until: rfc3339(latest.until) };
  }
  if (newest === undefined) return null;
  return { any: false, from: rfc3339(newest.time), until: rfc3339(newest.time) };
}

function problemsOf(
  {
    facts,
    readFailed,
    known: { storeUp, attempt },
    interval,
    maxRestoreAge,
  }: Omit<PageKnowledge, "durations">,
  asOf: Date,
): string[] {
  const problems: string[] = [];
  if (storeUp === false || readFailed) {
    const who = storeUp === false ? "The store" : "The cluster or the store";
    const since = facts === undefined ? "" : `; what follows is of ${rfc3339(facts.readAt)}`;
    problems.push(`${who} did not answer when it was last asked${since}`);
  }
  if (attempt?.success === false) problems.push(`The last backup failed, at ${rfc3339(attempt.time)}`);
  if (facts === undefined) return problems;
  const { newest, gate, unreadable, changeLog } = facts.status;
  const age = newest && asOf.getTime() - newest.time.getTime();
  const stale = describeStale(
    newest === undefined || age === undefined ? undefined : { name: newest.name, age },
    { maxRestoreAge, interval },
  );
  if (stale !== undefined) problems.push(`Nobody should rely on the backups: ${stale}`);
  if (gate?.action === "error")
    problems.push(`A new cluster would get nothing back: ${describeDecision(gate)}`);
  if (unreadable.length > 0) problems.push(`${amount(unreadable.length, "newer backup")} cannot be read`);
  const missing = newest?.missing.length ?? 0;
  if (missing > 0) problems.push(`The newest backup lacks ${amount(missing, "kind")} that could not be read`);
  if (changeLog.state === "stopped") problems.push("The change log has stopped");
  return problems;
}

function gateOf(facts: PageFacts | undefined): PageView["gate"] {
  const gate = facts?.status.gate;
  return gate === undefined ? null : { action: gate.action, because: gate.because };
}

/** The name of a timeline has a part of the cluster's uid. */
function changeLogOf(
  { status }: PageFacts,
  { asOf, tells }: { asOf: Date; tells: Exclude<StatusPage, "off"> },
): LogStatusJson {
  const { changeLog } = status;
  return logStatusJson(tells === "names" ? changeLog : { ...changeLog, timeline: undefined }, asOf);
}

function namesOf({ status: { cluster, store, newest } }: PageFacts): PageView["names"] {
  return {
    clusterName: cluster.name ?? cluster.id ?? null,
    store,
    backup: newest?.name ?? null,
    kindsMissing: (newest?.missing ?? []).map(({ resource }) => resource),
    kindsNotKept: (newest?.notKept ?? []).map(({ resource }) => resource),
  };
}

function secondsBetween(from: Date, until: Date): number {
  return Math.floor((until.getTime() - from.getTime()) / 1000);
}
