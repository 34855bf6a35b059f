import { MAX_ELEMENTS, MAX_TEXT } from "./bounds.ts";
import type { ManifestFacts } from "./manifest.ts";

/** Facts whose texts for people are no longer, and no more, than a reader takes. What an API server says may be long. */
export function boundedFacts(facts: ManifestFacts): ManifestFacts {
  const { warnings, missing, leftOut, excluded } = facts;
  return {
    ...facts,
    warnings: few(warnings.map(short), (more) => `${more} more warnings are not kept`),
    missing: few(
      missing.map(({ resource, reason }) => ({ resource: short(resource), reason: short(reason) })),
      (more) => ({ resource: `${more} more`, reason: "too many to be named" }),
    ),
    ...(leftOut === undefined ? {} : { leftOut: leftOut.slice(0, MAX_ELEMENTS) }),
    ...(excluded === undefined
      ? {}
      : { excluded: Object.fromEntries(Object.entries(excluded).slice(0, MAX_ELEMENTS)) }),
  };
}

function short(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}

function few<T>(elements: readonly T[], rest: (more: number) => T): T[] {
  const kept = elements.slice(0, MAX_ELEMENTS - 1);
  const more = elements.length - kept.length;
  return more === 0 ? kept : [...kept, rest(more)];
}
