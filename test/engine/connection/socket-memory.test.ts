/** What connections to a real API server read into: its certificate, TLS and records of 4 KiB are its own. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import type { BodyReceiver } from "../../../src/cluster/requests/body-stream.ts";
import { exchange } from "../../../src/cluster/requests/exchange.ts";
import { connectIntoBlocks } from "../../../src/cluster/requests/socket-buffers.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";

const BLOCK_BYTES = 64 * 1024;
/** Several megabytes that any API server has. */
const PATH = "/openapi/v2";

let cluster: ControlPlane;
let dispatcher: Agent;

before(async () => {
  cluster = await startControlPlane();
  const ca = await readFile(cluster.caFile, "utf8");
  dispatcher = new Agent({ allowH2: false, connect: connectIntoBlocks({ ca, allowH2: false }) });
});

after(async () => {
  await dispatcher?.destroy();
  await cluster?.stop();
});

/** Gets the answer's pieces; each is kept waiting for as long as `pause` says. */
async function get(pause: (pieces: number) => Promise<void> | undefined): Promise<Buffer[]> {
  const { server, token } = cluster;
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  const pieces: Buffer[] = [];
  const receiver: BodyReceiver = {
    begin: () => {},
    take: (bytes) => pause(pieces.push(bytes)),
  };
  const options = { origin: server, path: PATH, method: "GET", headers } as const;
  await exchange(dispatcher, options, new AbortController().signal, { receiver });
  return pieces;
}

test("an answer comes whole, in blocks of 64 KiB that little of is lost", async () => {
  const pieces = await get(() => undefined);
  const body = Buffer.concat(pieces);
  assert.deepEqual(JSON.parse(body.toString()), await cluster.request("GET", PATH));
  const memory = new Map(pieces.map(({ buffer }) => [buffer, buffer.byteLength]));
  const bytes = [...memory.values()].reduce((sum, length) => sum + length, 0);
  // Where several records came at once, Node joins them, in memory of its own.
  const blocks = [...memory.values()].filter((length) => length === BLOCK_BYTES).length;
  assert.ok(body.length > 1024 ** 2, `${body.length} bytes are enough to tell`);
  assert.ok(blocks * 2 > memory.size, `${blocks} of ${memory.size} pieces are blocks`);
  assert.ok(bytes < 1.5 * body.length, `${bytes} bytes of memory for ${body.length}`);
});

test("an answer that nobody reads for a while is whole all the same", async () => {
  const pieces = await get((count) => (count % 50 === 0 ? sleep(20) : undefined));
  const body = Buffer.concat(pieces);
  assert.deepEqual(JSON.parse(body.toString()), await cluster.request("GET", PATH));
});
