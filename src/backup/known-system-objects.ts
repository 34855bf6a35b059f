import type { Candidate } from "../kubernetes/object-facts.ts";
import {
  type KeepsSystemObject,
  KNOWN_SYSTEM_OBJECTS,
  keptSystemObjects,
} from "../objects/kept-system-objects.ts";
import { someNames } from "../words/some-names.ts";

/** Collects the objects of kube-system on which applications are known to rely, and which no setting keeps. */
export class KnownSystemObjects {
  readonly #known: readonly { matches: KeepsSystemObject; text: string; what: string; names: string[] }[] =
    KNOWN_SYSTEM_OBJECTS.map(({ term, text, what }) => ({
      matches: keptSystemObjects([term]),
      text,
      what,
      names: [],
    }));

  /** Adds an object that the backup leaves out. */
  add(candidate: Candidate): void {
    if (candidate.namespace !== "kube-system") return;
    for (const { matches, names } of this.#known) if (matches(candidate)) names.push(candidate.name);
  }

  /** One sentence for each kind of such objects. */
  warnings(): string[] {
    return this.#known
      .filter(({ names }) => names.length > 0)
      .map(
        ({ text, what, names }) =>
          `The backup does not hold ${someNames(names)} of kube-system (${what}): to have it in it, and to restore it, add ${text} to KEEP_KUBE_SYSTEM`,
      );
  }
}
