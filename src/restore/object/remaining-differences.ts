import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { someNames } from "../../words/some-names.ts";
import { leftOutBy, portableCopy } from "../live/live-object.ts";
import { differencesOf } from "./differences.ts";

/** How many differing fields a reason names. */
const FIELDS_NAMED = 5;

/** An object that was restored over a live one, and what a comparison would still show of it. */
export interface RemainingDifferences {
  resource: Resource;
  /** The object of the backup, as JSON. */
  text: string;
  /** The same object, with the live values of the fields that its controller maintains. */
  wanted: JsonObject;
  /** The object in the cluster, whole. */
  live: JsonObject;
  /** Why its owner references differ from those of the backup; undefined where they do not. */
  owners: string | undefined;
  /** Names of the resources of which the backup has finished objects. */
  keepFinished: ReadonlySet<string>;
}

/** What an update leaves unlike the backup, and why: what diff shows afterwards is named here. */
export function remainingDifferences({
  resource,
  text,
  wanted,
  live,
  owners,
  keepFinished,
}: RemainingDifferences): (string | undefined)[] {
  const { lost, added } = differencesOf(parseJson(text), wanted);
  const kept = [...lost, ...added];
  const { unclaimed } = differencesOf(wanted, portableCopy(resource, live), live);
  const rule = leftOutBy(resource, live, keepFinished);
  return [
    kept.length > 0 ? `its controller writes ${fieldList(kept)} by itself` : undefined,
    unclaimed.length > 0
      ? `${fieldList(unclaimed)} is as in the backup, though chosen by this cluster: diff counts it as gone`
      : undefined,
    owners,
    rule === undefined ? undefined : `backups leave it out by now, and diff counts it as gone: ${rule}`,
  ];
}

/** Reasons as one; undefined where there are none. */
export function joinReasons(reasons: readonly (string | undefined)[]): string | undefined {
  const known = new Set(reasons.filter((reason) => reason !== undefined));
  return known.size > 0 ? [...known].join("; ") : undefined;
}

/** `spec.replicas, spec.paused and 3 more`. */
export function fieldList(paths: readonly string[]): string {
  return someNames(paths, FIELDS_NAMED);
}
