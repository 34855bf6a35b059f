import type { Buffer } from "node:buffer";
import type { ListedSegment, SegmentListOptions, SegmentPlace, Segments } from "./segments.ts";

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

  read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    return this.inner.read(place, signal);
  }

  create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.inner.create(place, bytes, signal);
  }

  remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    return this.inner.remove(place, signal);
  }
}
