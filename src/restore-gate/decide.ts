/**
 * The decision of the restore gate, without any I/O. docs/restore-gate.md has the decision as a table.
 */

import { isMeant, type Maker } from "../catalog/makers.ts";
import { parseTimeline } from "../change-log/format/segment-name.ts";
import type { PassedOverTimeline } from "./newest/newest-moments.ts";
import type { RecordedMoment } from "./newest/recorded-moment.ts";

/** How far the time of a backup may be ahead of the local clock, in milliseconds: clocks differ a little. */
export const CLOCK_ALLOWANCE = 5 * 60_000;

/**
 * The backup of a restore that has begun:
 *
 * - `there`: in the store, and, as far as anybody has looked, what it was.
 * - `gone`: not in the store any more.
 * - `damaged`: its bytes are not what they were.
 * - `replaced`: another archive has its name.
 * - `plain`: there, and not encrypted, and AGE_RECIPIENTS was set since.
 */
export type BegunState = "there" | "gone" | "damaged" | "replaced" | "plain";

/** A restore that was begun in this cluster and has not ended. */
export interface BegunRestore {
  /** Name of the backup. */
  backup: string;
  /** The moment of the change log that is restored, which starts from the backup; the backup itself without one. */
  moment?: RecordedMoment | undefined;
  /** Whether its record says all that the gate once decided by; what says less allows nothing. */
  complete: boolean;
  /** Whether it was begun from the store in which the gate looks for backups now. */
  sameStore: boolean;
  state: BegunState;
}

/** A moment of the change log, and the cluster that recorded it, by the uid of its kube-system. */
export type GateMoment = RecordedMoment & { cluster: string };

/** The facts that the decision depends on. */
export interface GateFacts {
  /** Whether the restore flag namespace exists. The gate waits for a namespace that is being deleted before it decides. */
  flag: boolean;
  begun: BegunRestore | undefined;
  /** The newest backup in the store, backups from the future included. Not needed while a begun restore can go on. */
  newest: { name: string; time: Date } | undefined;
  /** Whether the store holds archives of the older shell script. */
  olderFormat: boolean;
  /** EXPECT_BACKUP: whether "no backups" is an error. */
  expectBackup: boolean;
  /** The newest backup of which the store has the note, where it has no backup at all. */
  newestNote: string | undefined;
  /** Whether the store holds only what cannot be read. */
  onlyUnreadable: boolean;
  /** Who wrote within MAXRESTOREAGE, where the newest backup is fresh; that of the newest backup first. */
  makers: readonly Maker[];
  /** CLUSTER_NAME. */
  clusterName: string | undefined;
  /** RESTORE_CLUSTER: the cluster whose backup is to be restored, by name or uid. */
  restoreCluster: string | undefined;
  /** The newest certain moment of each cluster whose change log reaches into MAXRESTOREAGE; none unless RESTORE_TO is `newest`. */
  moments: readonly GateMoment[];
  /** Timelines that do not count: nobody in ALLOWED_SIGNERS has signed them, or they are in plain. */
  timelinesPassedOver: readonly PassedOverTimeline[];
  now: Date;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
}

/** The facts of a cluster without the flag and a store of which nobody has looked into anything. */
export const NO_FACTS = {
  flag: false,
  begun: undefined,
  newest: undefined,
  olderFormat: false,
  expectBackup: false,
  newestNote: undefined,
  onlyUnreadable: false,
  makers: [],
  clusterName: undefined,
  restoreCluster: undefined,
  moments: [],
  timelinesPassedOver: [],
} as const satisfies Partial<GateFacts>;

/** What the gate does, and why. */
export type GateDecision =
  | { action: "none"; because: "flag" }
  | { action: "write flag"; because: "no backups" }
  /** The newest backup, or the moment that is newer. */
  | { action: "restore"; because: "fresh"; moment?: RecordedMoment }
  | { action: "resume"; because: "begun"; backup: string; moment?: RecordedMoment }
  /** The begun restore cannot go on, or its record cannot be believed: decided as if there were none. */
  | { action: "restore"; because: "begun anew"; backup: string; moment?: RecordedMoment }
  | { action: "error"; because: Refused };

/** Why the gate refuses. */
export type Refused =
  | "stale"
  | "future"
  | "older format"
  | "another store"
  | "begun in plain"
  | "begun, no backups"
  | "backup expected"
  | "only unreadable"
  | "only notes"
  | "several clusters"
  | "cluster not found"
  | "another name"
  | "log passed over";

/** Whether the begun restore settles the decision, so that the newest backup need not be known. */
export function isSettledBy(begun: BegunRestore | undefined): boolean {
  return begun?.complete === true && (!begun.sameStore || begun.state === "there" || begun.state === "plain");
}

/**
 * The clusters of which a backup may be restored: those of RESTORE_CLUSTER, or all that wrote within MAXRESTOREAGE. Where
 * that is one lineage, the gate has no choice to make.
 */
export function eligibleMakers({
  makers,
  restoreCluster,
}: Pick<GateFacts, "makers" | "restoreCluster">): Maker[] {
  return makers.filter((maker) => restoreCluster === undefined || isMeant(maker, restoreCluster));
}

/** Why it is not clear that the newest backup is of the cluster that is meant. */
function refuseCluster({ clusterName, ...facts }: GateFacts): Refused | undefined {
  const eligible = eligibleMakers(facts);
  if (eligible.length > 1) return "several clusters";
  if (facts.restoreCluster !== undefined) return eligible.length === 0 ? "cluster not found" : undefined;
  const name = eligible[0]?.cluster.name;
  if (clusterName === undefined || name === undefined) return undefined;
  return name === clusterName ? undefined : "another name";
}

/** The newest moment of the clusters that are meant, where it is newer than their newest backup. */
export function newestMoment(
  facts: Pick<GateFacts, "makers" | "restoreCluster" | "moments">,
): GateMoment | undefined {
  const [maker, ...others] = eligibleMakers(facts);
  if (maker === undefined || others.length > 0) return undefined;
  return facts.moments
    .filter(({ cluster, time }) => maker.ids.has(cluster) && time > maker.newest.time)
    .reduce<GateMoment | undefined>(
      (newest, each) => (newest === undefined || each.time > newest.time ? each : newest),
      undefined,
    );
}

/** Whether the clusters that are meant have recorded, and nothing of that counts. */
function isLogPassedOver(facts: GateFacts): boolean {
  const ids = eligibleMakers(facts).flatMap((maker) => [...maker.ids]);
  if (facts.moments.some(({ cluster }) => ids.includes(cluster))) return false;
  return facts.timelinesPassedOver.some(({ timeline }) => {
    const cluster = parseTimeline(timeline)?.cluster;
    return cluster !== undefined && ids.some((id) => id.startsWith(cluster));
  });
}

/** Decides what becomes of a cluster for which the store has no backup. */
function decideWithoutBackup({ begun, olderFormat, ...facts }: GateFacts): GateDecision {
  if (olderFormat) return { action: "error", because: "older format" };
  // The flag would say that this cluster is done, and it is half of a backup that nobody has any more.
  if (begun !== undefined) return { action: "error", because: "begun, no backups" };
  if (facts.onlyUnreadable) return { action: "error", because: "only unreadable" };
  // Retention never removes the last backup: somebody else has.
  if (facts.newestNote !== undefined) return { action: "error", because: "only notes" };
  if (facts.expectBackup) return { action: "error", because: "backup expected" };
  return { action: "write flag", because: "no backups" };
}

/** Decides whether the gate restores into this cluster. */
export function decide(facts: GateFacts): GateDecision {
  const { flag, begun, newest, now, maxRestoreAge } = facts;
  if (flag) return { action: "none", because: "flag" };
  if (begun !== undefined && isSettledBy(begun)) {
    if (!begun.sameStore) return { action: "error", because: "another store" };
    // Nobody can want two backups mixed: whoever has set AGE_RECIPIENTS amid a restore says which of them counts.
    if (begun.state === "plain") return { action: "error", because: "begun in plain" };
    return { action: "resume", because: "begun", backup: begun.backup, ...withMoment(begun.moment) };
  }
  if (newest === undefined) return decideWithoutBackup(facts);
  const moment = newestMoment(facts);
  const last = Math.max(newest.time.getTime(), moment?.time.getTime() ?? Number.NEGATIVE_INFINITY);
  const age = now.getTime() - last;
  if (age < -CLOCK_ALLOWANCE) return { action: "error", because: "future" };
  // "Older than MAXRESTOREAGE minutes" is stale: exactly that old is not.
  if (age > maxRestoreAge) return { action: "error", because: "stale" };
  const refused = refuseCluster(facts);
  if (refused !== undefined) return { action: "error", because: refused };
  if (isLogPassedOver(facts)) return { action: "error", because: "log passed over" };
  const restored = withMoment(moment && withoutCluster(moment));
  if (begun !== undefined)
    return { action: "restore", because: "begun anew", backup: begun.backup, ...restored };
  return { action: "restore", because: "fresh", ...restored };
}

function withMoment(moment: RecordedMoment | undefined): { moment?: RecordedMoment } {
  return moment === undefined ? {} : { moment };
}

function withoutCluster({ cluster: _, ...moment }: GateMoment): RecordedMoment {
  return moment;
}
