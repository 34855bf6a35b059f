import { NO_NAMESPACE } from "../../cluster/requests/transient-refusals.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import {
  NAMESPACES,
  type ObjectKey,
  objectTitle,
  parseApiVersion,
  type Resource,
} from "../../kubernetes/resource.ts";
import { concurrently, type InFlight } from "../concurrency/concurrently.ts";
import { countObject } from "../object/restore-object.ts";
import type { ObjectToRestore, Settled } from "../object/target.ts";
import type { OwnerUids } from "../owners/owner-uids.ts";
import type { RestoreReport } from "../report/report.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";

/** Where objects come from that may wait, one file of the archive, and how they are brought back. */
export interface Source {
  /** What is said of them: the resource as the archive has it. */
  resource: Pick<Resource, "group" | "kind" | "resource">;
  /** Reads them, again each time. */
  read(signal: AbortSignal): AsyncIterable<ArchivedObject>;
  /** Brings one back, without a word in the report. Undefined where there is nothing to say of it. */
  bringBack(object: ObjectToRestore, signal: AbortSignal): Promise<Settled | undefined>;
}

/** Why an object waits. */
interface Waiting {
  owners: readonly Owner[];
  /** Its last refusal, one that time heals; undefined where it waits for its owners only. */
  refused?: Settled | undefined;
}

/** Which owners an object may lack in the end: none, those that nobody has, or those as well that wait. */
type Lacking = "none" | "gone" | "waiting";

/** A waiting object whose time has come. */
interface Tried {
  source: Source;
  waiting: Waiting;
  object: ArchivedObject;
}

/** What a round over the waiting objects is about. */
interface Round {
  /** Which objects are tried. */
  refused: boolean | "either";
  lacking: Lacking;
  /** Whether a refusal is final. */
  last: boolean;
  inFlight: InFlight;
}

/**
 * The objects that come back later: after their owners, whose uids of this cluster they must hold, and
 * those that were refused for a reason that time heals. Of each only its name is kept, and it is read
 * again when its time comes.
 */
export class WaitingObjects {
  readonly #uids: Pick<OwnerUids, "find">;
  readonly #report: RestoreReport;
  readonly #inFlight: InFlight;
  /** By the names of the objects; all of a source are in one namespace, or in none. */
  readonly #waiting = new Map<Source, Map<string, Waiting>>();
  /** Which objects wait, as owners name them. */
  readonly #names = new Set<string>();

  constructor({
    uids,
    report,
    inFlight,
  }: {
    uids: Pick<OwnerUids, "find">;
    report: RestoreReport;
    inFlight: InFlight;
  }) {
    this.#uids = uids;
    this.#report = report;
    this.#inFlight = inFlight;
  }

  /** Puts an object off. */
  add(source: Source, key: ObjectKey, waiting: Waiting): void {
    const names = this.#waiting.get(source) ?? new Map<string, Waiting>();
    this.#waiting.set(source, names.set(key.name, waiting));
    this.#names.add(nameOf(source.resource, key));
  }

  /** Brings an object back, or puts it off where it is refused for a reason that time heals. */
  async bringBack(source: Source, object: ObjectToRestore, signal: AbortSignal): Promise<void> {
    const settled = await source.bringBack(object, signal);
    if (settled === undefined) return;
    if (this.#heals(settled, object.key)) this.add(source, object.key, { owners: [], refused: settled });
    else countObject(this.#report, { resource: source.resource, key: object.key, settled });
  }

  /** How many objects wait for what, those aside that wait for their owners. */
  refusals(): Map<string, number> {
    const refusals = new Map<string, number>();
    for (const { refused } of this.#all()) {
      if (refused?.waitsFor === undefined) continue;
      refusals.set(refused.waitsFor, (refusals.get(refused.waitsFor) ?? 0) + 1);
    }
    return refusals;
  }

  /**
   * Brings back what waits for its owners alone, in rounds, since an owner may wait for an owner of its
   * own. An owner that is not in the cluster and does not wait is dropped, with a note.
   */
  async restoreOwned(signal: AbortSignal, { last = false } = {}): Promise<void> {
    const round = { refused: false, last, inFlight: this.#inFlight };
    for (let lacking: Lacking = "none"; this.#waiting.size > 0; ) {
      if ((await this.#round({ ...round, lacking }, signal)) > 0) lacking = "none";
      else if (lacking === "none") lacking = "gone";
      else break;
    }
  }

  /** Tries again what was refused; returns how many objects came back, or failed for good. */
  async retry(signal: AbortSignal): Promise<number> {
    const round = { refused: true, last: false, inFlight: this.#inFlight };
    return await this.#round({ ...round, lacking: "gone" }, signal);
  }

  /**
   * Ends the wait: what is refused has failed, and objects that own each other in a circle come back
   * without the owner that would have to come first.
   *
   * @param waited how long was waited, in milliseconds.
   */
  async end(waited: number, signal: AbortSignal): Promise<void> {
    for (const [source, names] of this.#waiting) {
      for await (const { key } of source.read(signal)) {
        const refused = names.get(key.name)?.refused;
        if (refused === undefined) continue;
        const reason = `${refused.waitsFor}, also after ${Math.round(waited / 1000)} s: ${refused.reason}`;
        this.#remove(source, key);
        countObject(this.#report, { resource: source.resource, key, settled: { ...refused, reason } });
      }
    }
    await this.restoreOwned(signal, { last: true });
    // One after the other, so that of two that own each other the second one finds the first.
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
    const bringBack = async ({ source, waiting, object }: Tried) => {
      const owners = await this.#references(waiting, { key: object.key, lacking }, signal);
      if (owners === undefined) return;
      const settled = await source.bringBack({ ...object, owners }, signal);
      if (settled !== undefined && !last && this.#heals(settled, object.key)) {
        waiting.refused = settled;
        return;
      }
      done += 1;
      this.#remove(source, object.key);
      if (settled === undefined) return;
      countObject(this.#report, { resource: source.resource, key: object.key, settled });
      this.#noteLacking(source, { key: object.key, waiting, owners, settled });
    };
    const size = ({ object }: Tried) => object.text.length;
    await concurrently(this.#tried(isTried, signal), inFlight, bringBack, size);
    return done;
  }

  /** Reads what a round tries, one source after another. */
  async *#tried(isTried: (waiting: Waiting) => boolean, signal: AbortSignal): AsyncGenerator<Tried> {
    // What is put off while a source is read is for the next round.
    for (const [source, names] of [...this.#waiting]) {
      if (!names.values().some(isTried)) continue;
      for await (const object of source.read(signal)) {
        const waiting = names.get(object.key.name);
        if (waiting !== undefined && isTried(waiting)) yield { source, waiting, object };
      }
    }
  }

  #heals({ outcome, waitsFor }: Settled, { namespace }: ObjectKey): boolean {
    if (outcome !== "failed" || waitsFor === undefined) return false;
    // A namespace that does not wait itself does not come.
    return (
      waitsFor !== NO_NAMESPACE ||
      this.#names.has(nameOf(NAMESPACES, { namespace: undefined, name: namespace ?? "" }))
    );
  }

  #remove(source: Source, key: ObjectKey): void {
    const names = this.#waiting.get(source);
    names?.delete(key.name);
    if (names?.size === 0) this.#waiting.delete(source);
    this.#names.delete(nameOf(source.resource, key));
  }

  /**
   * An object's owners with their uids, or undefined where it must wait for one: an owner that waits
   * itself may still be deleted and made again, with another uid.
   */
  async #references(
    { owners }: Waiting,
    { key: { namespace }, lacking }: { key: ObjectKey; lacking: Lacking },
    signal: AbortSignal,
  ): Promise<OwnerReference[] | undefined> {
    const references: OwnerReference[] = [];
    for (const owner of owners) {
      if (lacking !== "waiting" && this.#waits(owner, namespace)) return undefined;
      const reference = await this.#uids.find(owner, namespace, signal);
      if (reference !== undefined) references.push(reference);
      else if (lacking === "none") return undefined;
    }
    return references;
  }

  #waits({ apiVersion, kind, name }: Owner, namespace: string | undefined): boolean {
    const { group } = parseApiVersion(apiVersion);
    // Its owner is in its own namespace, or in none.
    return [namespace, undefined].some((at) =>
      this.#names.has(nameOf({ group, kind }, { namespace: at, name })),
    );
  }

  #noteLacking(
    { resource }: Source,
    {
      key,
      waiting: { owners },
      owners: references,
      settled,
    }: { key: ObjectKey; waiting: Waiting; owners: readonly OwnerReference[]; settled: Settled },
  ): void {
    if (references.length === owners.length || !["created", "replaced"].includes(settled.outcome)) return;
    const lacking = owners.filter(
      ({ kind, name }) => !references.some((reference) => reference.kind === kind && reference.name === name),
    );
    const failed = lacking.filter((owner) => this.#failed(owner, key.namespace));
    const title = objectTitle(resource.kind, key);
    if (failed.length > 0)
      this.#report.notes.push(`${title} came back without an owner that failed: ${titles(failed)}`);
    const gone = lacking.filter((owner) => !failed.includes(owner));
    if (gone.length === 0) return;
    this.#report.notes.push(
      `${title} came back without an owner that neither the backup nor the cluster has: ${titles(gone)}`,
    );
  }

  #failed({ kind, name }: Owner, namespace: string | undefined): boolean {
    return this.#report.failures.some(
      (item) =>
        item.kind === kind &&
        item.name === name &&
        (item.namespace === namespace || item.namespace === undefined),
    );
  }
}

function titles(owners: readonly Owner[]): string {
  return owners.map(({ kind, name }) => objectTitle(kind, { namespace: undefined, name })).join(", ");
}

function nameOf({ group, kind }: Pick<Resource, "group" | "kind">, { namespace, name }: ObjectKey): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
