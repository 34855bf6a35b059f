import type { Logger } from "pino";
import { errorFields } from "./error-fields.ts";

/** The program's log: fields first, then a sentence without its full stop. */
export type Log = Logger;

/** Options of {@link createLog}. */
export interface LogOptions {
  /** Where lines go; every write must be done when it returns, so that nothing is lost at the exit. */
  stream: { write(text: string): unknown };
  /** Lines for people; otherwise one JSON object a line. */
  readable: boolean;
  /** Whether readable lines may have colours. */
  colors: boolean;
  /** Whether to show detail: debug lines, and of errors their causes and stacks. */
  debug: boolean;
  now: () => Date;
}

/**
 * Makes the log: `{"level":"info","time":"2026-01-31T12:00:00.000Z", …, "msg":"Backup stored"}`, or
 * the same for people. An error goes under `err`, of which `error-fields.ts` says what is shown.
 */
export async function createLog({ stream, readable, colors, debug, now }: LogOptions): Promise<Log> {
  // Loaded here: help and version need no log.
  const { pino } = await import("pino");
  const readableLine = readable ? (await import("./readable-line.ts")).readableLine : undefined;
  const destination =
    readableLine === undefined
      ? { write: (line: string) => void stream.write(line) }
      : { write: (line: string) => void stream.write(readableLine(line, colors)) };
  return pino(
    {
      level: debug ? "debug" : "info",
      base: null,
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: (error: unknown) => errorFields(error, { detail: debug }) },
    },
    destination,
  );
}
