import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { SocketBuffers } from "../../../src/cluster/requests/socket-buffers.ts";

/** A socket that keeps what it is given, and wants no more once it has so many pieces. */
function socket(most = Number.POSITIVE_INFINITY) {
  const pushed: Buffer[] = [];
  return { pushed, push: (bytes: Buffer) => pushed.push(bytes) < most };
}

/** What Node does with bytes that come in: puts them where it was told to, says so, and asks where the next go. */
function reader({ onread }: SocketBuffers) {
  const next = () => (typeof onread.buffer === "function" ? onread.buffer() : onread.buffer);
  let place = next();
  return (text: string): boolean => {
    let rest = Buffer.from(text);
    let more = true;
    while (rest.length > 0) {
      const length = rest.copy(place);
      more = onread.callback(length, place);
      place = next();
      rest = rest.subarray(length);
    }
    return more;
  };
}

test("bytes lie one after another in a block, and in a new one when it is full", () => {
  const memory = new SocketBuffers();
  const { pushed, push } = socket();
  memory.readFor({ push });
  const read = reader(memory);
  const texts = ["a".repeat(60_000), "b".repeat(10_000), "c"];
  for (const text of texts) read(text);
  assert.equal(Buffer.concat(pushed).toString(), texts.join(""));
  const blocks = [...new Set(pushed.map(({ buffer }) => buffer))];
  assert.deepEqual(
    blocks.map(({ byteLength }) => byteLength),
    [65_536, 65_536],
  );
});

test("a socket that wants no more is heard", () => {
  const memory = new SocketBuffers();
  memory.readFor(socket(2));
  const read = reader(memory);
  assert.deepEqual([read("first"), read("second")], [true, false]);
});

test("what comes before the socket is known comes first", () => {
  const memory = new SocketBuffers();
  const read = reader(memory);
  read("early, ");
  read("earlier, ");
  const { pushed, push } = socket();
  memory.readFor({ push });
  read("late");
  assert.equal(Buffer.concat(pushed).toString(), "early, earlier, late");
});
