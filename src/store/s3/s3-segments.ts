import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
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
import { request, type S3Access, type SendOptions } from "./s3-access.ts";
import { commitOnce } from "./s3-commit.ts";
import { isMissing } from "./s3-error-facts.ts";
import { type ListPage, listPage } from "./s3-listing.ts";
import { lockParameters, objectParameters } from "./s3-object-headers.ts";
import { rejectLocked } from "./s3-object-lock.ts";
import { readRange } from "./s3-range.ts";
import { describeObject, S3Object, UPLOAD_MARK } from "./s3-reading.ts";

/** So many bytes come with the first request, which most segments have less of. */
const FIRST_BYTES = 256 * 1024;

/** The change log in a bucket, each segment written by one request. */
export class S3Segments implements Segments {
  readonly #access: S3Access;

  constructor(access: S3Access) {
    this.#access = access;
  }

  async *timelines(signal: AbortSignal): AsyncGenerator<string> {
    const prefix = `${this.#access.keyPrefix}${LOG_FOLDER}/`;
    let page: ListPage | undefined = await listPage(this.#access, { prefix, delimiter: "/" }, signal);
    while (page !== undefined) {
      for (const group of page.groups) {
        const timeline = group.slice(prefix.length).replace(/\/$/, "");
        if (isSegmentWord(timeline)) yield timeline;
      }
      page = await page.more?.();
    }
  }

  async *list(
    timeline: string,
    { after }: SegmentListOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ListedSegment> {
    const prefix = `${this.#access.keyPrefix}${LOG_FOLDER}/${timeline}/`;
    const startAfter = after === undefined ? undefined : prefix + after;
    let page: ListPage | undefined = await listPage(this.#access, { prefix, startAfter }, signal);
    while (page !== undefined) {
      for (const { key, size } of page.objects) {
        const file = key.slice(prefix.length);
        if (isSegmentWord(file)) yield { place: { timeline, file }, size };
      }
      page = await page.more?.();
    }
  }

  async read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const { key, task } = this.#place(place, "read");
    const access = this.#access;
    const facts = await describeObject(access, key, task, signal, { first: FIRST_BYTES });
    if (facts === undefined) return undefined;
    if (facts.size > MAX_SEGMENT_BYTES) throw tooLargeSegment(task);
    if (facts.first?.length === facts.size) return Buffer.from(facts.first);
    const object = new S3Object({ access, key, name: place.file, task, facts });
    return Buffer.from(await object.read(0, facts.size, signal));
  }

  async readRange(place: SegmentPlace, range: ByteRange, signal: AbortSignal): Promise<Buffer | undefined> {
    const { key, task } = this.#place(place, "read");
    if (range.end - range.start > MAX_SEGMENT_BYTES) throw tooLargeSegment(task);
    const bytes = await readRange(this.#access, { key, task, range }, signal);
    if (bytes === "cut") throw cutSegment(task);
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async open(_place: SegmentPlace, stored: Buffer): Promise<Buffer> {
    return stored;
  }

  async create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { key, task } = this.#place(place, "store");
    const mark = randomUUID();
    const hash = createHash("md5").update(bytes).digest();
    const { write: asked, now } = this.#access;
    const command = (condition: object) =>
      new PutObjectCommand({
        Bucket: this.#access.place.bucket,
        Key: key,
        ContentType: "application/octet-stream",
        Metadata: { [UPLOAD_MARK]: mark },
        ...objectParameters(asked),
        ...lockParameters(asked, now()),
        Body: bytes,
        ContentLength: bytes.length,
        ContentMD5: hash.toString("base64"),
        ...condition,
      });
    const write = (condition: object, options: SendOptions) =>
      this.#access.client.send(command(condition), options);
    const upload = { access: this.#access, name: place.file, key, task, mark };
    await commitOnce(upload, { write, size: bytes.length, md5: hash.toString("hex") }, signal);
  }

  async remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    const { key, task } = this.#place(place, "remove");
    const facts = await describeObject(this.#access, key, task, signal);
    if (facts === undefined) return;
    rejectLocked(facts, task, this.#access.now());
    const command = new DeleteObjectCommand({ Bucket: this.#access.place.bucket, Key: key });
    await request(this.#access, task, signal, async (options) => {
      await this.#access.client.send(command, options).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    });
  }

  #place(place: SegmentPlace, verb: string): { key: string; task: string } {
    const key = segmentKey(place);
    return { key: this.#access.keyPrefix + key, task: `Cannot ${verb} ${key} in ${this.#access.url}` };
  }
}
