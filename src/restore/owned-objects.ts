import type { ManifestFile } from "../archive/manifest.ts";
import { type ObjectKey, objectTitle, type Resource } from "../cluster/resource.ts";
import type { Owner } from "../objects/owners.ts";
import type { ArchivedObjects } from "./archived-objects.ts";
import type { OwnerReference } from "./owner-references.ts";
import type { OwnerUids } from "./owner-uids.ts";
import { restoreObject } from "./restore-object.ts";
import type { RestoreTarget } from "./restore-target.ts";

/** An object that comes back after its owners, for it must hold their uids of this cluster. */
export interface OwnedObject {
  target: RestoreTarget;
  /** The archive's file that holds it. */
  file: ManifestFile;
  namespace: string | undefined;
  name: string;
  owners: readonly Owner[];
}

/** The objects that wait for their owners. Of each only its name is kept, and read again when its time comes. */
export class OwnedObjects {
  readonly #objects: ArchivedObjects;
  readonly #uids: OwnerUids;
  readonly #waiting = new Map<ManifestFile, Map<string, OwnedObject>>();
  /** Which objects wait, as owners name them. */
  readonly #names = new Set<string>();

  constructor(objects: ArchivedObjects, uids: OwnerUids) {
    this.#objects = objects;
    this.#uids = uids;
  }

  /** Puts an object off until its owners are there. */
  add(object: OwnedObject): void {
    const names = this.#waiting.get(object.file) ?? new Map<string, OwnedObject>();
    this.#waiting.set(object.file, names.set(object.name, object));
    this.#names.add(nameOf(object.target.resource, object));
  }

  /**
   * Brings back what waits, in rounds, since an owner may wait for an owner of its own. In the end an
   * owner that neither the backup nor the cluster has is dropped, with a note.
   */
  async restore(signal: AbortSignal): Promise<void> {
    while (await this.#round({ last: false }, signal));
    await this.#round({ last: true }, signal);
  }

  /** Returns whether anything was brought back. */
  async #round({ last }: { last: boolean }, signal: AbortSignal): Promise<boolean> {
    let progress = false;
    for (const [file, names] of this.#waiting) {
      for await (const { key, text } of this.#objects.objects(file, signal)) {
        const waiting = names.get(key.name);
        if (waiting === undefined) continue;
        const references = await this.#references(waiting, { last }, signal);
        if (references.length < waiting.owners.length && !last) continue;
        const outcome = await restoreObject(waiting.target, { key, text, owners: references }, signal);
        if (references.length < waiting.owners.length && ["created", "replaced"].includes(outcome)) {
          const title = objectTitle(waiting.target.resource.kind, waiting);
          waiting.target.report.notes.push(
            `${title} came back without an owner that neither the backup nor the cluster has: ${missing(waiting.owners, references)}`,
          );
        }
        names.delete(waiting.name);
        this.#names.delete(nameOf(waiting.target.resource, waiting));
        progress = true;
      }
      if (names.size === 0) this.#waiting.delete(file);
    }
    return progress;
  }

  /** The owners that are settled: one that waits itself may still be deleted and made again, with another uid. */
  async #references(
    { owners, namespace }: OwnedObject,
    { last }: { last: boolean },
    signal: AbortSignal,
  ): Promise<OwnerReference[]> {
    const references: OwnerReference[] = [];
    for (const owner of owners) {
      if (!last && this.#waits(owner, namespace)) continue;
      const uid = await this.#uids.find(owner, namespace, signal);
      if (uid !== undefined) references.push({ ...owner, uid });
    }
    return references;
  }

  #waits({ apiVersion, kind, name }: Owner, namespace: string | undefined): boolean {
    const group = apiVersion.includes("/") ? (apiVersion.split("/", 1)[0] ?? "") : "";
    // Its owner is in its own namespace, or in none.
    return [namespace, undefined].some((at) =>
      this.#names.has(nameOf({ group, kind }, { namespace: at, name })),
    );
  }
}

function nameOf({ group, kind }: Pick<Resource, "group" | "kind">, { namespace, name }: ObjectKey): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}

function missing(owners: readonly Owner[], references: readonly OwnerReference[]): string {
  return owners
    .filter(
      ({ kind, name }) => !references.some((reference) => reference.kind === kind && reference.name === name),
    )
    .map(({ kind, name }) => objectTitle(kind, { namespace: undefined, name }))
    .join(", ");
}
