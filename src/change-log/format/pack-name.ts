import { stampOf, timeOf } from "./segment-name.ts";

/**
 * A pack: the segments of a timeline that follow each other, in one file. Its name begins as that of its last segment does,
 * so that it sorts where that one was.
 */
export interface PackName {
  /** Every change up to this time is in the pack or before it. */
  until: Date;
  /** The number of the last segment. */
  number: number;
  /** The resource version that the last segment reaches. */
  revision: string;
  /** Number of segments. */
  count: number;
  /** Length of the directory, in bytes: the file begins with it. */
  directory: number;
  /** Length of the directory and the indexes behind it, in bytes: the segments follow. */
  head: number;
}

const PACK =
  /^(\d{8}T\d{9}Z)-(\d{8})-([1-9]\d{0,38})-pack-([1-9]\d{0,7})-([1-9]\d{0,8})-([1-9]\d{0,8})\.pack$/;

/** The file of a pack. */
export function formatPackName({ until, number, revision, count, directory, head }: PackName): string {
  const place = `${stampOf(until)}-${String(number).padStart(8, "0")}-${revision}`;
  return `${place}-pack-${count}-${directory}-${head}.pack`;
}

/** The parts of a pack's file name; undefined where the file is none. */
export function parsePackName(file: string): PackName | undefined {
  const [, stamp = "", number = "", revision = "", ...counts] = PACK.exec(file) ?? [];
  const until = timeOf(stamp);
  const [count = 0, directory = 0, head = 0] = counts.map(Number);
  if (until === undefined || directory > head || count > Number(number) + 1) return undefined;
  return { until, number: Number(number), revision, count, directory, head };
}
