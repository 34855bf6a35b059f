/**
 * The file with the objects to create: `PATH<tab>JSON` on each line. An empty line is a barrier: all requests before
 * it finish first.
 */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** A line of the file; undefined for a barrier. */
export type Body = { path: string; body: string } | undefined;

/** Formats one line. */
export function formatBody(path: string, body: string): string {
  return `${path}\t${body}\n`;
}

/** Reads the file line by line. */
export async function* readBodies(file: string): AsyncGenerator<Body> {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const tab = line.indexOf("\t");
    yield tab < 0 ? undefined : { path: line.slice(0, tab), body: line.slice(tab + 1) };
  }
}
