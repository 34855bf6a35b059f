/** A file of a timeline, as far as a plan needs it. */
export interface RollUpFile {
  /** Number of segments. */
  count: number;
  /** Size in bytes. */
  size: number;
}

/** So many files of one level become one of the next. */
const FAN_OUT = 8;
/** A pack of so many segments is not packed again. */
const MOST_SEGMENTS = 4_096;
/** A pack of so many bytes is not packed again; a pack is at most twice as large, unless a segment is. */
const FULL_BYTES = 4 * 1024 * 1024;

/**
 * Which files of a timeline become one pack, of those that follow each other: eight of one level, as in a merge tree, so that
 * each segment is written only a few times again, and that few files are left. What nothing follows any more is packed whatever
 * its level.
 *
 * @param files in the order of time.
 * @param isEnded whether nobody writes to the timeline any more.
 * @returns the first of them and the one behind the last; undefined where there is nothing to do.
 */
export function planRollUp<File extends RollUpFile>(
  files: readonly File[],
  { isEnded }: { isEnded: boolean },
): { start: number; end: number } | undefined {
  let start = 0;
  for (let end = 0; end <= files.length; end += 1) {
    const file = files[end];
    if (file !== undefined && !isFull(file)) continue;
    const isClosed = file !== undefined || isEnded;
    const found = isClosed ? anyOf(files, start, end) : eightOf(files, start, end);
    if (found !== undefined) return found;
    start = end + 1;
  }
  return undefined;
}

/** Whether a file stays as it is. */
export function isFull({ count, size }: RollUpFile): boolean {
  return count >= MOST_SEGMENTS || size >= FULL_BYTES;
}

/** Eight files of one level that follow each other. */
function eightOf(
  files: readonly RollUpFile[],
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  let from = start;
  for (let index = start; index < end; index += 1) {
    if (levelOf(files[index]) !== levelOf(files[from])) from = index;
    if (index - from + 1 === FAN_OUT) return fitting(files, from, index + 1);
  }
  return undefined;
}

/** The first files that fit into one pack. */
function anyOf(
  files: readonly RollUpFile[],
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  for (let from = start; from < end - 1; from += 1) {
    const found = fitting(files, from, end);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As many of the files as may become one pack; undefined where that is only one. */
function fitting(
  files: readonly RollUpFile[],
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  let [count, size, index] = [0, 0, start];
  for (; index < end; index += 1) {
    const file = files[index] as RollUpFile;
    count += file.count;
    size += file.size;
    if (count > MOST_SEGMENTS || size > 2 * FULL_BYTES) break;
  }
  return index - start < 2 ? undefined : { start, end: index };
}

/** 0 of a segment that is alone, 1 of a pack of eight or more, 2 of 64 or more. */
function levelOf(file: RollUpFile | undefined): number {
  let level = 0;
  for (let count = file?.count ?? 0; count >= FAN_OUT; count = Math.floor(count / FAN_OUT)) level += 1;
  return level;
}
