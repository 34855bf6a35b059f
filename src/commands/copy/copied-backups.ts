/** How `kube-backup copy` shows its work. docs/commands/copy.md documents the JSON. */

import type { Result } from "../../command-line/output.ts";
import { OperatorError, PartialError } from "../../errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";
import type { CopyResult } from "./copy-each.ts";

/** A backup in JSON. */
interface CopiedJson {
  name: string;
  /** RFC 3339, UTC, without fractions. */
  time: string;
  sizeBytes: number;
  /** `planned`: a dry run would copy it. */
  outcome: "copied" | "planned" | "present" | "failed" | "untouched";
  reason: string | null;
  /** Whether its note is beside it in the second store; null where it was not copied. */
  noted: boolean | null;
  /** What became of the tags that were set later; null where it was not copied. */
  laterTags: "none" | "present" | "copied" | "kept" | null;
}

/** The result as JSON and as text. */
export function copiedBackups(
  results: readonly CopyResult[],
  { from, to, none }: { from: string; to: string; none: string | undefined },
): Result {
  const backups = results.map(copiedJson);
  return {
    json: { store: from, copyStore: to, backups },
    text: () => [...(none === undefined ? [] : [none]), ...backups.map(line), ...summary(backups, to)],
  };
}

function copiedJson({ backup: { name, time, size }, copied, error }: CopyResult): CopiedJson {
  return {
    name,
    time: rfc3339(time),
    sizeBytes: copied?.size ?? size,
    outcome: copied?.outcome ?? (error === undefined ? "untouched" : "failed"),
    reason: error?.message ?? null,
    noted: copied?.noted ?? null,
    laterTags: copied?.tags ?? null,
  };
}

const DONE = { copied: "copied and checked", planned: "would be copied", present: "already there" } as const;

function line({ name, sizeBytes, outcome, reason, noted, laterTags }: CopiedJson): string {
  if (outcome === "failed") return reason ?? `${name}: not copied`;
  if (outcome === "untouched") return `${name}: not tried`;
  const facts = [
    DONE[outcome],
    formatBytes(sizeBytes),
    ...(noted === true ? [] : ["it has no note"]),
    ...(laterTags === "copied" ? ["with its tags"] : []),
    ...(laterTags === "kept" ? ["the tags there are later ones, and stay"] : []),
  ];
  return `${name}: ${facts.join(", ")}`;
}

function summary(backups: readonly CopiedJson[], to: string): string[] {
  if (backups.length < 2) return [];
  const count = (outcome: CopiedJson["outcome"]) => backups.filter((each) => each.outcome === outcome).length;
  const amounts = [
    [count("copied"), "copied"],
    [count("planned"), "would be copied"],
    [count("present"), "already there"],
    [count("failed"), "not copied"],
    [count("untouched"), "not tried"],
  ] as const;
  const text = amounts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return [`${to}: ${text.join(", ")}`];
}

/** @throws {OperatorError} where none is in the second store; {@link PartialError} where some are not. */
export function throwCopyFailures(results: readonly CopyResult[], to: string): void {
  const missing = results.filter(({ copied }) => copied === undefined);
  const [first] = missing;
  if (first === undefined) return;
  const advice = missing.find(({ error }) => error?.advice !== undefined)?.error?.advice;
  const options = advice === undefined ? {} : { advice };
  const total = amount(results.length, "backup");
  if (missing.length === results.length)
    throw new OperatorError(`Cannot copy any of ${total} to ${to}`, options);
  throw new PartialError(`Cannot copy ${missing.length} of ${total} to ${to}`, options);
}
