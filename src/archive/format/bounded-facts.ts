import { MAX_ELEMENTS, MAX_TEXT } from "./bounds.ts";
import type { ManifestFacts, ManifestLacking } from "./manifest.ts";

/** How much of the names of what a backup lacks is kept, in UTF-16 units: a list of backups has them all in memory. */
const MAX_NAMES = 64 * 1024;

/** Facts whose texts for people are no longer, and no more, than a reader takes. What an API server says may be long. */
export function boundedFacts(facts: ManifestFacts): ManifestFacts {
  const { warnings, missing, lacking, notKept, leftOut, excluded } = facts;
  return {
    ...facts,
    warnings: few(warnings.map(short), (more) => `${more} more warnings are not kept`),
    missing: few(
      missing.map(({ resource, reason }) => ({ resource: short(resource), reason: short(reason) })),
      (more) => ({ resource: `${more} more`, reason: "too many to be named" }),
    ),
    ...(lacking === undefined ? {} : { lacking: fewNames(lacking.slice(0, MAX_ELEMENTS)) }),
    ...(notKept === undefined ? {} : { notKept: notKept.slice(0, MAX_ELEMENTS) }),
    ...(leftOut === undefined ? {} : { leftOut: leftOut.slice(0, MAX_ELEMENTS) }),
    ...(excluded === undefined
      ? {}
      : { excluded: Object.fromEntries(Object.entries(excluded).slice(0, MAX_ELEMENTS)) }),
  };
}

function short(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}

/** Keeps as many names of each as fit into its share. */
function fewNames(lacking: readonly ManifestLacking[]): ManifestLacking[] {
  return lacking.map((each) => {
    let room = MAX_NAMES / lacking.length;
    const end = each.names.findIndex((name) => {
      room -= name.length;
      return room < 0;
    });
    return end === -1 ? each : { ...each, names: each.names.slice(0, end) };
  });
}

function few<T>(elements: readonly T[], rest: (more: number) => T): T[] {
  const kept = elements.slice(0, MAX_ELEMENTS - 1);
  const more = elements.length - kept.length;
  return more === 0 ? kept : [...kept, rest(more)];
}
