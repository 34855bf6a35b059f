import type { OpenBackup } from "../../catalog/open-backup.ts";
import { openMoment } from "../../change-log/replay/open-moment.ts";
import { OperatorError, PartialError } from "../../errors.ts";
import type { KindTitles } from "../../kubernetes/kind-titles.ts";
import { objectTitle, resourceName } from "../../kubernetes/resource.ts";
import type { Store } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { readChangedObjects } from "../../undo/changed-objects.ts";
import { Undo, type UndoConflict } from "../../undo/undo.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";
import { countSelected, type RestoreScope } from "./scope.ts";

/** How many fields of an object a note names. */
const FIELDS_NAMED = 5;

/** Changes that are to be reverted. */
export interface OpenUndo {
  since: Date;
  undo: Undo;
  /** What changed, of what was asked for. */
  scope: RestoreScope;
  notes: readonly string[];
}

/**
 * Opens the state at the moment from which on changes are reverted.
 *
 * @throws {OperatorError} where the change log does not cover it.
 */
export async function openStateAt(store: Store, since: Date, signal: AbortSignal): Promise<OpenBackup> {
  const moment = await openMoment({ store, moment: since }, signal);
  if (moment === undefined)
    throw new OperatorError(
      `Cannot undo what changed since ${rfc3339(since)}: ${store.url} has no change log of that time`,
      {
        advice:
          "Set CHANGE_LOG for the time to come; kube-backup restore --at restores the newest backup before",
      },
    );
  const { archive, encrypted } = moment;
  return { name: archive.name, etag: undefined, archive, encrypted, close: async () => {} };
}

/** Finds out what changed since then, of what was asked for. */
export async function findChanges(
  { archive }: OpenBackup,
  { store, since, scope, now }: { store: Store; since: Date; scope: RestoreScope; now: Date },
  signal: AbortSignal,
): Promise<OpenUndo> {
  const changed = await readChangedObjects(
    { store, archive, selection: scope.selection, since, now },
    signal,
  );
  const { selection, reached, notes } = changed;
  const objects = await countSelected(archive, { selection, byLabels: true }, signal);
  const until = `The change log is certain up to ${reached.toISOString()}: what changed later is left`;
  return {
    since,
    undo: new Undo(changed),
    scope: { ...scope, selection, objects, whole: false },
    notes: [...notes, until],
  };
}

/** What goes back in part only, one sentence each. */
export function describePartial({ undo }: OpenUndo, titles: KindTitles): string[] {
  return undo.conflicts
    .filter(({ isPartial }) => isPartial)
    .map(
      (each) => `${titleOf(each, titles)} is left in part as others have written it since: ${fieldsOf(each)}`,
    );
}

/** The conflicts as JSON has them. */
export function conflictsJson({ undo }: OpenUndo): object[] {
  return undo.conflicts.map(({ resource, namespace, name, fields }) => ({
    ...{ resource: resourceName(resource), kind: resource.kind, namespace: namespace ?? null, name, fields },
  }));
}

/** The error with which an undo ends that has left something; undefined where it has not. */
export function undoEnding(
  { undo, since }: OpenUndo,
  { dryRun }: { dryRun: boolean },
): PartialError | undefined {
  const { length } = undo.conflicts;
  if (length === 0) return undefined;
  const objects = amount(length, "object");
  const [verb, have] = [dryRun ? "would be left" : "are left", length === 1 ? "has" : "have"];
  return new PartialError(
    `Cannot undo all that changed since ${rfc3339(since)}: ${objects} ${have} fields that others have written since, and these ${verb}`,
    { advice: "Look at them with kube-backup log -p, and change by hand what is to change" },
  );
}

function titleOf({ resource, namespace, name }: UndoConflict, titles: KindTitles): string {
  return objectTitle(titles.get(resourceName(resource)) ?? resource.kind, { namespace, name });
}

function fieldsOf({ fields }: UndoConflict): string {
  return someNames(fields, FIELDS_NAMED);
}
