import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { LIST_END, LIST_START, sidePath } from "../format/layout.ts";
import type { ManifestFile } from "../format/manifest.ts";
import { ManagerLines } from "./manager-lines.ts";
import type { Text, TextFile, TextFiles } from "./text-file.ts";

/** The resource and the namespace of a file of objects. */
export interface ObjectsFilePlace {
  path: string;
  /** `deployments.apps`, `secrets`. */
  resource: string;
  /** Undefined for cluster-scoped objects. */
  namespace: string | undefined;
}

/** A file of objects that is being written, and the files of owners, field managers and statuses that follow it. */
export class ObjectsFile {
  readonly place: ObjectsFilePlace;
  readonly #texts: TextFiles;
  readonly #text: TextFile;
  /** Kept until the objects are written, since a zip takes one file at a time. */
  readonly #owners: string[] = [];
  readonly #managers = new ManagerLines();
  readonly #statuses: string[] = [];
  #statusesLength = 0;
  #objects = 0;

  private constructor(texts: TextFiles, place: ObjectsFilePlace, text: TextFile) {
    this.#texts = texts;
    this.place = place;
    this.#text = text;
  }

  /** Begins the file. */
  static async start(texts: TextFiles, place: ObjectsFilePlace, signal: AbortSignal): Promise<ObjectsFile> {
    const text = await texts.start(place.path, signal);
    await text.append(`${LIST_START}\n`, signal);
    return new ObjectsFile(texts, place, text);
  }

  /** The size so far, in bytes, including the statuses, which are in memory; see {@link TextFile.size}. */
  get size(): number {
    return this.#text.size + this.#statusesLength;
  }

  /** Adds an object as JSON on one line. */
  async add(
    {
      name,
      text,
      owners,
      managers,
      status,
    }: {
      name: string;
      text: Text;
      owners: readonly Owner[];
      managers: readonly FieldManager[] | undefined;
      /** The line of the object in the status file, without newline. */
      status?: string | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    // JSON has no comma after the last object, and the last object is known only at the end.
    if (this.#objects > 0) await this.#text.append(",\n", signal);
    await this.#text.append(text, signal);
    this.#objects += 1;
    if (owners.length > 0) this.#owners.push(`${JSON.stringify({ name, owners: owners.map(withoutUid) })}\n`);
    this.#managers.add(name, managers);
    if (status === undefined) return;
    this.#statuses.push(`${status}\n`);
    this.#statusesLength += status.length + 1;
  }

  /** Ends the file, and writes the files that follow it and are not empty. Returns their entries for the manifest. */
  async finish(signal: AbortSignal): Promise<ManifestFile[]> {
    const { path, resource, namespace } = this.place;
    const place = { resource, ...(namespace === undefined ? {} : { namespace }) };
    await this.#text.append(`\n${LIST_END}\n`, signal);
    const sums = await this.#text.finish(signal);
    const { manager, lines } = this.#managers;
    const files: ManifestFile[] = [
      {
        path,
        content: "objects",
        ...place,
        objects: this.#objects,
        ...(manager === undefined ? {} : { manager }),
        ...sums,
      },
    ];
    const sides = [
      { content: "owners", lines: this.#owners },
      { content: "managers", lines },
      { content: "status", lines: this.#statuses },
    ] as const;
    for (const { content, lines } of sides) {
      if (lines.length === 0) continue;
      const side = sidePath(path, content);
      const text = await this.#texts.start(side, signal);
      for (const line of lines) await text.append(line, signal);
      files.push({ path: side, content, ...place, objects: lines.length, ...(await text.finish(signal)) });
    }
    return files;
  }
}

/** Drops the uid, which is valid in one cluster only, and all fields that the format does not have. */
function withoutUid({ apiVersion, kind, name, controller, blockOwnerDeletion }: Owner): Owner {
  return {
    apiVersion,
    kind,
    name,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  };
}
