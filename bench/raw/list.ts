/**
 * `node bench/raw/list.ts TARGET plain|gzip PATH…` lists resources concurrently, each in one response, and prints the
 * seconds. With `gzip`, the responses are compressed as they arrive, and the output is counted and discarded.
 */

import process from "node:process";
import { pipeline, type Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { http1Agent, type Target } from "./http.ts";

const [targetText = "", mode, ...paths] = process.argv.slice(2);
const target = JSON.parse(targetText) as Target;
const agent = http1Agent(target, paths.length);
const started = performance.now();
const sizes = await Promise.all(paths.map(list));
const seconds = (performance.now() - started) / 1000;
await agent.close();
const sum = (of: "bytes" | "packed") => sizes.reduce((all, each) => all + each[of], 0);
process.stdout.write(JSON.stringify({ seconds, bytes: sum("bytes"), packed: sum("packed") }));

async function list(path: string): Promise<{ bytes: number; packed: number }> {
  const headers = { authorization: `Bearer ${target.token}`, accept: "application/json" };
  const answer = await agent.request({ origin: target.server, path, method: "GET", headers });
  if (answer.statusCode !== 200) throw new Error(`Cannot list ${path}: ${await answer.body.text()}`);
  let bytes = 0;
  answer.body.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
  });
  // The reader of the output receives the error. The callback only prevents a second throw.
  const output: Readable = mode === "gzip" ? pipeline(answer.body, createGzip(), () => {}) : answer.body;
  let packed = 0;
  for await (const chunk of output) packed += (chunk as Uint8Array).length;
  return { bytes, packed };
}
