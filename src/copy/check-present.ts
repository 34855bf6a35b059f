import { sha256OfStored } from "../catalog/stored-bytes.ts";
import { OperatorError } from "../errors.ts";
import { type BackupForm, fileOfBackup } from "../store/contract/backup-name.ts";
import type { RandomAccess, Store, StoredBackup } from "../store/contract/store.ts";
import { shellCommand } from "../words/shell-command.ts";

/** A backup that is to be copied, and what has its name in the second store. */
export interface PresentBackup {
  from: Store;
  to: Store;
  source: Pick<RandomAccess, "name" | "size" | "etag">;
  form: BackupForm;
  /** What its note says; undefined where it has none. */
  sha256: string | undefined;
  there: StoredBackup;
}

/**
 * Makes sure that what has the name in the second store is the same bytes.
 *
 * @throws {OperatorError} where they are others.
 */
export async function checkPresent(present: PresentBackup, signal: AbortSignal): Promise<void> {
  const { from, to, source, form, there } = present;
  const difference = apparentDifference(present);
  if (difference !== undefined) throw otherBytes(present, difference);
  if (saysMd5(source.etag) && source.etag === there.etag) return;
  const sha256 = present.sha256 ?? (await sha256OfStored(from, source.name, signal, { form }));
  if ((await sha256OfStored(to, source.name, signal, { form })) === sha256) return;
  throw otherBytes(present, "other bytes of the same length");
}

/** What tells the two apart without reading them; undefined for nothing. */
export function apparentDifference({
  source,
  form,
  there,
}: Pick<PresentBackup, "source" | "form" | "there">): string | undefined {
  if (there.form === "both") return "one encrypted and one not";
  const thereForm = there.form ?? "zip";
  if (thereForm !== form) return fileOfBackup(there.name, thereForm);
  if (there.size !== source.size) return `${there.size} bytes, and here it has ${source.size}`;
  return undefined;
}

/** Whether an etag is made of MD5 sums, as S3's without KMS is: equal ones are of equal bytes. */
function saysMd5(etag: string | undefined): boolean {
  return etag !== undefined && /^[0-9a-f]{32}(?:-\d+)?$/.test(etag);
}

/** The error of a name that other bytes have in the second store. */
export function otherBytes(
  { to, source: { name } }: Pick<PresentBackup, "to" | "source">,
  what: string,
): OperatorError {
  return new OperatorError(
    `Cannot copy ${name} to ${to.url}: another backup has its name there (${what}), and none is ever replaced`,
    {
      advice: `Compare the two, and where the one there is wrong, delete it: ${shellCommand`kube-backup delete --s3target ${to.url} ${name}`}. Otherwise copy to another prefix`,
    },
  );
}
