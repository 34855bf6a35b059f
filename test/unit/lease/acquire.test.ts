import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ApiError } from "../../../src/cluster/requests/api-error.ts";
import { OperatorError } from "../../../src/errors.ts";
import { type AcquireOptions, acquireLease, type Patience } from "../../../src/lease/acquire.ts";
import { identityOf, type ProcessFacts } from "../../../src/lease/identity.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { MemoryLease, TestClocks } from "./memory-lease.ts";

const NEVER = new AbortController().signal;
const OWN: ProcessFacts = { host: "laptop", pid: 2, inPod: false, scope: "boot" };
const THEM = { holder: "desktop_1_0123456789ab", term: 3_000, acquired: undefined, transitions: 4 };
const FAILS: Patience = {
  kind: "fail",
  after: undefined,
  fail: (holder) => new OperatorError(`held by ${holder}`),
};

let lease: MemoryLease;
let clocks: TestClocks;
let lines: string[];

beforeEach(() => {
  lease = new MemoryLease();
  clocks = new TestClocks();
  lines = [];
});

/** @param atLook what happens at each look at a Lease that others hold; by default a second passes. */
async function acquire(more: Partial<AcquireOptions> = {}, atLook = () => clocks.pass(1_000)) {
  const stream = { write: (line: string) => void lines.push(line) };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now: clocks.now });
  const patience: Patience = { kind: "wait" };
  const options = { lease, term: 600, process: OWN, clocks, log, patience, onWait: atLook, ...more };
  const hold = await acquireLease(options, NEVER);
  await hold?.release();
  return hold;
}

test("a Lease that nobody has is taken at once, and its changes of hands are counted", async () => {
  await acquire();
  assert.equal(lease.record?.transitions, 0);
  await acquire({ process: { ...OWN, pid: 3 } });
  assert.equal(lease.record?.transitions, 1);
  assert.deepEqual(lines, []);
});

test("one of a process of this machine that has ended is taken at once", async () => {
  lease.put({ ...THEM, holder: identityOf({ ...OWN, pid: 7 }) });
  await acquire({ isAlive: () => false }, () => assert.fail("it waited"));
  assert.equal(lease.record?.transitions, 5);
});

test("any other is waited for until it has been unchanged for its own term", async () => {
  lease.put(THEM);
  let looks = 0;
  await acquire({}, () => {
    looks += 1;
    // Renewed twice, and then no more.
    if (looks === 2 || looks === 4) lease.put(THEM);
    clocks.pass(1_000);
  });
  assert.ok(looks >= 6, `${looks} looks`);
  assert.equal(lease.record?.transitions, 5);
  assert.equal(lines.filter((line) => line.includes("Waiting: the Lease")).length, 1);
});

test("a wall clock that jumps takes nobody's Lease away", async () => {
  lease.put(THEM);
  let looks = 0;
  await acquire({}, () => {
    looks += 1;
    clocks.wall += 3_600_000;
    if (looks === 4) clocks.uptime += 3_000;
    else assert.equal(lease.record?.holder, THEM.holder);
  });
  assert.equal(looks, 4);
});

test("who cannot wait fails as soon as the other is seen at work, and takes over from one that is not", async () => {
  lease.put(THEM);
  await assert.rejects(
    acquire({ patience: FAILS }, () => {
      clocks.pass(900);
      lease.put(THEM);
    }),
    /held by process 1 on desktop/,
  );
  await acquire({ patience: FAILS });
  assert.equal(lease.record?.transitions, 5);
});

test("who waits for so long waits no longer", async () => {
  lease.put(THEM);
  const patience = { ...FAILS, after: 2_000 };
  let looks = 0;
  const renewed = () => {
    looks += 1;
    lease.put(THEM);
    clocks.pass(1_000);
  };
  await assert.rejects(acquire({ patience }, renewed), /held by/);
  assert.equal(looks, 2);
});

test("without the right, or without Leases, the work is done without one, and that is noted", async () => {
  for (const status of [403, 404]) {
    lines = [];
    lease.fault = new ApiError("read lease", { status, body: "{}", secret: false });
    assert.equal(await acquire(), undefined);
    assert.match(lines.join(""), /"level":"info".*cannot be used/);
  }
  lease.fault = new OperatorError("away");
  await assert.rejects(acquire(), /away/);
});

test("of two who want it at the same moment one gets it", async () => {
  lease.put({ ...THEM, holder: "" });
  let taken = false;
  lease.beforeAnswer = () => {
    taken = true;
  };
  const write = lease.write.bind(lease);
  let first = true;
  lease.write = async (written) => {
    if (first) {
      first = false;
      lease.put(THEM);
    }
    return await write(written);
  };
  await acquire();
  assert.equal(taken, true);
  assert.equal(lease.record?.transitions, 5);
});
