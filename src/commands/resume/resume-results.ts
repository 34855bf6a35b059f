/** What `resume` shows. docs/commands/resume.md documents the JSON document. */

import { OperatorError, PartialError } from "../../errors.ts";
import { objectTitle, resourceName } from "../../kubernetes/resource.ts";
import type { PausedObject } from "../../resume/paused-objects.ts";
import type { ResumeResult } from "../../resume/resume-objects.ts";
import { formatTable } from "../../terminal/table.ts";
import { amount } from "../../words/amount.ts";

/** Options of {@link resumed}. */
export interface ResumedOptions {
  namespace: string;
  dryRun: boolean;
  notes: readonly string[];
}

const DONE: Record<ResumeResult["outcome"], string> = {
  resumed: "started",
  planned: "to start",
  kept: "left as it is",
  failed: "failed",
};

/** The document, and the text. */
export function resumed(
  results: readonly ResumeResult[],
  { namespace, dryRun, notes }: ResumedOptions,
): { json: object; text: string[] } {
  const items = results.map(({ resource, key, outcome, value, reason }) => ({
    resource: resourceName(resource),
    kind: resource.kind,
    namespace,
    name: key.name,
    outcome,
    replicas: value !== undefined && "replicas" in value ? value.replicas : null,
    suspend: value !== undefined && "suspend" in value ? value.suspend : null,
    reason: reason ?? null,
  }));
  return {
    json: { namespace, planned: dryRun, items, notes },
    text:
      results.length === 0
        ? [`Nothing is paused in the namespace ${namespace}`, ...notes]
        : [...table(results), ...notes, summary(results, { namespace, dryRun })],
  };
}

/** What is paused, before it is asked about. */
export function plannedLines(objects: readonly PausedObject[]): string[] {
  return formatTable({
    columns: [{ title: "PAUSED" }, { title: "WILL HAVE" }],
    rows: objects.map(({ resource, key, had }) => [
      objectTitle(resource.kind, key),
      had === undefined ? "not known" : described(had),
    ]),
  });
}

function table(results: readonly ResumeResult[]): string[] {
  return formatTable({
    columns: [{ title: "PAUSED" }, { title: "RESULT" }, { title: "HAS" }],
    rows: results.map(({ resource, key, outcome, value, reason }) => [
      objectTitle(resource.kind, key),
      reason === undefined ? DONE[outcome] : `${DONE[outcome]}: ${reason}`,
      value === undefined ? "" : described(value),
    ]),
  });
}

function described(value: NonNullable<PausedObject["had"]>): string {
  if ("replicas" in value) return amount(value.replicas, "replica");
  return value.suspend ? "suspended" : "not suspended";
}

function summary(
  results: readonly ResumeResult[],
  { namespace, dryRun }: Omit<ResumedOptions, "notes">,
): string {
  const outcomes = Map.groupBy(results, ({ outcome }) => outcome);
  const counts = [...outcomes].map(([outcome, of]) => `${of.length} ${DONE[outcome]}`);
  return `${namespace}${dryRun ? " not resumed, this is a dry run" : " resumed"}: ${counts.join(", ")}`;
}

/** The error with which it ends; undefined where all is well. */
export function resumeEnding(
  results: readonly Pick<ResumeResult, "outcome">[],
  { namespace, unread, nothingRead }: { namespace: string; unread: readonly string[]; nothingRead: boolean },
): OperatorError | undefined {
  const failed = results.filter(({ outcome }) => outcome === "failed").length;
  if (failed === 0 && unread.length === 0) return undefined;
  const what = [
    ...(failed === 0 ? [] : [`${failed} of ${amount(results.length, "object")} failed`]),
    ...unread,
  ];
  const advice = { advice: "Mend what is in the way, and run the same command again" };
  const message = `Cannot resume ${namespace} wholly: ${what.join("; ")}`;
  // Nothing was found where all could not be read.
  const isPart = failed < results.length || (failed === 0 && !nothingRead);
  if (isPart) return new PartialError(message, advice);
  return new OperatorError(`Cannot resume ${namespace}: ${what.join("; ")}`, advice);
}
