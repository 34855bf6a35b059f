import { OperatorError } from "../../errors.ts";

const FEWER_FILES =
  "Every kind in every namespace takes a file: fewer kinds or fewer namespaces in one backup fit";

/** An archive has more files than a reader takes. */
export function tooManyFiles(maxEntries: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: it would hold more than ${maxEntries} files, or so many with longer names than a reader takes`,
    { advice: FEWER_FILES },
  );
}

/** A file of an archive is larger than its format can say. */
export function tooLargeFile(path: string): OperatorError {
  return new OperatorError(`Cannot write the archive: ${path} would have 4 GiB or more`, {
    advice: "Fewer kinds, or smaller objects, in one backup fit",
  });
}

/** An archive has a larger manifest than a reader takes. */
export function tooLargeManifest(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: its manifest would be larger than ${limit} bytes, the most that a reader takes`,
    { advice: FEWER_FILES },
  );
}
