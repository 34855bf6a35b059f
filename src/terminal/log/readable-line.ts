import { styleText } from "node:util";
import { prettyFactory } from "pino-pretty";
import { visible } from "../../words/visible.ts";
import type { ErrorFields } from "./error-fields.ts";

const OWN_KEYS = new Set(["level", "time", "msg", "err"]);

/** Formats a JSON line of the log as text, with a final newline. */
export function readableLine(line: string, colors: boolean): string {
  const pretty = prettyFactory({
    colorize: colors,
    translateTime: "SYS:HH:MM:ss",
    hideObject: true,
    messageFormat: (log) => sentence(log, colors),
  });
  return pretty(line);
}

/** `Backup stored  backup=backup_… objects=512`, followed by the lines of an error. */
function sentence(log: Record<string, unknown>, colors: boolean): string {
  const fields = Object.entries(log)
    .filter(([key, value]) => !OWN_KEYS.has(key) && value !== undefined)
    .map(([key, value]) => visible(`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`));
  const tail = fields.length === 0 ? "" : `  ${fields.join(" ")}`;
  const dim = colors && tail !== "" ? styleText("dim", tail, { validateStream: false }) : tail;
  const error = log["err"] as ErrorFields | undefined;
  const message = visible(String(log["msg"]));
  if (error === undefined) return `${message}${dim}`;
  return [`${message}: ${visible(error.message)}${dim}`, ...errorLines(error).map(visible)].join("\n    ");
}

function errorLines(error: ErrorFields): string[] {
  const lines = error.advice === undefined ? [] : [error.advice];
  lines.push(...(error.stack ?? []));
  for (const cause of [error.cause, ...(error.errors ?? [])]) {
    if (cause !== undefined)
      lines.push(`caused by ${cause.type ?? "Error"}: ${cause.message}`, ...errorLines(cause));
  }
  return lines;
}
