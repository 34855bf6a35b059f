/** What is known over time: from the store and from what happens. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { OperatorError } from "../../../src/errors.ts";
import type { Happening } from "../../../src/monitoring/happenings.ts";
import type { StoreFacts } from "../../../src/monitoring/known.ts";
import { Monitor } from "../../../src/monitoring/monitor.ts";
import { Outbox } from "../../../src/monitoring/outbox.ts";

const now = () => new Date("2026-03-01T12:00:00Z");
const FAILED: Happening = { kind: "backup failed", failures: 1, reason: "" };

function facts(backups: number): StoreFacts {
  return { backups, oldest: undefined, newest: undefined, verified: undefined, rehearsed: undefined };
}

test("the store is asked at the start and after each attempt, one at a time; what it said stays while it is away", async () => {
  const monitor = new Monitor({ now });
  const { signal } = new AbortController();
  let asked = 0;
  let answer = (): StoreFacts | undefined => facts(asked);
  let busy = 0;
  const read = async () => {
    asked += 1;
    busy += 1;
    assert.equal(busy, 1);
    await new Promise((resolve) => setImmediate(resolve));
    busy -= 1;
    return answer();
  };
  monitor.happened(FAILED);
  assert.equal(asked, 0, "nobody has said which store");
  monitor.watchStore(read, signal);
  await monitor.finished();
  assert.deepEqual([monitor.known.store?.backups, monitor.known.storeUp], [1, true]);
  // What comes while it is asked is asked for once more.
  for (let times = 0; times < 5; times += 1) monitor.happened(FAILED);
  await monitor.finished();
  assert.deepEqual([asked, monitor.known.store?.backups], [3, 3]);
  answer = () => {
    throw new OperatorError("Cannot list backups");
  };
  monitor.happened(FAILED);
  await monitor.finished();
  assert.deepEqual([monitor.known.store?.backups, monitor.known.storeUp], [3, false]);
  // It is not known whose backups are meant: nothing is learnt of the store.
  answer = () => undefined;
  monitor.happened(FAILED);
  await monitor.finished();
  assert.deepEqual([monitor.known.store?.backups, monitor.known.storeUp], [3, false]);
  answer = () => facts(9);
  monitor.happened({ kind: "log begun" });
  await monitor.finished();
  assert.equal(monitor.known.store?.backups, 3, "no attempt");
  monitor.happened(FAILED);
  await monitor.finished();
  assert.deepEqual([monitor.known.store?.backups, monitor.known.storeUp], [9, true]);
});

test("an outbox sends in order, tells what fails, and lets nobody wait for what does not end", async () => {
  const failures: string[] = [];
  const sent: string[] = [];
  const outbox = new Outbox({ patience: 60_000, onFailure: (error) => failures.push(String(error)) });
  const { promise: hangs, reject } = Promise.withResolvers<void>();
  outbox.put(async () => void sent.push("one"));
  outbox.put(async () => {
    throw new Error("no");
  });
  outbox.put((signal) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
    return hangs;
  });
  outbox.put(async () => void sent.push("never"));
  await outbox.finish(50);
  await assert.rejects(hangs, /aborted/);
  outbox.put(async () => void sent.push("too late"));
  await outbox.finish(50);
  assert.deepEqual(sent, ["one"]);
  assert.deepEqual(failures, ["Error: no", "Error: aborted"]);
});
