import * as z from "zod";
import { parseJson } from "../../kubernetes/json.ts";
import { SegmentFault } from "./segment-fault.ts";

/** Lines of JSON, the header first, and perhaps a signature last. */
export interface SignedLines<Header, Line> {
  header: Header;
  lines: readonly Line[];
  /** The armored SSHSIG of all lines before it; undefined where they are not signed. */
  signature: string | undefined;
  /** What the signature is of. */
  signed: string;
}

/** How lines are parsed, and what is said of those that do not fit. */
export interface LinesForm<Header> {
  header: { form: z.ZodType; problem: string };
  line: { form: z.ZodType; problem: string };
  /** Number of lines after the header, without the signature. */
  count: (header: Header) => number;
  /** The newest format that this program reads. */
  version: number;
}

const SIGNATURE = z.object({ signature: z.string() });

/**
 * The text of lines of JSON.
 *
 * @param sign makes an armored SSHSIG of all lines; the last line holds it.
 */
export function formatLines(lines: readonly object[], sign?: (text: Uint8Array) => string): string {
  // Objects may hold raw numbers, which JSON.stringify writes as they were.
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const signature = sign?.(new TextEncoder().encode(text));
  return signature === undefined ? text : `${text}${JSON.stringify({ signature })}\n`;
}

/**
 * Parses lines of JSON.
 *
 * @throws {SegmentFault} where they do not fit. The message does not quote them.
 */
export function parseLines<Header extends { formatVersion: number }, Line>(
  text: string,
  { header: head, line: each, count, version }: LinesForm<Header>,
): SignedLines<Header, Line> {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new SegmentFault("it breaks off");
  const header = parseLine(head.form, lines[0], head.problem) as Header;
  if (header.formatVersion > version)
    throw new SegmentFault("a later kube-backup wrote it; use that one to read it");
  const end = count(header) + 1;
  if (lines.length !== end && lines.length !== end + 1)
    throw new SegmentFault("it has another number of lines than its header says");
  const parsed = lines.slice(1, end).map((line) => parseLine(each.form, line, each.problem) as Line);
  const last = lines[end];
  const signature =
    last === undefined ? undefined : parseLine(SIGNATURE, last, "its last line is no signature").signature;
  return { header, lines: parsed, signature, signed: `${lines.slice(0, end).join("\n")}\n` };
}

function parseLine<T>(form: z.ZodType<T>, line: string | undefined, problem: string): T {
  try {
    return form.parse(parseJson(line ?? ""));
  } catch {
    // The messages of both libraries quote what they read, so that they are dropped.
    throw new SegmentFault(problem);
  }
}
