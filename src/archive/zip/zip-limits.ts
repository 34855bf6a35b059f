import { OperatorError } from "../../errors.ts";

/** The most files that a zip without ZIP64 can count; 65,535 itself means "see ZIP64". */
export const MAX_ENTRIES = 65_534;

/** The largest zip, or file in it, in bytes, without ZIP64; one byte more means "see ZIP64". */
export const MAX_BYTES = 0xffff_fffe;

/** An archive has more files than its format can count. */
export function tooManyEntries(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: it would hold more than ${limit} files, the most that this archive format can hold`,
    {
      advice: "Every kind in every namespace takes a file: fewer kinds or fewer namespaces in one backup fit",
    },
  );
}

/** An archive has more bytes than its format can address. */
export function tooLarge(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: it would be larger than ${limit} bytes, the most that this archive format can hold`,
    { advice: "Fewer kinds, or smaller ConfigMaps and Secrets, in one backup fit" },
  );
}

/** An archive has a larger manifest than a reader takes. */
export function tooLargeManifest(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: its manifest would be larger than ${limit} bytes, the most that a reader takes`,
    {
      advice: "Every kind in every namespace takes a file: fewer kinds or fewer namespaces in one backup fit",
    },
  );
}
