import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ApiError } from "../../../src/cluster/requests/api-error.ts";
import { OperatorError } from "../../../src/errors.ts";
import { Hold, LeaseLostError, takenFields } from "../../../src/lease/hold.ts";
import { WriteGuard } from "../../../src/lease/write-guard.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { instant } from "../../../src/time/clocks.ts";
import { MemoryLease, TestClocks } from "./memory-lease.ts";

const TERM = 60_000;
const FRESH = TERM * (2 / 3);
const NEVER = new AbortController().signal;

let lease: MemoryLease;
let clocks: TestClocks;
let log: Awaited<ReturnType<typeof createLog>>;
let lines: string[];

beforeEach(async () => {
  lease = new MemoryLease();
  clocks = new TestClocks();
  lines = [];
  const stream = { write: (line: string) => void lines.push(line) };
  log = await createLog({ stream, readable: false, colors: false, debug: false, now: clocks.now });
});

async function take(identity = "us"): Promise<Hold> {
  const options = { lease, term: TERM, identity, clocks, log };
  const began = instant(clocks);
  const written = await lease.write(takenFields(options, lease.record));
  assert.ok(written);
  return new Hold(options, written, began);
}

describe("a holder", () => {
  test("writes without a request for two thirds of its term, and then renews first", async () => {
    const hold = await take();
    clocks.pass(FRESH - 1);
    assert.equal(hold.isFresh(), true);
    clocks.pass(1);
    assert.equal(hold.isFresh(), false);
    await hold.ensure(NEVER);
    assert.equal(hold.isFresh(), true);
    assert.equal(lease.writes, 2);
  });

  test("goes by the clock on which more time has passed", async () => {
    const hold = await take();
    // A laptop slept: only the wall clock counted.
    clocks.wall += TERM;
    assert.equal(hold.isFresh(), false);
    await hold.ensure(NEVER);
    // The wall clock was set back.
    clocks.wall -= 10 * TERM;
    clocks.uptime += TERM;
    assert.equal(hold.isFresh(), false);
  });

  test("that was stopped goes on where nobody has taken the Lease, however late", async () => {
    const hold = await take();
    clocks.pass(100 * TERM);
    await hold.ensure(NEVER);
    assert.equal(hold.isFresh(), true);
    assert.equal(lease.record?.transitions, 0);
  });

  test("counts its term from before the request: one that was answered late renews again", async () => {
    const hold = await take();
    clocks.pass(FRESH);
    lease.beforeAnswer = () => {
      // Stopped between the request and the answer.
      clocks.pass(FRESH);
      lease.beforeAnswer = undefined;
    };
    await hold.ensure(NEVER);
    assert.equal(lease.writes, 3);
    assert.equal(hold.isFresh(), true);
  });

  test("goes on over what others write into the Lease without taking it, and where one deletes it", async () => {
    const hold = await take();
    lease.put({ ...(lease.record ?? assert.fail()), acquired: "edited" });
    clocks.pass(FRESH);
    await hold.ensure(NEVER);
    lease.record = undefined;
    clocks.pass(FRESH);
    await hold.ensure(NEVER);
    assert.equal((lease.record as { holder: string } | undefined)?.holder, "us");
  });

  const LOSSES: [name: string, happens: () => void][] = [
    [
      "somebody has taken it",
      () => lease.put({ holder: "them", term: TERM, acquired: undefined, transitions: 1 }),
    ],
    [
      "somebody has taken it and let go",
      () => lease.put({ holder: "", term: 1_000, acquired: undefined, transitions: 1 }),
    ],
    [
      "it came back to this very identity by way of others",
      () => lease.put({ holder: "us", term: TERM, acquired: undefined, transitions: 2 }),
    ],
    [
      "it is gone after its term, so that nobody knows who held it",
      () => {
        lease.record = undefined;
      },
    ],
  ];
  for (const [name, happens] of LOSSES)
    test(`writes nothing more where ${name}`, async () => {
      const hold = await take();
      const guard = new WriteGuard();
      guard.add(hold);
      clocks.pass(2 * TERM);
      happens();
      const after = structuredClone(lease.record);
      await assert.rejects(guard.ensure(NEVER), LeaseLostError);
      assert.equal(hold.lost.aborted, true);
      // Nor ever again, whatever the clocks say.
      clocks.pass(-2 * TERM);
      assert.equal(guard.isFresh(), false);
      await assert.rejects(guard.ensure(NEVER), /Cannot go on: .*kube-system\/kube-backup.* for 120 s/);
      await hold.release();
      assert.deepEqual(lease.record, after, "nor into the Lease");
    });

  test("writes nothing while the API server is away, and goes on when it is back", async () => {
    const hold = await take();
    clocks.pass(FRESH);
    lease.fault = new OperatorError("the API server is away");
    await assert.rejects(hold.ensure(NEVER), /is away/);
    assert.equal(hold.isFresh(), false);
    assert.equal(hold.lost.aborted, false);
    lease.fault = undefined;
    await hold.ensure(NEVER);
    assert.equal(hold.isFresh(), true);
    assert.equal(lines.filter((line) => line.includes("Cannot renew the Lease")).length, 1);
    await hold.release();
  });

  test("without the right any more goes on without the Lease, and says so once", async () => {
    const hold = await take();
    clocks.pass(FRESH);
    lease.fault = new ApiError("update lease", { status: 403, body: "{}", secret: false });
    await hold.ensure(NEVER);
    clocks.pass(10 * TERM);
    assert.equal(hold.isFresh(), true);
    assert.equal(lines.filter((line) => line.includes("going on without it")).length, 1);
  });

  test("counts how often the Lease was set back to what it had been, and nothing else", async () => {
    const hold = await take();
    const before = structuredClone(lease.record) ?? assert.fail();
    clocks.pass(1_000);
    assert.equal(await hold.confirm(NEVER), 0);
    assert.equal(lease.writes, 2, "asked anew each time");
    // Somebody has edited it: not when it was renewed.
    lease.put({ ...(lease.record ?? assert.fail()), acquired: "edited" });
    assert.equal(await hold.confirm(NEVER), 0);
    clocks.pass(1_000);
    // The answer to a renewal is lost, and the renewal was carried out.
    lease.beforeAnswer = () => {
      lease.beforeAnswer = undefined;
      throw new OperatorError("the answer is lost");
    };
    await assert.rejects(hold.confirm(NEVER), /lost/);
    clocks.pass(1_000);
    assert.equal(await hold.confirm(NEVER), 0);
    clocks.pass(1_000);
    // An etcd of before is restored, and goes on.
    lease.put(before);
    assert.equal(await hold.confirm(NEVER), 1);
    assert.equal(await hold.confirm(NEVER), 1);
    lease.record = undefined;
    assert.equal(await hold.confirm(NEVER), 2);
    assert.equal(hold.lost.aborted, false);
    const guard = new WriteGuard();
    assert.equal(await guard.confirm(NEVER), 0);
    guard.add(hold);
    assert.equal(await guard.confirm(NEVER), 2);
  });

  test("that ends lets go", async () => {
    const hold = await take();
    await hold.release();
    assert.equal(lease.record?.holder, "");
  });

  test("waits no longer than its signal", async () => {
    const hold = await take();
    clocks.pass(FRESH);
    const aborted = AbortSignal.abort(new Error("stopped"));
    await assert.rejects(hold.ensure(aborted), /stopped/);
    await hold.release();
  });
});

test("who holds two Leases writes only while both are held", async () => {
  const guard = new WriteGuard();
  assert.equal(guard.isFresh(), true);
  const first = await take();
  guard.add(first);
  const other = lease;
  lease = new MemoryLease();
  guard.add(await take());
  other.put({ holder: "them", term: TERM, acquired: undefined, transitions: 1 });
  clocks.pass(FRESH);
  await assert.rejects(guard.ensure(NEVER), LeaseLostError);
});
