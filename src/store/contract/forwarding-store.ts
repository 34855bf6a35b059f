import type { Segments } from "./segments.ts";
import type { SideObjects } from "./side-objects.ts";
import type {
  ListOptions,
  NewestOptions,
  OpenOptions,
  PutOptions,
  RandomAccess,
  Removal,
  RemoveOptions,
  Store,
  StoredBackup,
  StoredObject,
  StoredVersions,
} from "./store.ts";

/** A store around another one, which does all that a subclass does not do in its own way. */
export class ForwardingStore implements Store {
  /** The store that does the work. */
  protected readonly inner: Store;

  constructor(inner: Store) {
    this.inner = inner;
  }

  get url(): string {
    return this.inner.url;
  }

  get beside(): SideObjects {
    return this.inner.beside;
  }

  get segments(): Segments {
    return this.inner.segments;
  }

  list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    return this.inner.list(options, signal);
  }

  newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    return this.inner.newest(options, signal);
  }

  holdsOlderFormat(signal: AbortSignal): Promise<boolean> {
    return this.inner.holdsOlderFormat(signal);
  }

  placesBeside(signal: AbortSignal): Promise<string[]> {
    return this.inner.placesBeside(signal);
  }

  prepare(signal: AbortSignal): Promise<void> {
    return this.inner.prepare(signal);
  }

  has(name: string, signal: AbortSignal): Promise<boolean> {
    return this.inner.has(name, signal);
  }

  open(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return this.inner.open(name, signal, options);
  }

  openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return this.inner.openStored(name, signal, options);
  }

  put(
    name: string,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    options?: PutOptions,
  ): Promise<StoredObject> {
    return this.inner.put(name, content, signal, options);
  }

  remove(name: string, signal: AbortSignal, options?: RemoveOptions): Promise<Removal> {
    return this.inner.remove(name, signal, options);
  }

  versions(name: string, signal: AbortSignal): Promise<StoredVersions> {
    return this.inner.versions(name, signal);
  }

  removeVersions(name: string, signal: AbortSignal, options?: OpenOptions): Promise<void> {
    return this.inner.removeVersions(name, signal, options);
  }

  sweep(signal: AbortSignal): Promise<string[]> {
    return this.inner.sweep(signal);
  }

  clockSkew(): number | undefined {
    return this.inner.clockSkew();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
