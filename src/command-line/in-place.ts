/** The store of a backup that is named by its URL or path. */

import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { FileEntries } from "../settings/file-entries.ts";
import type { SettingsWith } from "../settings/settings.ts";
import { type Environment, readVariable } from "../settings/variables.ts";
import type { Target } from "../store/contract/target.ts";
import type { Log } from "../terminal/log/log.ts";
import type { PlacedChoice } from "./backup-argument.ts";
import { placeOfWord } from "./backup-word.ts";
import type { Command } from "./command.ts";

/** What opens a store. */
interface Opens {
  settings: SettingsWith<"s3target">;
  log: Log;
}

/** The same with the store of the choice in place of S3TARGET's. Says where the two differ, which BACKUP is passed over, and which moment is meant. */
export function inPlace<Context extends Opens>(context: Context, choice: PlacedChoice): Context {
  const { settings, log } = context;
  const { place, passedOver = [], local } = choice;
  if (local !== undefined) log.info(local);
  const name = choice.kind === "named" ? choice.name : choice.kind;
  if (passedOver.length > 0) log.info(`-b says which backup: ${name}, and not ${passedOver.join(", ")}`);
  if (place === undefined) return context;
  const [here, there] = [titleOf(settings.s3target), titleOf(place)];
  if (here !== there) log.info(`${name} is read from ${there}, and not from S3TARGET, which is ${here}`);
  return { ...context, settings: { ...settings, s3target: place } };
}

/**
 * The flags with the store that an argument names; or with that of the backup that they name, where no setting says which
 * store.
 *
 * @throws {UsageError} where what names a backup and its store is wrong.
 */
export function withPlace(
  command: Pick<Command, "backupWords" | "storeWord">,
  flags: Record<string, unknown>,
  { environment, file }: { environment: Environment; file: FileEntries },
): Record<string, unknown> {
  const store = command.storeWord?.(flags);
  if (typeof store === "string") return { ...flags, s3target: store };
  if (hasStore(flags, { environment, file })) return flags;
  const words = command.backupWords?.(flags) ?? [];
  const places = words.flatMap((word) => (typeof word === "string" ? (placeOfWord(word) ?? []) : []));
  const [place] = places;
  if (place === undefined) return flags;
  if ("problem" in place) throw new UsageError([place.problem]);
  return { ...flags, s3target: textOf(place) };
}

/** Whether a setting says which store. */
export function hasStore(
  flags: Record<string, unknown>,
  { environment, file }: { environment: Environment; file: FileEntries },
): boolean {
  const given = flags["s3target"] !== undefined || readVariable(environment, "S3TARGET") !== "";
  return given || file.has("s3target");
}

/** The store for people. */
function titleOf(target: Target): string {
  return target.kind === "file" ? `file://${resolve(target.folder)}` : textOf(target);
}

/** A target as S3TARGET has it. */
function textOf(target: Target): string {
  if (target.kind === "s3")
    return `s3://${[target.bucket, target.prefix].filter((part) => part !== "").join("/")}`;
  return `file:${target.folder.split("/").map(encodeURIComponent).join("/")}`;
}
