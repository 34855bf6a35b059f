import { OperatorError } from "../../errors.ts";

/** Messages for error codes of file operations. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EIO: "the device reports an input or output error",
  EMFILE: "too many files are open",
  ENOTDIR: "it is not a folder",
  EEXIST: "it is not a folder",
  ENAMETOOLONG: "the path is too long",
  ESTALE: "the network file system has lost the file",
};

/** Returns the code of a system error, such as "ENOENT"; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/**
 * Converts a system error to an OperatorError. Other errors (an OperatorError, a defect, the reason of an
 * abort) are returned unchanged.
 *
 * @param task the start of the message: "Cannot list backups in file:///backups".
 */
export function fileError(task: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof OperatorError || code === undefined || !/^E[A-Z]/.test(code)) return error;
  return new OperatorError(`${task}: ${REASONS[code] ?? code}`, { cause: error });
}
