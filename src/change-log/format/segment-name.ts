/**
 * Names in a change log. They say what a reader plans with, so that a listing is enough: when a timeline began, and up to
 * which time and resource version each segment reaches. The names of one timeline sort in the order of time.
 *
 * docs/change-log.md specifies the format.
 */

/** A timeline: what one process has recorded without a break. Nobody else writes to it. */
export interface TimelineName {
  /** When it began. */
  began: Date;
  /** The first eight digits of the uid of the namespace kube-system. */
  cluster: string;
  /** Tells apart processes that began in one moment, and clusters with one uid. */
  writer: string;
}

/** A segment of a timeline. */
export interface SegmentName {
  /** Every change up to this time is in this segment or in one before. */
  until: Date;
  /** 0, 1, 2, … within the timeline. */
  number: number;
  /** The resource version that the segment reaches. */
  revision: string;
  /** Whether a backup is of exactly this resource version. */
  isBase: boolean;
  isEncrypted: boolean;
}

const STAMP = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/;
const TIMELINE = /^(\d{8}T\d{9}Z)-([0-9a-f]{8})-([0-9a-f]{8})$/;
const SEGMENT = /^(\d{8}T\d{9}Z)-(\d{8})-([1-9]\d{0,38})(-base)?\.jsonl\.gz(\.age)?$/;

/** A time as names have it: `20261130T140316123Z`. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-:.]/g, "");
}

/** The text of a timeline's name. */
export function formatTimeline({ began, cluster, writer }: TimelineName): string {
  return `${stampOf(began)}-${cluster.slice(0, 8)}-${writer}`;
}

/** The parts of a timeline's name; undefined where the text is none. */
export function parseTimeline(text: string): TimelineName | undefined {
  const [, stamp = "", cluster = "", writer = ""] = TIMELINE.exec(text) ?? [];
  const began = timeOf(stamp);
  return began === undefined ? undefined : { began, cluster, writer };
}

/** The file of a segment. */
export function formatSegmentName({ until, number, revision, isBase, isEncrypted }: SegmentName): string {
  const ending = `${isBase ? "-base" : ""}.jsonl.gz${isEncrypted ? ".age" : ""}`;
  return `${stampOf(until)}-${String(number).padStart(8, "0")}-${revision}${ending}`;
}

/** The parts of a segment's file name; undefined where the file is none. */
export function parseSegmentName(file: string): SegmentName | undefined {
  const [, stamp = "", number = "", revision = "", base, age] = SEGMENT.exec(file) ?? [];
  const until = timeOf(stamp);
  if (until === undefined) return undefined;
  return {
    ...{ until, number: Number(number), revision },
    ...{ isBase: base !== undefined, isEncrypted: age !== undefined },
  };
}

/** The time of a stamp; undefined where the text is none. */
export function timeOf(stamp: string): Date | undefined {
  const parts = STAMP.exec(stamp)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0] = parts;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second, fraction));
  // Date rolls 30 February over into March. Names are read by the ten thousand, so that none is written to be compared.
  const isValid =
    time.getUTCFullYear() === year &&
    time.getUTCMonth() === month - 1 &&
    time.getUTCDate() === day &&
    time.getUTCHours() === hour &&
    time.getUTCMinutes() === minute &&
    time.getUTCSeconds() === second;
  return isValid ? time : undefined;
}
