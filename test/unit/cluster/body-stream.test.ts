import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type BodyReceiver, BodyStream } from "../../../src/cluster/requests/body-stream.ts";

const KIB = 1024;

/** A body whose sender waits where it is told to, and says how much it has sent. */
function sender(chunks: readonly number[]) {
  const sent = { chunks: 0 };
  const body = new BodyStream(async (receiver) => {
    receiver.begin();
    for (const length of chunks) {
      await receiver.take(Buffer.alloc(length));
      sent.chunks += 1;
    }
  });
  return { sent, body };
}

const lengths = (bytes: readonly Buffer[]) => bytes.map(({ length }) => length);

test("a body comes in parts worth reading, and the rest at its end", async () => {
  const { body } = sender([150 * KIB, 150 * KIB, 1, 2]);
  for (let turns = 0; turns < 5; turns += 1) await turn();
  const first = await body.read();
  assert.deepEqual([lengths(first?.bytes ?? []), first?.first], [[150 * KIB, 150 * KIB, 1, 2], true]);
  assert.equal(body.ended, true);
  assert.equal(await body.read(), undefined);
});

test("what nobody reads is not let in", async () => {
  const { sent, body } = sender(Array(100).fill(100 * KIB));
  for (let turns = 0; turns < 500; turns += 1) await turn();
  assert.ok(sent.chunks < 7, `${sent.chunks} chunks of 100 KiB`);
  assert.equal(body.ended, false);
  let bytes = 0;
  for (let part = await body.read(); part !== undefined; part = await body.read())
    bytes += lengths(part.bytes).reduce((sum, length) => sum + length, 0);
  assert.equal(bytes, 10_000 * KIB);
});

test("a body that begins anew is read from its start, without what came before and was not read", async () => {
  const receiver = Promise.withResolvers<BodyReceiver>();
  const end = Promise.withResolvers<void>();
  const body = new BodyStream(async (it) => {
    receiver.resolve(it);
    await end.promise;
  });
  const to = await receiver.promise;
  to.begin();
  to.take(Buffer.alloc(300 * KIB));
  assert.equal((await body.read())?.first, true);
  const waiting = to.take(Buffer.alloc(512 * KIB));
  to.begin();
  await waiting;
  to.take(Buffer.from("anew"));
  end.resolve();
  assert.deepEqual(await body.read(), { bytes: [Buffer.from("anew")], first: true });
  assert.equal(await body.read(), undefined);
});

test("where sending fails, reading fails with that", async () => {
  const reason = new Error("no such page");
  const body = new BodyStream(async (receiver) => {
    receiver.begin();
    await receiver.take(Buffer.alloc(10));
    throw reason;
  });
  await assert.rejects(body.read(), reason);
});
