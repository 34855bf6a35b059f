import { NO_NAMESPACE } from "../../cluster/requests/transient-refusals.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { NAMESPACES, type ObjectKey, type Resource } from "../../kubernetes/resource.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import type { LiveState } from "../live/live-state.ts";
import type { RestoreResult } from "../object/object-to-restore.ts";
import { reasonOfOne } from "../object/restore-object.ts";
import { LackingOwners } from "../owners/lacking-owners.ts";
import type { OwnerUids } from "../owners/owner-uids.ts";
import type { RestoreReport } from "../report/report.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";
import { OwnedObjects } from "./owned-objects.ts";
import {
  idOf,
  ownerIds,
  type RestorableFile,
  type Step,
  stepOf,
  type Waiting,
  type WaitsFor,
  waitsForWhat,
} from "./waiting.ts";

/** Outcomes after which the owner references of an object whose owners come later are still to be written. */
const WRITTEN: readonly RestoreResult["outcome"][] = ["created", "updated", "replaced"];

/** Outcomes of an object that existed, and may have had its owner references. */
const EXISTED: readonly RestoreResult["outcome"][] = ["unchanged", "updated"];

/** Which owners an object may lack in the end: none, those that exist nowhere, or also those that wait. */
type Lacking = "none" | "gone" | "waiting";

/** A waiting object that is retried. */
interface Tried {
  file: RestorableFile;
  waiting: Waiting;
  object: ArchivedObject;
}

/** One round over the waiting objects. */
interface Round {
  /** Which objects are retried. */
  which: WaitsFor | "any";
  lacking: Lacking;
  /** Which objects are retried in this step; all by default. */
  step?: Step;
  /** Whether a refusal is final. */
  last: boolean;
  inFlight: InFlight;
}

/**
 * The objects of which something is left for later: those that were created before their owners, and get owner
 * references with the uids that the owners have in this cluster; those that exist and are updated after their owners;
 * and those that were refused for a reason that may pass. Only the name of each object is kept; the object is read
 * again when its time comes.
 */
export class WaitingObjects {
  readonly #ownerUids: Pick<OwnerUids, "find">;
  readonly #report: RestoreReport;
  readonly #lacking: LackingOwners;
  readonly #inFlight: InFlight;
  readonly #replacesOwners: boolean;
  /** By the names of the objects; all objects of a file are in one namespace, or in none. */
  readonly #waiting = new Map<RestorableFile, Map<string, Waiting>>();
  /** Ids of the objects that wait and may still be created, as owner references name objects. */
  readonly #ids = new Set<string>();
  /** The objects that were created before their owners. */
  readonly #owned = new OwnedObjects<RestorableFile>();

  constructor({
    ownerUids,
    report,
    inFlight,
    replacesOwners = false,
  }: {
    ownerUids: Pick<OwnerUids, "find">;
    report: RestoreReport;
    inFlight: InFlight;
    /** Whether an owner that exists may be deleted and re-created, with another uid. */
    replacesOwners?: boolean;
  }) {
    this.#ownerUids = ownerUids;
    this.#report = report;
    this.#lacking = new LackingOwners(report);
    this.#inFlight = inFlight;
    this.#replacesOwners = replacesOwners;
  }

  /** Has an object wait. */
  add(file: RestorableFile, key: ObjectKey, waiting: Waiting): void {
    const names = this.#waiting.get(file) ?? new Map<string, Waiting>();
    this.#waiting.set(file, names.set(key.name, waiting));
    if (waiting.before === undefined) this.#ids.add(idOf(file.resource, key));
    else {
      this.#ids.delete(idOf(file.resource, key));
      for (const owner of waiting.owners)
        for (const id of ownerIds(owner, key.namespace)) this.#owned.add(id, { file, key });
    }
  }

  /**
   * Restores an object of which no more is known than that it has owners. A controller that finds its object missing
   * creates it anew: where an owner does not exist yet, the object is created before the owner, without it.
   */
  async restoreBeforeOwners(
    file: RestorableFile,
    { object, owners }: { object: ArchivedObject & Pick<Waiting, "live">; owners: readonly Owner[] },
    signal: AbortSignal,
  ): Promise<void> {
    const { key, live } = object;
    const references = this.#replacesOwners
      ? undefined
      : await this.#references({ owners }, { key, lacking: "none" }, signal);
    const ownersLater = references === undefined;
    const result = await file.restore({ ...object, owners: references ?? [], ownersLater }, signal);
    await this.settle(file, key, { result, owners, ownersLater, live }, signal);
  }

  /**
   * Reports what became of an object, or has the object wait where its refusal may pass, or its owner references are
   * still to be written. Objects that were created before this one, their owner, get their owner references.
   */
  async settle(
    file: RestorableFile,
    key: ObjectKey,
    {
      result,
      owners = [],
      ownersLater = false,
      live,
    }: {
      result: RestoreResult | undefined;
      owners?: readonly Owner[] | undefined;
      ownersLater?: boolean;
      live?: LiveState | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    if (result !== undefined) {
      if (this.#mayPass(result, key)) this.add(file, key, { owners, refused: result, live });
      else if (ownersLater && WRITTEN.includes(result.outcome))
        this.add(file, key, { owners, before: result });
      else this.#report.countObject(file.resource, key, result);
    }
    if (result?.outcome !== "failed") await this.#setOwnersOfOwned(file.resource, key, signal);
  }

  /** How many objects wait for what, those aside that wait for their owners or for another round only. */
  refusals(): Map<string, number> {
    const refusals = new Map<string, number>();
    for (const { refused } of this.#all()) {
      if (refused?.waitsFor === undefined) continue;
      refusals.set(refused.waitsFor, (refusals.get(refused.waitsFor) ?? 0) + 1);
    }
    return refusals;
  }

  /** Whether objects wait that a webhook or a policy denied. */
  get hasDenied(): boolean {
    return this.#all().some((waiting) => waitsForWhat(waiting) === "denial");
  }

  /**
   * Finishes the objects that wait for their owners alone, in rounds, since an owner may wait for an owner of its
   * own. An owner that neither exists nor waits is dropped, with a note.
   */
  async restoreOwned(signal: AbortSignal, { last = false } = {}): Promise<void> {
    const round = { which: "owners", last, inFlight: this.#inFlight } as const;
    for (let lacking: Lacking = "none"; this.#waiting.size > 0; ) {
      if ((await this.#round({ ...round, lacking }, signal)) > 0) lacking = "none";
      else if (lacking === "none") lacking = "gone";
      else break;
    }
  }

  /**
   * Retries what was refused: namespaces first, and owned objects before their owners.
   *
   * @returns how many objects were restored, or failed for good.
   */
  async retry(which: "refusal" | "denial", signal: AbortSignal): Promise<number> {
    const round = { which, last: false, inFlight: this.#inFlight, lacking: "gone" } as const;
    let done = 0;
    for (const step of ["namespaces", "owned", "rest"] as const)
      done += await this.#round({ ...round, step }, signal);
    return done;
  }

  /**
   * Ends the wait: what is still refused has failed, and objects that own each other in a circle are restored
   * without the owner that would have to come first.
   *
   * @param waited how long was waited, in milliseconds.
   */
  async end(waited: number, signal: AbortSignal): Promise<void> {
    for (const [file, names] of this.#waiting) {
      for await (const { key } of file.read(signal)) {
        const refused = names.get(key.name)?.refused;
        if (refused === undefined) continue;
        const { waitsFor, reason } = refused;
        const seconds = Math.round(waited / 1000);
        const lasting = waitsFor === undefined ? reason : `${waitsFor}, also after ${seconds} s: ${reason}`;
        this.#remove(file, key);
        this.#report.countObject(file.resource, key, { ...refused, reason: lasting });
      }
    }
    await this.restoreOwned(signal, { last: true });
    // One after the other, so that of two objects that own each other the second finds the first.
    const round = { which: "any", lacking: "waiting", last: true, inFlight: { limit: 1 } } as const;
    if (this.#waiting.size > 0) await this.#round(round, signal);
    this.#lacking.note();
  }

  *#all(): Generator<Waiting> {
    for (const names of this.#waiting.values()) yield* names.values();
  }

  /** Returns how many objects wait no longer. */
  async #round({ which, step, lacking, last, inFlight }: Round, signal: AbortSignal): Promise<number> {
    const isTried = (file: RestorableFile, waiting: Waiting) =>
      (which === "any" || waitsForWhat(waiting) === which) &&
      (step === undefined || stepOf(file, waiting) === step);
    let done = 0;
    const retryOne = async ({ file, waiting, object }: Tried) => {
      const { key } = object;
      const { owners, before, live } = waiting;
      const found = await this.#references(waiting, { key, lacking }, signal);
      // What was refused and has owners to come is again tried before its owners.
      const ownersLater = found === undefined && waiting.refused !== undefined;
      if (found === undefined && !ownersLater) return;
      const references = found ?? [];
      const result = await file.restore({ ...object, live, owners: references, before, ownersLater }, signal);
      if (result !== undefined && !last && this.#mayPass(result, key)) {
        waiting.refused = result;
        return;
      }
      done += 1;
      this.#remove(file, key);
      await this.settle(file, key, { result, owners, ownersLater, live }, signal);
      if (!ownersLater && (result?.outcome === "created" || result?.outcome === "replaced")) {
        const { kind } = file.resource;
        this.#lacking.add({ kind, key, wanted: owners, found: references });
      }
    };
    const size = ({ object }: Tried) => object.text.length;
    await concurrently(this.#tried(isTried, signal), inFlight, retryOne, size);
    return done;
  }

  /** Reads what a round retries, one file after another. */
  async *#tried(
    isTried: (file: RestorableFile, waiting: Waiting) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Tried> {
    // An object that begins to wait while a file is read is for the next round.
    for (const [file, names] of [...this.#waiting]) {
      if (!names.values().some((waiting) => isTried(file, waiting))) continue;
      for await (const object of file.read(signal)) {
        const waiting = names.get(object.key.name);
        if (waiting !== undefined && isTried(file, waiting)) yield { file, waiting, object };
      }
    }
  }

  /** Whether a refusal may pass. */
  #mayPass({ outcome, waitsFor, denied }: RestoreResult, { namespace }: ObjectKey): boolean {
    if (outcome !== "failed") return false;
    if (waitsFor === undefined) return denied === true;
    // A namespace that does not wait itself is not going to be created.
    return (
      waitsFor !== NO_NAMESPACE ||
      this.#ids.has(idOf(NAMESPACES, { namespace: undefined, name: namespace ?? "" }))
    );
  }

  #remove(file: RestorableFile, key: ObjectKey): void {
    const names = this.#waiting.get(file);
    names?.delete(key.name);
    if (names?.size === 0) this.#waiting.delete(file);
    this.#ids.delete(idOf(file.resource, key));
  }

  /**
   * The owner references of an object, or undefined where the object must wait for an owner: an owner that waits
   * itself may still be deleted and re-created, with another uid.
   */
  async #references(
    { owners }: Pick<Waiting, "owners">,
    { key: { namespace }, lacking }: { key: ObjectKey; lacking: Lacking },
    signal: AbortSignal,
  ): Promise<OwnerReference[] | undefined> {
    const references: OwnerReference[] = [];
    for (const owner of owners) {
      if (lacking !== "waiting" && ownerIds(owner, namespace).some((id) => this.#ids.has(id)))
        return undefined;
      const reference = await this.#ownerUids.find(owner, namespace, signal);
      if (reference !== undefined) references.push(reference);
      else if (lacking === "none") return undefined;
    }
    return references;
  }

  /**
   * Writes the owner references of the objects that were created before their owner, which exists now. A controller of
   * the owner may give up soon on an object that does not belong to it. What is left is written when all owners exist.
   */
  async #setOwnersOfOwned(
    resource: Pick<Resource, "group" | "kind">,
    key: ObjectKey,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { file, key: owned } of this.#owned.take(idOf(resource, key))) {
      const waiting = this.#waiting.get(file)?.get(owned.name);
      // What existed gets them where it is finished, which reports that they were changed.
      if (waiting?.before === undefined || EXISTED.includes(waiting.before.outcome)) continue;
      const references = await this.#references(waiting, { key: owned, lacking: "none" }, signal);
      if (references === undefined) continue;
      try {
        await file.setOwners(owned, references, signal);
      } catch (error) {
        // Reported where the object is finished, which tries again.
        reasonOfOne(error);
      }
    }
  }
}
