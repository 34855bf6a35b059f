import { amount } from "../../words/amount.ts";
import type { Happening } from "../happenings.ts";

/** What an event says. */
export interface EventText {
  type: "Normal" | "Warning";
  /** In the manner of Kubernetes: `BackupFailed`. */
  reason: string;
  message: string;
}

/**
 * The event for what has happened; undefined where there is nothing to tell.
 *
 * @param failing whether the attempt before failed: a backup that succeeds is news only then.
 */
export function eventOf(happening: Happening, { failing }: { failing: boolean }): EventText | undefined {
  switch (happening.kind) {
    case "gate passed":
      return happening.because === "flag"
        ? normal("GatePassed", "No restore: the namespace backuprestore-donotuse exists")
        : normal(
            "GatePassed",
            "Nothing to restore: the store holds no backups. The namespace backuprestore-donotuse is written",
          );
    case "restore begun":
      return normal(
        "RestoreStarted",
        happening.resumed
          ? `Going on with the restore of ${happening.backup}`
          : `Restoring ${happening.backup}`,
      );
    case "restore ended":
      return normal(
        "Restored",
        `Restored ${happening.backup}: ${amount(happening.objects, "object")}${
          happening.refused === 0
            ? ""
            : `, less ${amount(happening.refused, "Pod")} that a policy of the cluster refuses`
        }`,
      );
    case "start failed":
      return warning(
        { refused: "RestoreRefused", "restore failed": "RestoreFailed", failed: "StartFailed" }[
          happening.how
        ],
        happening.reason,
      );
    case "backup stored":
      return failing
        ? normal("BackupStored", `Backups succeed again: ${happening.backup} is stored`)
        : undefined;
    case "backup failed":
      return isToldAgain(happening.failures)
        ? warning(
            "BackupFailed",
            `${happening.failures === 1 ? "" : `${happening.failures} times in a row: `}${happening.reason}`,
          )
        : undefined;
    case "rehearsed":
      return happening.refused === 0
        ? normal("Rehearsed", rehearsalText(happening))
        : warning("RehearsalRefused", rehearsalText(happening));
    case "rehearsal failed":
      return warning("RehearsalFailed", happening.reason);
    case "log begun":
      return undefined;
    case "log gap":
      return happening.isExpected ? undefined : warning("ChangeLogGap", gapText(happening));
  }
}

/** The first failure, the second, the fourth, the eighth: a night of failures is a dozen events. */
function isToldAgain(failures: number): boolean {
  return Number.isInteger(Math.log2(failures));
}

/** What a rehearsal has found, in a sentence without its period that names no object. */
export function rehearsalText({
  backup,
  objects,
  refused,
}: Pick<Happening & { kind: "rehearsed" }, "backup" | "objects" | "refused">): string {
  return refused === 0
    ? `The cluster would refuse none of ${amount(objects, "object")} of ${backup}`
    : `The cluster would refuse ${refused} of ${amount(objects, "object")} of ${backup}`;
}

/** What the change log lacks, in a sentence without its period. */
export function gapText({
  until,
  isFinal,
}: Pick<Happening & { kind: "log gap" }, "until" | "isFinal">): string {
  const certain =
    until === undefined
      ? "The change log has ended before anything was stored"
      : `The change log has ended: changes are stored up to ${until.toISOString()}`;
  const next = isFinal
    ? "it stays off until the program starts again"
    : "it goes on with the next backup, and what changes until then is in no log";
  return `${certain}; ${next}`;
}

function normal(reason: string, message: string): EventText {
  return { type: "Normal", reason, message };
}

function warning(reason: string, message: string): EventText {
  return { type: "Warning", reason, message };
}
