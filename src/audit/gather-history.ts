import { parseCheck } from "../catalog/check-record.ts";
import { findLineages } from "../catalog/lineages.ts";
import { inOrder } from "../concurrency/in-order.ts";
import { readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { principalOf } from "../trust/judge-backup.ts";
import { judgeText } from "../trust/judge-text.ts";
import type { Deed, TakenBackup } from "./days.ts";
import { parseReport } from "./parse-report.ts";

/** How many small objects are read at once. */
const CONCURRENCY = 32;

/** What a store tells of its past. */
export interface History {
  backups: readonly TakenBackup[];
  deeds: readonly Deed[];
  /** How many notes and reports do not count: nobody in ALLOWED_SIGNERS has signed them, or they cannot be read. */
  passedOver: number;
}

/** Options of {@link gatherHistory}. */
export interface HistoryOptions {
  store: Store;
  from: Date;
  until: Date;
  /** Whom notes and reports are believed; everybody without them. */
  signers: readonly AllowedSigner[] | undefined;
}

/**
 * Reads the notes of backups, and what was left of checks, rehearsals and restores, in a range of time: one small request for
 * each. The archives may be gone.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function gatherHistory(options: HistoryOptions, signal: AbortSignal): Promise<History> {
  const { store, from, until } = options;
  let passedOver = 0;
  const noted: (Omit<TakenBackup, "lineage"> & { cluster: string; parent: Parent })[] = [];
  for await (const each of inOrder(namesOf(store, options, signal), CONCURRENCY, (name) =>
    readTaken(options, name, signal),
  )) {
    if (each === undefined) passedOver += 1;
    else noted.push(each);
  }
  const lineages = findLineages(
    noted.map(({ cluster, time, parent }) => ({ cluster, time, ...(parent && { parent }) })),
  );
  const backups = noted.map(({ name, time, interval, cluster }) => ({
    name,
    time,
    interval,
    lineage: lineages.of(cluster),
  }));
  const deeds: Deed[] = [];
  const places = await Array.fromAsync(
    store.beside.listBefore("reports", new Date(until.getTime() + 1000), signal),
  );
  for await (const deed of inOrder(places, CONCURRENCY, ({ place }) => readDeed(options, place, signal))) {
    if (deed === "passed over") passedOver += 1;
    else if (deed !== undefined && deed.time >= from && deed.time <= until) deeds.push(deed);
  }
  return { backups, deeds, passedOver };
}

type Parent = { cluster: string; backup: string; restored: string } | undefined;

/** The backups of the range that have a note, oldest first. */
async function* namesOf(
  store: Store,
  { from, until }: Pick<HistoryOptions, "from" | "until">,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const name of store.beside.list("notes", signal)) {
    const time = backupTime(name);
    if (time !== undefined && time >= from && time <= until) yield name;
  }
}

async function readTaken(
  { store, signers }: HistoryOptions,
  name: string,
  signal: AbortSignal,
): Promise<(Omit<TakenBackup, "lineage"> & { cluster: string; parent: Parent }) | undefined> {
  const reading = await readNote(store, name, signal);
  if (reading.state !== "read") return undefined;
  const { note, text, signature } = reading;
  const time = new Date(note.time);
  const principal = principalOf(note);
  if (signers !== undefined && !judgeText({ text, signature, principal, time }, signers).believed)
    return undefined;
  const { intervalSeconds: seconds, parent } = note;
  const interval = seconds === undefined ? undefined : seconds * 1000;
  return { name, time, interval, cluster: note.cluster.id, parent };
}

/** What a report is of; undefined for one of no interest here. */
async function readDeed(
  { store, signers }: HistoryOptions,
  place: SidePlace,
  signal: AbortSignal,
): Promise<Deed | "passed over" | undefined> {
  const { backup, suffix } = place;
  if (suffix === "checked") {
    const bytes = await store.beside.read(place, signal);
    const time = bytes && parseCheck(bytes)?.time;
    return time && { kind: "verified", backup, time, isGood: true };
  }
  const [kind] = suffix.split("-");
  if (kind !== "restore" && kind !== "rehearsal") return undefined;
  const bytes = await store.beside.read(place, signal);
  const report = bytes && parseReport(bytes);
  if (report === undefined) return "passed over";
  const { text, signature, time, isGood, principal } = report;
  if (signers !== undefined && !judgeText({ text, signature, principal, time }, signers).believed)
    return "passed over";
  return { kind: kind === "restore" ? "restored" : "rehearsed", backup, time, isGood };
}
