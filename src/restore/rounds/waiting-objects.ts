import { NO_NAMESPACE } from "../../cluster/requests/transient-refusals.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { NAMESPACES, type ObjectKey, parseApiVersion, type Resource } from "../../kubernetes/resource.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import { noteLackingOwners } from "../owners/note-lacking-owners.ts";
import type { OwnerUids } from "../owners/owner-uids.ts";
import type { RestoreReport } from "../report/report.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";

/** A file of the archive whose objects may have to wait, and how the objects are restored. */
export interface RestorableFile {
  /** The resource as the archive has it, for reports. */
  resource: Pick<Resource, "group" | "kind" | "resource">;
  /** Reads the objects, anew each time. */
  read(signal: AbortSignal): AsyncIterable<ArchivedObject>;
  /** Restores one object, and reports nothing. Undefined where there is nothing to report. */
  restore(object: ObjectToRestore, signal: AbortSignal): Promise<RestoreResult | undefined>;
}

/** Why an object waits. */
interface Waiting {
  owners: readonly Owner[];
  /** The last refusal, one that passes by itself; undefined where the object waits for its owners only. */
  refused?: RestoreResult | undefined;
}

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
  refused: boolean | "either";
  lacking: Lacking;
  /** Whether a refusal is final. */
  last: boolean;
  inFlight: InFlight;
}

/**
 * The objects that are restored later: after their owners, whose uids in this cluster the owner references need,
 * and those that were refused for a reason that passes by itself. Only the name of each object is kept; the
 * object is read again when it is retried.
 */
export class WaitingObjects {
  readonly #ownerUids: Pick<OwnerUids, "find">;
  readonly #report: RestoreReport;
  readonly #inFlight: InFlight;
  /** By the names of the objects; all objects of a file are in one namespace, or in none. */
  readonly #waiting = new Map<RestorableFile, Map<string, Waiting>>();
  /** Ids of the objects that wait, as owner references name objects. */
  readonly #ids = new Set<string>();

  constructor({
    ownerUids,
    report,
    inFlight,
  }: {
    ownerUids: Pick<OwnerUids, "find">;
    report: RestoreReport;
    inFlight: InFlight;
  }) {
    this.#ownerUids = ownerUids;
    this.#report = report;
    this.#inFlight = inFlight;
  }

  /** Has an object wait. */
  add(file: RestorableFile, key: ObjectKey, waiting: Waiting): void {
    const names = this.#waiting.get(file) ?? new Map<string, Waiting>();
    this.#waiting.set(file, names.set(key.name, waiting));
    this.#ids.add(idOf(file.resource, key));
  }

  /** Reports what became of an object, or has the object wait where its refusal passes by itself. */
  settle(file: RestorableFile, key: ObjectKey, result: RestoreResult | undefined): void {
    if (result === undefined) return;
    if (this.#passes(result, key)) this.add(file, key, { owners: [], refused: result });
    else this.#report.countObject(file.resource, key, result);
  }

  /** How many objects wait for what, those aside that wait for their owners only. */
  refusals(): Map<string, number> {
    const refusals = new Map<string, number>();
    for (const { refused } of this.#all()) {
      if (refused?.waitsFor === undefined) continue;
      refusals.set(refused.waitsFor, (refusals.get(refused.waitsFor) ?? 0) + 1);
    }
    return refusals;
  }

  /**
   * Restores the objects that wait for their owners alone, in rounds, since an owner may wait for an owner of its
   * own. An owner that neither exists nor waits is dropped, with a note.
   */
  async restoreOwned(signal: AbortSignal, { last = false } = {}): Promise<void> {
    const round = { refused: false, last, inFlight: this.#inFlight };
    for (let lacking: Lacking = "none"; this.#waiting.size > 0; ) {
      if ((await this.#round({ ...round, lacking }, signal)) > 0) lacking = "none";
      else if (lacking === "none") lacking = "gone";
      else break;
    }
  }

  /** Retries what was refused; returns how many objects were restored, or failed for good. */
  async retry(signal: AbortSignal): Promise<number> {
    const round = { refused: true, last: false, inFlight: this.#inFlight };
    return await this.#round({ ...round, lacking: "gone" }, signal);
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
        const reason = `${refused.waitsFor}, also after ${Math.round(waited / 1000)} s: ${refused.reason}`;
        this.#remove(file, key);
        this.#report.countObject(file.resource, key, { ...refused, reason });
      }
    }
    await this.restoreOwned(signal, { last: true });
    // One after the other, so that of two objects that own each other the second finds the first.
    const round = { refused: "either", lacking: "waiting", last: true, inFlight: { limit: 1 } } as const;
    if (this.#waiting.size > 0) await this.#round(round, signal);
  }

  *#all(): Generator<Waiting> {
    for (const names of this.#waiting.values()) yield* names.values();
  }

  /** Returns how many objects wait no longer. */
  async #round({ refused, lacking, last, inFlight }: Round, signal: AbortSignal): Promise<number> {
    const isTried = (waiting: Waiting) => refused === "either" || (waiting.refused !== undefined) === refused;
    let done = 0;
    const retryOne = async ({ file, waiting, object }: Tried) => {
      const { key } = object;
      const owners = await this.#references(waiting, { key, lacking }, signal);
      if (owners === undefined) return;
      const result = await file.restore({ ...object, owners }, signal);
      if (result !== undefined && !last && this.#passes(result, key)) {
        waiting.refused = result;
        return;
      }
      done += 1;
      this.#remove(file, key);
      if (result === undefined) return;
      this.#report.countObject(file.resource, key, result);
      if (result.outcome === "created" || result.outcome === "replaced")
        noteLackingOwners(this.#report, {
          kind: file.resource.kind,
          key,
          wanted: waiting.owners,
          found: owners,
        });
    };
    const size = ({ object }: Tried) => object.text.length;
    await concurrently(this.#tried(isTried, signal), inFlight, retryOne, size);
    return done;
  }

  /** Reads what a round retries, one file after another. */
  async *#tried(isTried: (waiting: Waiting) => boolean, signal: AbortSignal): AsyncGenerator<Tried> {
    // An object that begins to wait while a file is read is for the next round.
    for (const [file, names] of [...this.#waiting]) {
      if (!names.values().some(isTried)) continue;
      for await (const object of file.read(signal)) {
        const waiting = names.get(object.key.name);
        if (waiting !== undefined && isTried(waiting)) yield { file, waiting, object };
      }
    }
  }

  /** Whether a refusal passes by itself. */
  #passes({ outcome, waitsFor }: RestoreResult, { namespace }: ObjectKey): boolean {
    if (outcome !== "failed" || waitsFor === undefined) return false;
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
    { owners }: Waiting,
    { key: { namespace }, lacking }: { key: ObjectKey; lacking: Lacking },
    signal: AbortSignal,
  ): Promise<OwnerReference[] | undefined> {
    const references: OwnerReference[] = [];
    for (const owner of owners) {
      if (lacking !== "waiting" && this.#waits(owner, namespace)) return undefined;
      const reference = await this.#ownerUids.find(owner, namespace, signal);
      if (reference !== undefined) references.push(reference);
      else if (lacking === "none") return undefined;
    }
    return references;
  }

  #waits({ apiVersion, kind, name }: Owner, namespace: string | undefined): boolean {
    const { group } = parseApiVersion(apiVersion);
    // An owner is in the namespace of the object, or cluster-scoped.
    return [namespace, undefined].some((at) => this.#ids.has(idOf({ group, kind }, { namespace: at, name })));
  }
}

function idOf({ group, kind }: Pick<Resource, "group" | "kind">, { namespace, name }: ObjectKey): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
