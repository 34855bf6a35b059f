import { OperatorError } from "../errors.ts";
import { MAX_PLACES, type Store } from "../store/contract/store.ts";
import { someNames } from "../words/some-names.ts";

/** A store without backups. */
export interface NoBackups {
  /** `No backups in s3://backups/bleu. There are backups in s3://backups/blue`. */
  message: string;
  /** URLs of the places beside it that hold backups. */
  beside: readonly string[];
}

/** Says that a store holds no backups, and where there are some: the setting may have a slip in it. */
export async function describeNoBackups(
  store: Pick<Store, "url" | "placesBeside">,
  signal: AbortSignal,
): Promise<NoBackups> {
  const beside = await store.placesBeside(signal);
  const none = `No backups in ${store.url}`;
  if (beside.length === 0) return { message: none, beside };
  return { message: `${none}. There are backups in ${someNames(beside, MAX_PLACES)}`, beside };
}

/** The error of a command that needs a backup where the store holds none. */
export async function noBackupsError(
  store: Pick<Store, "url" | "placesBeside">,
  signal: AbortSignal,
): Promise<OperatorError> {
  const { message, beside } = await describeNoBackups(store, signal);
  const advice = beside.length === 0 ? "Check S3TARGET" : "Set S3TARGET to where the backups are";
  return new OperatorError(message, { advice });
}
