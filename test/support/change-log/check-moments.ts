/** Compares moments that a change log gives with what writers have written up to the resource version of each. */

import assert from "node:assert/strict";
import type { Archive } from "../../../src/archive/reader.ts";
import { openMoment } from "../../../src/change-log/replay/open-moment.ts";
import { OperatorError } from "../../../src/errors.ts";
import { compareRevisions } from "../../../src/kubernetes/revision.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { NEVER } from "../samples/sample-archive.ts";
import { WRITTEN_KINDS, type Writers, type Written } from "./writers.ts";

/** A moment as the change log gives it. */
export interface Reading {
  moment: Date;
  /** The backup that it starts from. */
  base: string;
  revision: string;
  /** The values of the writers' objects, by `configmaps shop/o-1`. */
  values: ReadonlyMap<string, string>;
}

/** What {@link readMoment} found instead of a moment. */
export type Refusal = "gap" | "not yet" | "two" | "no backup" | "before the first";

const REFUSALS: readonly [RegExp, Refusal][] = [
  [/has a gap there/, "gap"],
  [/does not reach this moment yet/, "not yet"],
  [/two change logs in/, "two"],
  [/no backup in .* is left/, "no backup"],
];

/** Reads a moment by the code that `get --at` reads it with. */
export async function readMoment(
  store: Store,
  moment: Date,
  namespaces: readonly string[],
): Promise<Reading | Refusal> {
  try {
    const opened = await openMoment({ store, moment }, NEVER);
    if (opened === undefined) return "before the first";
    const { archive, base, revision } = opened;
    return { moment, base, revision, values: await valuesOf(archive, namespaces) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const refusal = REFUSALS.find(([pattern]) => pattern.test(error.message));
    if (refusal === undefined) throw error;
    return refusal[1];
  }
}

/** The annotation of each written object in an archive. */
async function valuesOf(archive: Archive, namespaces: readonly string[]): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const file of archive.files) {
    if (file.content !== "objects" || !namespaces.includes(file.namespace ?? "")) continue;
    for await (const line of archive.objects(file, NEVER)) {
      const { metadata } = JSON.parse(line);
      const value = metadata.annotations?.value;
      if (value !== undefined) values.set(`${file.resource} ${metadata.namespace}/${metadata.name}`, value);
    }
  }
  return values;
}

/** How far a moment may be off, in milliseconds. */
export interface Tolerance {
  /** What was answered so long before is in it. */
  late: number;
  /** What was sent so long after is not; a second and a half by default. */
  early?: number;
}

/**
 * The moments that are not exactly what the writers had written up to the resource version, in words, and those that are
 * off by more than is tolerated.
 */
export function wrongMoments(
  readings: readonly Reading[],
  writers: Pick<Writers, "written">,
  tolerance: Tolerance,
): string[] {
  const sorted = readings.toSorted((one, other) => compareRevisions(one.revision, other.revision));
  return WRITTEN_KINDS.flatMap((kind) =>
    wrongOfKind(kind, sorted, writers.written.get(kind) ?? [], tolerance),
  );
}

function wrongOfKind(
  kind: string,
  sorted: readonly Reading[],
  written: readonly Written[],
  tolerance: Tolerance,
): string[] {
  const wrong: string[] = [];
  const { late, early = 1_500 } = tolerance;
  const state = new Map<string, string>();
  let done = 0;
  let next = 0;
  for (const { moment, revision, values } of sorted) {
    // A writer writes one after the other: what is before the first later one is up to the resource version.
    while (next < written.length && !isLater(written[next], revision)) next += 1;
    // Of deletions the resource version is not known: those just before the first later write may be later, too.
    let least = next;
    while (least > done && written[least - 1]?.value === undefined) least -= 1;
    for (; done < least; done += 1) apply(state, written[done]);
    const mine = new Map([...values].filter(([key]) => key.startsWith(`${kind} `)));
    const possible = new Map(state);
    let fits = equal(possible, mine);
    for (let index = least; index < next && !fits; index += 1) {
      apply(possible, written[index]);
      fits = equal(possible, mine);
    }
    const at = `${kind} at ${moment.toISOString()}, resource version ${revision}`;
    if (!fits) wrong.push(`${at}: not the state of that resource version`);
    const time = moment.getTime();
    const missing = written[next];
    if (missing !== undefined && missing.revision !== "" && missing.answered < time - late)
      wrong.push(`${at}: lacks ${missing.key}, answered ${time - missing.answered} ms before`);
    const last = written.slice(0, next).findLast((each) => each.revision !== "");
    if (last !== undefined && last.sent > time + early)
      wrong.push(`${at}: has ${last.key}, sent ${last.sent - time} ms later`);
  }
  return wrong;
}

function isLater(written: Written | undefined, revision: string): boolean {
  return written !== undefined && written.revision !== "" && compareRevisions(written.revision, revision) > 0;
}

function apply(state: Map<string, string>, written: Written | undefined): void {
  if (written === undefined) return;
  if (written.value === undefined) state.delete(written.key);
  else state.set(written.key, written.value);
}

function equal(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** Reads moments; counts what was refused, by the reason. */
export async function readMoments(
  store: Store,
  moments: readonly Date[],
  namespaces: readonly string[],
): Promise<{ readings: Reading[]; refusals: ReadonlyMap<Refusal, number> }> {
  const readings: Reading[] = [];
  const refusals = new Map<Refusal, number>();
  for (const moment of moments) {
    const read = await readMoment(store, moment, namespaces);
    if (typeof read === "string") refusals.set(read, (refusals.get(read) ?? 0) + 1);
    else readings.push(read);
  }
  return { readings, refusals };
}

/** Random moments between two times, by a seed. */
export function randomMoments(count: number, from: number, to: number, seed = 1): Date[] {
  assert.ok(from < to);
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return new Date(from + (state / 2 ** 31) * (to - from));
  });
}
