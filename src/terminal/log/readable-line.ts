import { stripVTControlCharacters, styleText } from "node:util";
import { prettyFactory } from "pino-pretty";
import { visible } from "../../words/visible.ts";
import { wrapWords } from "../wrap.ts";
import type { ErrorFields } from "./error-fields.ts";

const OWN_KEYS = new Set(["level", "time", "msg", "err", "advice"]);

/** What a line of the log that goes on in further ones begins with. */
const INDENT = "    ";

/**
 * Formats a JSON line of the log as text, with a final newline.
 *
 * @param options.width of the terminal; undefined for no limit.
 */
export function readableLine(
  line: string,
  { colors, width }: { colors: boolean; width?: number | undefined },
): string {
  const pretty = prettyFactory({
    colorize: colors,
    translateTime: "SYS:HH:MM:ss",
    hideObject: true,
    messageFormat: (log) => sentence(log, colors),
  });
  const text = pretty(line);
  if (width === undefined) return text;
  return text
    .split("\n")
    .flatMap((each) => wrapStyled(each, width))
    .join("\n");
}

/** Wraps between words a line that is too wide. */
function wrapStyled(line: string, width: number): string[] {
  if (stripVTControlCharacters(line).length <= width) return [line];
  const [first = "", ...more] = wrapWords(line.trimStart(), width - INDENT.length);
  const start = line.startsWith(INDENT) ? INDENT : "";
  return [start + first, ...more.map((each) => INDENT + each)];
}

/** `Backup stored  backup=backup_… objects=512`, followed by what to do about it, and by the lines of an error. */
function sentence(log: Record<string, unknown>, colors: boolean): string {
  const fields = Object.entries(log)
    .filter(([key, value]) => !OWN_KEYS.has(key) && value !== undefined)
    .map(([key, value]) => visible(`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`));
  const tail = fields.length === 0 ? "" : `  ${fields.join(" ")}`;
  const dim = colors && tail !== "" ? styleText("dim", tail, { validateStream: false }) : tail;
  const error = log["err"] as ErrorFields | undefined;
  const message = visible(String(log["msg"]));
  const advice = typeof log["advice"] === "string" ? [visible(log["advice"])] : [];
  if (error === undefined) return [`${message}${dim}`, ...advice].join(`\n${INDENT}`);
  return [`${message}: ${visible(error.message)}${dim}`, ...advice, ...errorLines(error).map(visible)].join(
    `\n${INDENT}`,
  );
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
