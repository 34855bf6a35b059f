/** The fields of an error that the log shows. */
export interface ErrorFields {
  message: string;
  /** The class of the error. Present for detail only. */
  type?: string;
  /** The code of the system or of a library, `ECONNREFUSED`. */
  code?: string;
  /** What the user can do about the error. */
  advice?: string;
  stack?: string[];
  cause?: ErrorFields;
  errors?: ErrorFields[];
}

/** Maximum depth of causes. A chain of causes can be circular. */
const MAX_CAUSE_DEPTH = 8;

/**
 * Selects the safe fields of an error. Other fields are dropped: errors of HTTP clients contain whole requests and
 * responses, with tokens and Secrets.
 *
 * @param options.detail whether to add class, stack and causes.
 */
export function errorFields(error: unknown, { detail }: { detail: boolean }, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { message: `thrown: ${typeof error}` };
  const fields: ErrorFields = { message: safeMessage(error) };
  const { advice, code } = error as { advice?: unknown; code?: unknown };
  if (typeof advice === "string") fields.advice = advice;
  if (typeof code === "string" || typeof code === "number") fields.code = String(code);
  if (!detail) return fields;
  fields.type = error.name;
  fields.stack = stackFrames(error);
  if (depth >= MAX_CAUSE_DEPTH) return fields;
  if (error.cause !== undefined) fields.cause = errorFields(error.cause, { detail }, depth + 1);
  if (error instanceof AggregateError) {
    fields.errors = error.errors.map((each) => errorFields(each, { detail }, depth + 1));
  }
  return fields;
}

/** The message of an error, unless the message quotes data: errors of JSON.parse quote the input. */
export function safeMessage(error: Error): string {
  return error instanceof SyntaxError ? "the text is malformed" : error.message;
}

/** The frames of the stack, without the lines of the message. */
export function stackFrames(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
