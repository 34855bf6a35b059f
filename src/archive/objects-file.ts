import type { GrowingZip } from "./growing-zip.ts";
import { LIST_END, LIST_START, type OwnerReference, ownersPath } from "./layout.ts";
import type { ManifestFile } from "./manifest.ts";
import { TextFile } from "./text-file.ts";

/** What a file of objects is called, and whose they are. */
export interface ObjectsFilePlace {
  path: string;
  /** `deployments.apps`, `secrets`. */
  resource: string;
  /** Undefined for cluster-scoped objects. */
  namespace: string | undefined;
}

/** A file of objects that is being written, and the file of their owners that will follow it. */
export class ObjectsFile {
  readonly place: ObjectsFilePlace;
  readonly #zip: GrowingZip;
  readonly #text: TextFile;
  /** Kept until the objects are written, since a zip takes one file at a time. */
  readonly #owners: string[] = [];
  #objects = 0;

  private constructor(zip: GrowingZip, place: ObjectsFilePlace, text: TextFile) {
    this.#zip = zip;
    this.place = place;
    this.#text = text;
  }

  /** Begins the file. */
  static async start(zip: GrowingZip, place: ObjectsFilePlace, signal: AbortSignal): Promise<ObjectsFile> {
    const text = await TextFile.start(zip, place.path, signal);
    await text.append(`${LIST_START}\n`, signal);
    return new ObjectsFile(zip, place, text);
  }

  /** Size so far, in bytes; see {@link TextFile.size}. */
  get size(): number {
    return this.#text.size;
  }

  /** Adds an object, its JSON on one line. */
  async add(
    { name, text, owners }: { name: string; text: string; owners: readonly OwnerReference[] },
    signal: AbortSignal,
  ): Promise<void> {
    // JSON knows no comma after the last object, and which is the last is not known before the end.
    await this.#text.append(this.#objects === 0 ? text : `,\n${text}`, signal);
    this.#objects += 1;
    if (owners.length > 0) this.#owners.push(`${JSON.stringify({ name, owners: owners.map(withoutUid) })}\n`);
  }

  /** Ends the file and writes that of the owners, where there are any. Returns what the manifest says of them. */
  async finish(signal: AbortSignal): Promise<ManifestFile[]> {
    const { path, resource, namespace } = this.place;
    const place = { resource, ...(namespace === undefined ? {} : { namespace }) };
    await this.#text.append(`\n${LIST_END}\n`, signal);
    const sums = await this.#text.finish(signal);
    const files: ManifestFile[] = [{ path, content: "objects", ...place, objects: this.#objects, ...sums }];
    if (this.#owners.length === 0) return files;
    const text = await TextFile.start(this.#zip, ownersPath(path), signal);
    for (const line of this.#owners) await text.append(line, signal);
    const ownersSums = await text.finish(signal);
    files.push({
      path: ownersPath(path),
      content: "owners",
      ...place,
      objects: this.#owners.length,
      ...ownersSums,
    });
    return files;
  }
}

/** A uid lives in one cluster only; and whatever else a caller's type holds stays out of the format. */
function withoutUid({
  apiVersion,
  kind,
  name,
  controller,
  blockOwnerDeletion,
}: OwnerReference): OwnerReference {
  return {
    apiVersion,
    kind,
    name,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  };
}
