/** What `kube-backup describe` knows of a backup. docs/commands/describe.md documents the JSON. */

import { clusterReference } from "../../archive/format/cluster-reference.ts";
import { totalObjects } from "../../archive/format/counts.ts";
import { warningsOf } from "../../archive/format/lacking.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import type { Note } from "../../notes/note.ts";
import type { NoteReading } from "../../notes/read-note.ts";
import type { KeptUntil } from "../../retention/kept-until.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import type { Belief } from "../../trust/judge-backup.ts";

/** Who signed the note of a backup. */
export interface Signature {
  /** The fingerprint as ssh-keygen prints it; null where the signature is none of this note. */
  key: string | null;
  /** For whom: CLUSTER_NAME, or the uid of the cluster. */
  principal: string;
  /** Why it is no signature of this note; null where it is one. */
  reason: string | null;
}

/** The objects of one namespace, or those that are in none. */
export interface Contents {
  namespace: string | null;
  objects: number;
  unpackedBytes: number;
  /** By the title of the kind. */
  kinds: Record<string, number>;
}

/** All facts. */
export interface DescriptionFacts {
  backup: StoredBackup;
  store: string;
  asOf: Date;
  state: "valid" | "ok" | "damaged" | "newer format" | "encrypted";
  /** Why it cannot be read, or not without a key. */
  reason: string | undefined;
  /** By its archive, or by its note; undefined where nothing tells. */
  manifest: Omit<Manifest, "files"> | undefined;
  contents: readonly Contents[] | undefined;
  reading: NoteReading;
  /** The note, where it is of this backup. */
  note: Note | undefined;
  signature: Signature | undefined;
  /** With ALLOWED_SIGNERS. */
  belief: Belief | undefined;
  checked: Date | undefined;
  tags: readonly string[] | undefined;
  /** Where a rule is set. */
  retention: KeptUntil | undefined;
}

/** The document. */
export function descriptionJson(facts: DescriptionFacts) {
  const { backup, asOf, manifest, contents, reading, note, belief, checked, retention } = facts;
  return {
    name: backup.name,
    store: facts.store,
    time: rfc3339(backup.time),
    ageSeconds: Math.floor((asOf.getTime() - backup.time.getTime()) / 1000),
    sizeBytes: backup.size,
    unpackedBytes: contents?.reduce((sum, each) => sum + each.unpackedBytes, 0) ?? null,
    state: facts.state,
    reason: facts.reason ?? null,
    checked: checked === undefined ? null : rfc3339(checked),
    ...ofManifest(manifest),
    contents: contents ?? null,
    tags: facts.tags ?? null,
    note: note !== undefined ? "ok" : reading.state === "none" ? "none" : "unusable",
    encrypted: backup.form === "zip.age",
    recipients: note?.recipients ?? null,
    signature: facts.signature ?? null,
    used: belief?.believed ?? null,
    notUsed: belief?.believed === false ? belief.reason : null,
    retention: retention === undefined ? null : retentionJson(retention),
  };
}

function retentionJson({ keep, reasons, until }: KeptUntil) {
  return { keep, reasons, until: until === undefined ? null : rfc3339(until) };
}

function ofManifest(manifest: Omit<Manifest, "files"> | undefined) {
  if (manifest === undefined) {
    return {
      ...{ cluster: null, kubernetesVersion: null, program: null, revision: null, oneMoment: null },
      ...{ intervalSeconds: null, scope: null, parent: null, objects: null, kinds: null, missing: null },
      ...{ excluded: null, leftOut: null, notKept: null, warnings: null },
    };
  }
  const { cluster, program, revision, oneMoment, intervalSeconds, scope, parent, counts } = manifest;
  return {
    cluster: clusterReference(cluster),
    kubernetesVersion: cluster.kubernetesVersion,
    program,
    revision,
    oneMoment,
    intervalSeconds: intervalSeconds ?? null,
    scope: scope ?? null,
    parent: parent === undefined ? null : { ...parent, cluster: { id: parent.cluster } },
    objects: totalObjects(manifest),
    kinds: counts,
    missing: manifest.missing,
    excluded: manifest.excluded,
    leftOut: (manifest.leftOut ?? []).map(({ resource, objects, why }) => ({
      resource,
      objects,
      reason: why,
    })),
    notKept: manifest.notKept ?? [],
    warnings: warningsOf(manifest),
  };
}
