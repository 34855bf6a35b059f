import type { Buffer } from "node:buffer";
import type { ByteRange, ListedSegment, SegmentListOptions, SegmentPlace, Segments } from "./segments.ts";

/** A change log around another one, which does all that a subclass does not do in its own way. */
export class ForwardingSegments implements Segments {
  /** The change log that does the work. */
  protected readonly inner: Segments;

  constructor(inner: Segments) {
    this.inner = inner;
  }

  timelines(signal: AbortSignal): AsyncIterable<string> {
    return this.inner.timelines(signal);
  }

  list(timeline: string, options: SegmentListOptions, signal: AbortSignal): AsyncIterable<ListedSegment> {
    return this.inner.list(timeline, options, signal);
  }

  async read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const bytes = await this.inner.read(place, signal);
    return bytes && (await this.opened(place, bytes, signal));
  }

  readRange(place: SegmentPlace, range: ByteRange, signal: AbortSignal): Promise<Buffer | undefined> {
    return this.inner.readRange(place, range, signal);
  }

  async open(place: SegmentPlace, stored: Buffer, signal: AbortSignal): Promise<Buffer> {
    return await this.opened(place, await this.inner.open(place, stored, signal), signal);
  }

  create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.inner.create(place, bytes, signal);
  }

  remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    return this.inner.remove(place, signal);
  }

  /** What the bytes of a segment or an index, as the other change log gives them, are for whoever reads this one. */
  protected async opened(_place: SegmentPlace, bytes: Buffer, _signal: AbortSignal): Promise<Buffer> {
    return bytes;
  }
}
