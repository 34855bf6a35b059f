import PQueue from "p-queue";
import { readNote } from "../notes/read-note.ts";
import type { ListedSideObject, SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { type CalendarLength, momentBefore } from "../time/calendar-length.ts";
import { planLeftTags } from "./left-tags.ts";
import { notesToRemove, type OldNote, outlived } from "./old-records.ts";
import { byOwnClock } from "./own-clock.ts";

/** Maximum number of notes that are read in parallel. */
const CONCURRENCY = 8;

/** What tells of backups that are gone. */
const FOLDERS = ["notes", "reports"] as const;

/** Whose notes a process has read, by the names of their backups; undefined of what cannot be read. A note never changes. */
export type KnownNotes = Map<string, string | undefined>;

/** Options of {@link planRecords}. */
export interface PlanRecordsOptions {
  /** With all of its backups: a note stays with a backup that nobody vouches for, too. */
  store: Pick<Store, "list" | "beside" | "clockSkew">;
  /** How old notes and reports become; they all stay without it. */
  keep: CalendarLength | undefined;
  known: KnownNotes;
  now: Date;
  /** Names of backups that were there when the round began: what is said of them stays for one more. */
  there?: Iterable<string> | undefined;
  /** The most that one round looks at; all by default. */
  most?: number | undefined;
}

/**
 * Plans which notes, reports and tags to remove. Removes nothing. Lists what is old enough, in most rounds nothing; the backups
 * of that time only where something is; and reads the notes whose backups are gone, each once in a process.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function planRecords(options: PlanRecordsOptions, signal: AbortSignal): Promise<SidePlace[]> {
  const { keep, most } = options;
  const left = (await planLeftTags(options, signal)).slice(0, most);
  if (keep === undefined) return left;
  return [...left, ...(await planOld({ ...options, before: momentBefore(options.now, keep) }, signal))];
}

async function planOld(
  {
    store,
    before,
    known,
    there = [],
    most = Number.POSITIVE_INFINITY,
  }: Omit<PlanRecordsOptions, "now" | "keep"> & { before: Date },
  signal: AbortSignal,
): Promise<SidePlace[]> {
  const listed: ListedSideObject[] = [];
  for (const folder of FOLDERS)
    for await (const each of store.beside.listBefore(folder, before, signal)) listed.push(each);
  if (listed.length === 0) return [];
  const stored = new Set(there);
  for await (const { name, time } of store.list({}, signal)) {
    if (time >= before) break;
    stored.add(name);
  }
  // Of the folder of notes, what is none is not the program's. What cannot be read takes no place of what can.
  const isNote = ({ backup, suffix }: SidePlace) =>
    suffix === "note" && !(known.has(backup) && known.get(backup) === undefined);
  const old = outlived(byOwnClock(listed, store.clockSkew()), { stored, before })
    .filter((place) => place.folder !== "notes" || isNote(place))
    .slice(0, most);
  const notes = old.filter(({ folder }) => folder === "notes");
  const removable = notesToRemove(await clustersOf(notes, { store, known }, signal));
  return [...removable, ...old.filter(({ folder }) => folder !== "notes")];
}

async function clustersOf(
  notes: readonly SidePlace[],
  { store, known }: Pick<PlanRecordsOptions, "store" | "known">,
  signal: AbortSignal,
): Promise<OldNote[]> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  try {
    return await Promise.all(
      notes.map(async (place): Promise<OldNote> => {
        const { backup } = place;
        if (!known.has(backup)) {
          const reading = await queue.add(() => readNote(store, backup, signal), { signal });
          known.set(backup, reading.state === "read" ? reading.note.cluster.id : undefined);
        }
        return { place, cluster: known.get(backup) };
      }),
    );
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
