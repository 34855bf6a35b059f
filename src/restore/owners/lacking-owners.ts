import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { type ObjectKey, objectTitle } from "../../kubernetes/resource.ts";
import type { RestoreReport } from "../report/report.ts";

/** How many objects a note names. */
const NAMED = 3;

/** An object that was restored with the owners that were found. */
export interface OwnedObject {
  kind: string;
  key: ObjectKey;
  /** The owners in the backup. */
  wanted: readonly Owner[];
  /** The owner references that the object was restored with. */
  found: readonly OwnerReference[];
}

/** Why an object came back without an owner: the owner failed, or exists nowhere. */
type Why = "failed" | "gone";

const WORDS: Readonly<Record<Why, string>> = {
  failed: "an owner that failed",
  gone: "an owner that neither the backup nor the cluster has",
};

/** The objects that were restored without some of their owners, for one note a kind. */
export class LackingOwners {
  readonly #report: RestoreReport;
  readonly #lacking = new Map<string, { kind: string; why: Why; count: number; names: string[] }>();

  constructor(report: RestoreReport) {
    this.#report = report;
  }

  /** Adds an object, where it lacks an owner. */
  add({ kind, key, wanted, found }: OwnedObject): void {
    if (found.length === wanted.length) return;
    const lacking = wanted.filter(
      (owner) => !found.some((reference) => reference.kind === owner.kind && reference.name === owner.name),
    );
    const failed = lacking.filter((owner) => this.#hasFailed(owner, key.namespace));
    this.#add({ kind, key, why: "failed" }, failed);
    this.#add(
      { kind, key, why: "gone" },
      lacking.filter((owner) => !failed.includes(owner)),
    );
  }

  /** Reports the objects, one note for each kind. */
  note(): void {
    for (const { kind, why, count, names } of this.#lacking.values()) {
      const [first = ""] = names;
      const more = count - names.length;
      this.#report.notes.push(
        count === 1
          ? first.replace(": ", ` came back without ${WORDS[why]}: `)
          : `${count} of the kind ${kind} came back without ${WORDS[why]}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      );
    }
    this.#lacking.clear();
  }

  #add({ kind, key, why }: { kind: string; key: ObjectKey; why: Why }, owners: readonly Owner[]): void {
    if (owners.length === 0) return;
    const id = `${why} ${kind}`;
    const lacking = this.#lacking.get(id) ?? { kind, why, count: 0, names: [] };
    lacking.count += 1;
    if (lacking.names.length < NAMED) lacking.names.push(`${objectTitle(kind, key)}: ${titles(owners)}`);
    this.#lacking.set(id, lacking);
  }

  /** An owner is in the namespace of the object, or cluster-scoped. */
  #hasFailed({ kind, name }: Owner, namespace: string | undefined): boolean {
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
