import type { Logger } from "pino";
import { visibleJson } from "../../words/visible.ts";
import { errorFields } from "./error-fields.ts";

/** The program's log. A call passes the fields first, then a sentence without the period. */
export type Log = Logger;

/** Options of {@link createLog}. */
export interface LogOptions {
  /** Where lines go. Writes must be synchronous, so that no line is lost at exit. */
  stream: { write(text: string): unknown; isTTY?: boolean | undefined; columns?: number | undefined };
  /** Whether lines are text for people. Otherwise each line is a JSON object. */
  readable: boolean;
  /** Whether text lines may have colors. */
  colors: boolean;
  /** Whether to log debug lines, and the causes and stacks of errors. */
  debug: boolean;
  now: () => Date;
}

/**
 * Creates the log: `{"level":"info","time":"2026-01-31T12:00:00.000Z", …, "msg":"Backup stored"}`, or the equivalent
 * text. An error is passed as `err`; `error-fields.ts` selects the fields that are shown.
 */
export async function createLog({ stream, readable, colors, debug, now }: LogOptions): Promise<Log> {
  // Loaded on demand: help and version need no log.
  const { pino } = await import("pino");
  const readableLine = readable ? (await import("./readable-line.ts")).readableLine : undefined;
  const destination =
    readableLine === undefined
      ? { write: (line: string) => void stream.write(visibleJson(line)) }
      : {
          write: (line: string) => {
            const width = stream.isTTY === true ? stream.columns : undefined;
            stream.write(readableLine(line, { colors, width }));
          },
        };
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
