import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { isNamespaces, type ObjectKey, parseApiVersion, type Resource } from "../../kubernetes/resource.ts";
import type { LiveState } from "../live/live-state.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";

/** A file of the archive whose objects may have to wait, and how the objects are restored. */
export interface RestorableFile {
  /** The resource as the archive has it, for reports. */
  resource: Pick<Resource, "group" | "kind" | "resource">;
  /** Reads the objects, anew each time. */
  read(signal: AbortSignal): AsyncIterable<ArchivedObject>;
  /** Restores one object, and reports nothing. Undefined where there is nothing to report. */
  restore(object: ObjectToRestore, signal: AbortSignal): Promise<RestoreResult | undefined>;
  /** Writes the owner references of an object that was created before its owners. */
  setOwners(key: ObjectKey, owners: readonly OwnerReference[], signal: AbortSignal): Promise<void>;
}

/** Why an object waits. */
export interface Waiting {
  owners: readonly Owner[];
  /** What was known of the object in the cluster before it was restored. */
  live?: LiveState | undefined;
  /** The last refusal, one that may pass; undefined where the object waits for its owners only. */
  refused?: RestoreResult | undefined;
  /** What became of the object before its owners existed: what is left to write waits for the owners. */
  before?: RestoreResult | undefined;
}

/** What an object waits for: its owners alone, what refuses it for a while, or that a denial passes. */
export type WaitsFor = "owners" | "refusal" | "denial";

/** The steps of a round: namespaces, then what has owners, then the rest. */
export type Step = "namespaces" | "owned" | "rest";

/** What an object waits for. */
export function waitsForWhat({ refused }: Waiting): WaitsFor {
  if (refused === undefined) return "owners";
  return refused.waitsFor === undefined ? "denial" : "refusal";
}

/** The step of a round in which an object is retried. */
export function stepOf({ resource }: RestorableFile, { owners }: Waiting): Step {
  if (isNamespaces(resource)) return "namespaces";
  return owners.length > 0 ? "owned" : "rest";
}

/** The ids that an owner can have: an owner is in the namespace of the object, or cluster-scoped. */
export function ownerIds({ apiVersion, kind, name }: Owner, namespace: string | undefined): string[] {
  const { group } = parseApiVersion(apiVersion);
  return [...new Set([namespace, undefined])].map((at) => idOf({ group, kind }, { namespace: at, name }));
}

/** The id of an object, as owner references name objects: without a version. */
export function idOf(
  { group, kind }: Pick<Resource, "group" | "kind">,
  { namespace, name }: ObjectKey,
): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
