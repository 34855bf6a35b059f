import assert from "node:assert/strict";
import { test } from "node:test";
import { Health } from "../../../src/health/health.ts";
import { serveHealth } from "../../../src/health/server.ts";

const MINUTE = 60_000;

/** A health whose clock stands at a minute of one's choice. */
function healthAt(): { health: Health; at: (minute: number) => Date } {
  const start = new Date("2026-03-01T12:00:00Z").getTime();
  let now = start;
  const health = new Health({ frequency: 15 * MINUTE, now: () => new Date(now) });
  const at = (minute: number) => {
    now = start + minute * MINUTE;
    return new Date(now);
  };
  return { health, at };
}

test("before the gate is passed it is live and not ready", () => {
  const { health, at } = healthAt();
  at(1);
  assert.equal(health.live().well, true);
  assert.deepEqual(health.ready(), { well: false, because: "the restore gate is not passed yet" });
});

test("a restore that goes on is live however long it takes, and one that does not is not", () => {
  const { health, at } = healthAt();
  for (let minute = 0; minute <= 100; minute += 9) {
    at(minute);
    assert.equal(health.live().well, true);
    health.progress();
  }
  at(120);
  assert.equal(health.live().well, false);
});

test("waiting for the next backup is live and ready, for as long as the interval is", () => {
  const { health, at } = healthAt();
  health.waiting(at(1_000));
  for (const minute of [0, 500, 1_000, 1_009]) {
    at(minute);
    assert.equal(health.live().well, true, `minute ${minute}`);
    assert.equal(health.ready().well, true, `minute ${minute}`);
  }
});

test("a loop that sleeps on beyond the time at which a backup is due is not live", () => {
  const { health, at } = healthAt();
  const due = at(15);
  at(0);
  health.waiting(due);
  at(26);
  assert.deepEqual(health.live(), {
    well: false,
    because:
      "the next backup is due at 2026-03-01T12:15:00.000Z, without any progress since 2026-03-01T12:15:00.000Z",
  });
});

test("one failed backup is no matter; failing for longer than an interval is not ready, and one that is stored heals", () => {
  const { health, at } = healthAt();
  health.backupBegins();
  health.backupFailed(at(1));
  at(14);
  assert.equal(health.ready().well, true);
  health.backupBegins();
  health.backupFailed(at(17));
  assert.equal(health.ready().well, false);
  assert.equal(health.live().well, true);
  health.backupStored();
  assert.equal(health.ready().well, true);
});

test("probes are answered over HTTP with 200 or 503 and the reason", async () => {
  const { health, at } = healthAt();
  const server = await serveHealth(health, { host: "127.0.0.1", port: 0 });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [response.status, await response.text()];
  };
  try {
    assert.deepEqual(await get("/livez"), [200, "ok: the restore gate is not passed yet\n"]);
    assert.deepEqual(await get("/readyz?verbose"), [503, "not ok: the restore gate is not passed yet\n"]);
    health.waiting(at(5));
    assert.deepEqual(await get("/readyz"), [200, "ok: the next backup is due at 2026-03-01T12:05:00.000Z\n"]);
    at(60);
    assert.equal((await get("/livez"))[0], 503);
    assert.equal((await get("/"))[0], 404);
    await assert.rejects(
      serveHealth(health, { host: "127.0.0.1", port: server.port }),
      /Cannot listen for probes on 127\.0\.0\.1:\d+/,
    );
  } finally {
    await server.close();
  }
});
