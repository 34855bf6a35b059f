/** A moment of the change log as the record of a restore names it, without I/O. */

/** A moment between two backups: the state at one resource version of a timeline. */
export interface RecordedMoment {
  timeline: string;
  revision: string;
  /** Up to when it is the state of the cluster. */
  time: Date;
  /** Name of the backup that it starts from. */
  backup: string;
}

/** The moment as members of the record. */
export function momentMembers({ timeline, revision, time }: RecordedMoment): Record<string, string> {
  return { timeline, revision, moment: time.toISOString() };
}

/**
 * The moment that a record names.
 *
 * @returns undefined where it names none, and null where what it names is no moment.
 */
export function recordedMoment(
  data: Partial<Record<"timeline" | "revision" | "moment", string>>,
  backup: string,
): RecordedMoment | undefined | null {
  const { timeline, revision, moment } = data;
  if (timeline === undefined && revision === undefined && moment === undefined) return undefined;
  const time = new Date(moment ?? Number.NaN);
  if (!timeline || !/^[1-9]\d{0,38}$/.test(revision ?? "") || Number.isNaN(time.getTime())) return null;
  return { timeline, revision: revision as string, time, backup };
}
