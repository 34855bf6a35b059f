/** The raw limits: the same work with HTTP requests alone. */

import path from "node:path";
import process from "node:process";
import { type RunCost, runMeasured } from "../measure/run-measured.ts";
import type { Target, Transport } from "../raw/http.ts";
import { COLLECTIONS } from "../sample/collections.ts";

const FOLDER = path.resolve(import.meta.dirname, "../raw");

/** The transports to compare. */
export const TRANSPORTS: readonly Transport[] = [
  { protocol: "http1", inFlight: 8 },
  { protocol: "http1", inFlight: 16 },
  { protocol: "http1", inFlight: 32 },
  { protocol: "http1", inFlight: 64 },
  { protocol: "http2", inFlight: 32 },
  { protocol: "http2", inFlight: 64 },
];

/** `HTTP/1.1, 8 connections` */
export function describeTransport({ protocol, inFlight }: Transport): string {
  return protocol === "http1"
    ? `HTTP/1.1, ${inFlight} connections`
    : `HTTP/2, one connection, ${inFlight} requests in flight`;
}

/** Creates the objects of a file. Measures from the first request to the last response. */
export async function rawCreate(
  target: Target,
  {
    file,
    transport,
    limit = Number.POSITIVE_INFINITY,
  }: { file: string; transport: Transport; limit?: number },
): Promise<RunCost & { objects: number }> {
  return await run("create.ts", target, [
    transport.protocol,
    String(transport.inFlight),
    file,
    String(limit),
  ]);
}

/** Lists all kinds concurrently, each in one response, and optionally compresses the responses. */
export async function rawList(
  target: Target,
  gzip: boolean,
): Promise<RunCost & { bytes: number; packed: number }> {
  const paths = COLLECTIONS.map(({ root, resource }) => `${root}/${resource}`);
  return await run("list.ts", target, [gzip ? "gzip" : "plain", ...paths]);
}

async function run<T>(script: string, target: Target, args: string[]): Promise<RunCost & T> {
  const { output, ...cost } = await runMeasured({
    command: process.execPath,
    args: [path.join(FOLDER, script), JSON.stringify(target), ...args],
    env: { PATH: process.env["PATH"] },
  });
  // The time without the startup of Node: the stricter limit.
  return { ...cost, ...(JSON.parse(output) as T) };
}
