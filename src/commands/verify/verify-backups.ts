import { excludedObjects } from "../../archive/format/counts.ts";
import { DamagedArchiveError } from "../../archive/format/damaged-archive-error.ts";
import { warningsOf } from "../../archive/format/lacking.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import { NewerFormatError } from "../../archive/format/newer-format-error.ts";
import { describeScope } from "../../archive/format/scope.ts";
import type { OpenBackup } from "../../catalog/open-backup.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { MissingKeyError } from "../../encryption/missing-key-error.ts";
import { OperatorError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import { TwoFormsError } from "../../store/contract/two-forms-error.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Progress } from "../../terminal/progress/progress.ts";
import { amount } from "../../words/amount.ts";
import type { ChosenBackup } from "./chosen-backups.ts";
import type { KindsJudgment } from "./judge-kinds.ts";
import { describeKinds } from "./kinds-text.ts";

/** The result of verifying one backup. docs/commands/verify.md documents the JSON. */
export interface Verification {
  name: string;
  /** `valid`: every byte was checked. `encrypted`: no key opens it, and only the stored bytes were checked. */
  state: "valid" | "damaged" | "newer format" | "encrypted";
  /** Why the backup cannot be restored, or was not read; null otherwise. */
  reason: string | null;
  /** Whether the stored bytes are those of the note; null where that was not asked, or there is no note. */
  asNoted: boolean | null;
  /** Number of objects; null when the backup is damaged or was not read. */
  objects: number | null;
  /** Size of the archive in bytes. */
  sizeBytes: number | null;
  /** Which namespaces the backup was asked for; null where it is of all of them, or damaged. */
  scope: Manifest["scope"] | null;
  /** Resources that could not be read when the backup was taken, and warnings. Null when the backup is damaged. */
  missing: readonly { resource: string; reason: string }[] | null;
  /** Number of objects that a label left out, by resource. */
  excluded: Readonly<Record<string, number>> | null;
  warnings: readonly string[] | null;
  /** What a Kubernetes serves of it; null where that was not asked, or the backup was not read. */
  kubernetes: KindsJudgment | null;
}

/** Options of {@link verifyBackups}. */
export interface VerifyBackupsOptions {
  store: Store;
  backups: AsyncIterable<ChosenBackup>;
  /** Whether it is recorded in the store that a backup was found valid. */
  recorded: boolean;
  /** The Kubernetes whose kinds are asked for, a minor version of 1; undefined for none. */
  kubernetes: number | undefined;
}

/** Verifies backups one after the other. Skips a backup that is removed before its turn. */
export async function* verifyBackups(
  { signal, log, progress, now }: Pick<CommandContext, "signal" | "log" | "progress" | "now">,
  { store, backups, recorded, kubernetes }: VerifyBackupsOptions,
): AsyncGenerator<Verification> {
  const { recordCheck } = await import("../../catalog/check-record.ts");
  const { judgeKinds } = await import("./judge-kinds.ts");
  for await (const { name, size } of backups) {
    const common = { name, sizeBytes: size ?? null };
    try {
      const { archive, etag, close } = await openVerified({ store, name, progress }, signal);
      await close();
      if (recorded) await recordCheck({ store, log, check: { backup: name, etag, time: now() } }, signal);
      const objects = Object.values(archive.manifest.counts).reduce((sum, count) => sum + count, 0);
      const { scope = null, missing, excluded, resources } = archive.manifest;
      const warnings = warningsOf(archive.manifest);
      const asNoted = null;
      yield {
        ...{ ...common, state: "valid", reason: null, asNoted },
        ...{ objects, scope, missing, excluded, warnings },
        kubernetes: kubernetes === undefined ? null : judgeKinds(resources, kubernetes),
      };
    } catch (error) {
      const fault = faultOf(error);
      if (error instanceof MissingKeyError) {
        yield { ...common, ...(await verifyStoredBytes({ store, name, progress, error }, signal)) };
      } else if (fault !== undefined) yield { ...common, ...fault };
      else {
        // A listed backup that is gone was pruned in the meantime.
        const gone = error instanceof OperatorError && size !== undefined && !(await store.has(name, signal));
        if (!gone) throw error;
        log.info({ backup: name }, "This backup was removed meanwhile");
      }
    }
    log.debug({ backup: name }, "Checked");
  }
}

/** What an error says of a backup; undefined of a store that cannot be read, which proves nothing about the backup. */
function faultOf(error: unknown): Omit<Verification, "name" | "sizeBytes"> | undefined {
  if (error instanceof NewerFormatError) return { ...unread(error.message), state: "newer format" };
  const damaged = error instanceof DamagedArchiveError || error instanceof TwoFormsError;
  return damaged ? { ...unread(error.message), state: "damaged" } : undefined;
}

/** What is known of a backup that was not read. */
function unread(reason: string): Omit<Verification, "name" | "sizeBytes" | "state"> {
  const nothing = { objects: null, scope: null, missing: null, excluded: null, warnings: null };
  return { reason, asNoted: null, ...nothing, kubernetes: null };
}

/** Compares the stored bytes of a backup that no key opens with its note. */
async function verifyStoredBytes(
  {
    store,
    name,
    progress,
    error,
  }: { store: Store; name: string; progress: Progress; error: MissingKeyError },
  signal: AbortSignal,
): Promise<Omit<Verification, "name" | "sizeBytes">> {
  const { checkStoredBytes } = await import("../../catalog/stored-bytes.ts");
  const stage = progress({ title: `Checking ${name}`, unit: "bytes" });
  let seen = 0;
  try {
    const { note, damage } = await checkStoredBytes(
      { store, name, whole: true },
      signal,
      ({ done, total }) => {
        if (seen === 0) stage.total(total);
        stage.advance(done - seen);
        seen = done;
      },
    );
    if (damage !== undefined) {
      return {
        ...unread(`Cannot read backup ${name}: ${damage}`),
        state: "damaged",
        asNoted: note === undefined ? null : false,
      };
    }
    return { ...unread(error.reason), state: "encrypted", asNoted: note === undefined ? null : true };
  } finally {
    stage.end();
  }
}

/** Opens a backup after verifying every byte. */
export async function openVerified(
  { store, name, progress }: { store: Store; name: string; progress: Progress },
  signal: AbortSignal,
): Promise<OpenBackup> {
  const { openBackup } = await import("../../catalog/open-backup.ts");
  const stage = progress({ title: `Checking ${name}`, unit: "bytes" });
  let seen = 0;
  try {
    return await openBackup(store, name, signal, {
      check: "every byte",
      onProgress: ({ done, total }) => {
        if (seen === 0) stage.total(total);
        stage.advance(done - seen);
        seen = done;
      },
    });
  } finally {
    stage.end();
  }
}

/** For people: `backup_20260131T120000Z is whole: 104 objects, 34 KiB`, and the gaps of the backup. */
export function describeVerification({ name, reason, objects, sizeBytes, ...lacks }: Verification): string[] {
  if (lacks.state === "encrypted") {
    const size = sizeBytes === null ? "" : ` (${formatBytes(sizeBytes)})`;
    const bytes =
      lacks.asNoted === null ? "is an age file without a note" : "has the bytes that its note is of";
    return [`${name} ${bytes}${size}. What it holds was not checked: ${reason}`];
  }
  if (reason !== null) return [reason];
  const left = excludedObjects({ excluded: lacks.excluded ?? {} });
  const facts = [
    amount(objects ?? 0, "object"),
    ...(left === 0 ? [] : [`${left} left out by a label`]),
    ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]),
  ];
  const partial = lacks.scope ? describeScope({ scope: lacks.scope }) : undefined;
  const lines = [
    ...(partial === undefined ? [] : [`It is ${partial}`]),
    ...(lacks.missing ?? []).map(({ resource, reason }) => `${resource} could not be backed up: ${reason}`),
    ...(lacks.warnings ?? []),
  ];
  const kinds = lacks.kubernetes === null ? [] : describeKinds(lacks.kubernetes, objects ?? 0);
  return [`${name} is whole: ${facts.join(", ")}`, ...lines.map((line) => `  ${line}`), ...kinds];
}
