/** What `kube-backup list --long` says of a backup. docs/commands/list.md documents the JSON. */

import { clusterReference } from "../../archive/format/cluster-reference.ts";
import { excludedObjects, totalObjects } from "../../archive/format/counts.ts";
import { warningsOf } from "../../archive/format/lacking.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import { describeScope } from "../../archive/format/scope.ts";
import { type Inspection, knownManifest } from "../../catalog/inspection.ts";
import type { Look } from "../../catalog/look-at-backups.ts";
import type { Note } from "../../notes/note.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";

/** The facts of a backup; null where nothing tells them. */
export interface LongFields {
  /**
   * `valid`: every byte was checked. `ok`: its note fits, or its manifest and table of contents are in order. `encrypted`:
   * it has no note that fits, and no key opens it.
   */
  state: "valid" | "ok" | "damaged" | "newer format" | "encrypted";
  /** Why the backup cannot be read; null when it can, as far as anybody has looked. */
  reason: string | null;
  /** Whether it is encrypted. */
  encrypted: boolean;
  /** Whether the facts are those of its note: `none` where there is none, `unusable` where it does not fit. */
  note: "ok" | "none" | "unusable";
  /** When every byte was last found valid. */
  checked: string | null;
  objects: number | null;
  namespaces: number | null;
  /** The cluster that made it, with its CLUSTER_NAME where it has one. */
  cluster: { id: string; name?: string } | null;
  kubernetesVersion: string | null;
  oneMoment: boolean | null;
  /** Which namespaces the backup was asked for; null where it is of all of them. */
  scope: Manifest["scope"] | null;
  /** Names of the resources that could not be read when the backup was taken. */
  missingResources: readonly string[] | null;
  /** Number of objects that a label left out. */
  excludedObjects: number | null;
  /** Number of warnings. */
  warningCount: number | null;
  /** With ALLOWED_SIGNERS: whether the backup is used; why not, where it is not. */
  used?: boolean;
  notUsed?: string | null;
  /** The file of the same name in the other form, which does not count since the signed note is of this one. */
  ignored?: string | null;
}

/** Assembles the facts of a backup. */
export function longFields({ backup, facts, reading, checked, belief, ignored }: Look): LongFields {
  const isNoted = "note" in facts;
  const state = isNoted ? "ok" : stateName(facts.inspection);
  const used =
    belief === undefined
      ? {}
      : {
          used: belief.believed,
          notUsed: belief.believed ? null : belief.reason,
          ignored: ignored ?? null,
        };
  return {
    state: state === "ok" && checked !== undefined ? "valid" : state,
    reason: isNoted || facts.inspection.state === "valid" ? null : facts.inspection.reason,
    encrypted: backup.form === "zip.age",
    note: isNoted ? "ok" : reading.state === "none" ? "none" : "unusable",
    checked: checked === undefined ? null : rfc3339(checked),
    ...(isNoted ? fieldsOfNote(facts.note) : fieldsOfManifest(knownManifest(facts.inspection))),
    ...used,
  };
}

type Facts = Omit<LongFields, "state" | "reason" | "encrypted" | "note" | "checked">;

function fieldsOfNote(note: Note): Facts {
  const { counts, cluster, kubernetesVersion, oneMoment, scope, missing, excluded, warnings } = note;
  return {
    objects: totalObjects({ counts }),
    namespaces: counts["Namespace"] ?? 0,
    cluster,
    kubernetesVersion,
    oneMoment,
    scope: scope ?? null,
    ...{ missingResources: missing, excludedObjects: excluded, warningCount: warnings },
  };
}

function fieldsOfManifest(manifest: Manifest | undefined): Facts {
  if (manifest === undefined) {
    return {
      ...{ objects: null, namespaces: null, cluster: null, kubernetesVersion: null, oneMoment: null },
      ...{ scope: null, missingResources: null, excludedObjects: null, warningCount: null },
    };
  }
  const { counts, cluster, oneMoment, scope, missing } = manifest;
  return {
    objects: totalObjects({ counts }),
    namespaces: counts["Namespace"] ?? 0,
    cluster: clusterReference(cluster),
    kubernetesVersion: cluster.kubernetesVersion,
    oneMoment,
    scope: scope ?? null,
    missingResources: missing.map(({ resource }) => resource),
    excludedObjects: excludedObjects(manifest),
    warningCount: warningsOf(manifest).length,
  };
}

function stateName({ state }: Inspection): LongFields["state"] {
  return state === "valid" ? "ok" : state;
}

/** `ok, 2 warnings`, `damaged: it is no zip file, or a damaged one`, `not used: its note is not signed`. */
export function describeState(fields: Partial<LongFields>): string {
  const { state, reason, encrypted, note, oneMoment, scope, used, notUsed, ignored } = fields;
  const { missingResources: missing, excludedObjects: excluded, warningCount: warnings } = fields;
  if (used === false) return `not used: ${notUsed}`;
  // Of an encrypted one the note says what follows.
  if (reason !== null && missing === null) return `${state}: ${reason}`;
  const partial = scope ? describeScope({ scope }) : undefined;
  const parts = [
    state,
    ...(encrypted === true && state !== "encrypted" ? ["encrypted"] : []),
    ...(note === "none" ? ["no note"] : note === "unusable" ? ["its note does not fit"] : []),
    ...(partial === undefined ? [] : [partial]),
    ...(oneMoment === false ? ["not of one moment"] : []),
    ...(missing?.length ? [`without ${missing.join(", ")}`] : []),
    ...(excluded ? [`${excluded} left out by a label`] : []),
    ...(warnings ? [amount(warnings, "warning")] : []),
    ...(ignored ? [`${ignored} beside it is ignored`] : []),
  ];
  return parts.join(", ");
}
