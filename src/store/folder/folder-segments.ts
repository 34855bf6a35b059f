import { Buffer } from "node:buffer";
import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type ByteRange,
  cutSegment,
  isSegmentWord,
  type ListedSegment,
  LOG_FOLDER,
  MAX_SEGMENT_BYTES,
  type SegmentListOptions,
  type SegmentPlace,
  type Segments,
  segmentKey,
  tooLargeSegment,
} from "../contract/segments.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { OpenFile } from "./file-reading.ts";
import { writeOnce } from "./file-writing.ts";
import type { FolderSideOptions } from "./folder-side-objects.ts";

/** The change log in a folder, each segment a file. */
export class FolderSegments implements Segments {
  readonly #options: FolderSideOptions;

  constructor(options: FolderSideOptions) {
    this.#options = options;
  }

  async *timelines(signal: AbortSignal): AsyncGenerator<string> {
    yield* (await this.#names("", signal)).filter(isSegmentWord);
  }

  async *list(
    timeline: string,
    { after }: SegmentListOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ListedSegment> {
    for (const file of await this.#names(timeline, signal)) {
      if (!isSegmentWord(file) || (after !== undefined && file <= after)) continue;
      const facts = await stat(join(this.#options.folder, LOG_FOLDER, timeline, file)).catch(
        (error: unknown) => {
          if (codeOf(error) === "ENOENT") return undefined;
          throw fileError(`Cannot list the change log in ${this.#options.url}`, error);
        },
      );
      if (facts?.isFile() === true) yield { place: { timeline, file }, size: facts.size };
    }
  }

  async read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    return await this.#read(place, undefined, signal);
  }

  async readRange(place: SegmentPlace, range: ByteRange, signal: AbortSignal): Promise<Buffer | undefined> {
    return await this.#read(place, range, signal);
  }

  async open(_place: SegmentPlace, stored: Buffer): Promise<Buffer> {
    return stored;
  }

  async #read(
    place: SegmentPlace,
    range: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const key = segmentKey(place);
    const task = `Cannot read ${key} in ${this.#options.url}`;
    signal.throwIfAborted();
    try {
      const file = await OpenFile.open({ path: join(this.#options.folder, key), name: place.file, task });
      try {
        const { start, end } = range ?? { start: 0, end: file.size };
        if (end - start > MAX_SEGMENT_BYTES) throw tooLargeSegment(task);
        if (end > file.size) throw cutSegment(task);
        return Buffer.from(await file.read(start, end, signal));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw fileError(task, error);
    }
  }

  async create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { folder, url, link, beforeWrite } = this.#options;
    const key = segmentKey(place);
    const into = join(folder, LOG_FOLDER, place.timeline);
    try {
      await mkdir(into, { recursive: true, mode: 0o700 });
      const target = { folder: into, file: place.file, name: place.file, storeUrl: url };
      await writeOnce({ ...target, link, beforeWrite, replace: false }, once(bytes), signal);
    } catch (error) {
      throw fileError(`Cannot store ${key} in ${url}`, error);
    }
  }

  async remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    const key = segmentKey(place);
    signal.throwIfAborted();
    try {
      await this.#options.beforeWrite?.();
      await unlink(join(this.#options.folder, key));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(`Cannot remove ${key} in ${this.#options.url}`, error);
    }
  }

  async #names(below: string, signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    return await readdir(join(this.#options.folder, LOG_FOLDER, below)).then(
      (names) => names.sort(),
      (error: unknown) => {
        if (codeOf(error) === "ENOENT") return [];
        throw fileError(`Cannot list the change log in ${this.#options.url}`, error);
      },
    );
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
