/** What a log shows of an error. */
export interface ErrorFields {
  message: string;
  /** The class, where the message alone does not say enough: defects and causes. */
  type?: string;
  /** The system's or a library's word for it, `ECONNREFUSED`. */
  code?: string;
  /** What to do about it. */
  advice?: string;
  /** Frames of the stack, without the message on top of it. */
  stack?: string[];
  cause?: ErrorFields;
  errors?: ErrorFields[];
}

/** Causes below this are left out: a chain can be a ring. */
const DEEPEST_CAUSE = 8;

/**
 * Picks what may be shown of an error, and takes nothing else along: errors of HTTP clients carry
 * whole requests and answers, with tokens and Secrets in them.
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
  if (depth >= DEEPEST_CAUSE) return fields;
  if (error.cause !== undefined) fields.cause = errorFields(error.cause, { detail }, depth + 1);
  if (error instanceof AggregateError) {
    fields.errors = error.errors.map((each) => errorFields(each, { detail }, depth + 1));
  }
  return fields;
}

/** The message, unless it quotes data: that of JSON.parse shows a piece of what it read. */
export function safeMessage(error: Error): string {
  return error instanceof SyntaxError ? "the text is malformed" : error.message;
}

/** The lines of the stack that say where, without those that repeat the message. */
export function stackFrames(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
