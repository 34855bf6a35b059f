import type { ManifestFile } from "../archive/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { type JsonObject, parseJson } from "../cluster/json.ts";
import { objectTitle } from "../cluster/resource.ts";
import type { Owner } from "../objects/owners.ts";
import type { OwnerUids } from "./owner-uids.ts";
import { type RestoreTarget, restoreObject } from "./restore-object.ts";

/** An object that comes back after its owners, for it must hold their uids of this cluster. */
export interface OwnedObject {
  target: RestoreTarget;
  /** The archive's file that holds it. */
  file: ManifestFile;
  namespace: string | undefined;
  name: string;
  owners: readonly Owner[];
}

/** An owner reference as the API server takes it. */
type OwnerReference = Owner & { uid: string };

/** The objects that wait for their owners. Of each only its name is kept, and read again when its time comes. */
export class OwnedObjects {
  readonly #archive: Archive;
  readonly #uids: OwnerUids;
  readonly #waiting = new Map<ManifestFile, Map<string, OwnedObject>>();

  constructor(archive: Archive, uids: OwnerUids) {
    this.#archive = archive;
    this.#uids = uids;
  }

  /** Puts an object off until its owners are there. */
  add(object: OwnedObject): void {
    const names = this.#waiting.get(object.file) ?? new Map<string, OwnedObject>();
    this.#waiting.set(object.file, names.set(object.name, object));
  }

  /**
   * Creates what waits, in rounds, since an owner may wait for an owner of its own. In the end an
   * owner that neither the backup nor the cluster has is dropped, with a note.
   */
  async restore(signal: AbortSignal): Promise<void> {
    while (await this.#round({ dropMissing: false }, signal));
    await this.#round({ dropMissing: true }, signal);
  }

  /** Returns whether anything was created. */
  async #round({ dropMissing }: { dropMissing: boolean }, signal: AbortSignal): Promise<boolean> {
    let progress = false;
    for (const [file, names] of this.#waiting) {
      for await (const text of this.#archive.objects(file, signal)) {
        const object = parseJson(text) as { metadata: JsonObject & { name: string } };
        const waiting = names.get(object.metadata.name);
        if (waiting === undefined) continue;
        const references = await this.#references(waiting, signal);
        if (references.length < waiting.owners.length) {
          if (!dropMissing) continue;
          const title = objectTitle(waiting.target.resource.kind, waiting);
          waiting.target.report.notes.push(
            `${title} came back without an owner that neither the backup nor the cluster has: ${missing(waiting.owners, references)}`,
          );
        }
        if (references.length > 0) object.metadata["ownerReferences"] = references;
        await restoreObject(waiting.target, waiting, JSON.stringify(object), signal);
        names.delete(waiting.name);
        progress = true;
      }
      if (names.size === 0) this.#waiting.delete(file);
    }
    return progress;
  }

  async #references({ owners, namespace }: OwnedObject, signal: AbortSignal): Promise<OwnerReference[]> {
    const references: OwnerReference[] = [];
    for (const owner of owners) {
      const uid = await this.#uids.find(owner, namespace, signal);
      if (uid !== undefined) references.push({ ...owner, uid });
    }
    return references;
  }
}

function missing(owners: readonly Owner[], references: readonly OwnerReference[]): string {
  return owners
    .filter(
      ({ kind, name }) => !references.some((reference) => reference.kind === kind && reference.name === name),
    )
    .map(({ kind, name }) => objectTitle(kind, { namespace: undefined, name }))
    .join(", ");
}
