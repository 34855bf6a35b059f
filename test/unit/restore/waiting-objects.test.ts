import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_NAMESPACE } from "../../../src/cluster/requests/transient-refusals.ts";
import type { Owner } from "../../../src/kubernetes/owners.ts";
import type { RestoreResult } from "../../../src/restore/object/object-to-restore.ts";
import { RestoreReport } from "../../../src/restore/report/report.ts";
import { describeRefusals, retryRounds, waitingInWords } from "../../../src/restore/rounds/retry-rounds.ts";
import type { RestorableFile } from "../../../src/restore/rounds/waiting.ts";
import { WaitingObjects } from "../../../src/restore/rounds/waiting-objects.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";

const WIDGETS = { group: "example.com", kind: "Widget", resource: "widgets" };
const REFUSED: RestoreResult = { outcome: "failed", reason: "webhook: no", waitsFor: "a webhook" };

const owner = (name: string): Owner => ({ apiVersion: "example.com/v1", kind: "Widget", name });

/** A cluster of Widgets in one namespace: which there are, and how often each is refused before it comes. */
function cluster(refusals: Record<string, number> = {}) {
  const there = new Map<string, string[]>();
  const asked: string[] = [];
  const set: string[] = [];
  const report = new RestoreReport();
  const find = async ({ name, ...rest }: Owner) =>
    there.has(name) ? { ...rest, name, uid: name } : undefined;
  const waiting = new WaitingObjects({ ownerUids: { find }, report, inFlight: { limit: 4 } });
  const add = (objects: Record<string, { owners?: string[]; refused?: boolean }>) => {
    const source: RestorableFile = {
      resource: WIDGETS,
      async *read() {
        for (const name of Object.keys(objects))
          yield { key: { namespace: "a", name }, text: "{}", archivedOwners: [], managers: undefined };
      },
      setOwners: async ({ name }, owners) => {
        there.set(
          name,
          owners.map(({ uid }) => uid),
        );
        set.push(name);
      },
      restore: async ({ key: { name }, owners }) => {
        asked.push(name);
        refusals[name] = (refusals[name] ?? 0) - 1;
        if (refusals[name] >= 0) return REFUSED;
        there.set(
          name,
          owners.map(({ uid }) => uid),
        );
        return { outcome: "created" };
      },
    };
    for (const [name, { owners = [], refused = false }] of Object.entries(objects)) {
      const reason = refused ? { refused: REFUSED } : {};
      waiting.add(source, { namespace: "a", name }, { owners: owners.map(owner), ...reason });
    }
    return source;
  };
  const lines: string[] = [];
  const run = async (retryFor: number) => {
    const stream = { write: (line: string) => void lines.push(line) };
    const log = await createLog({
      stream,
      readable: false,
      colors: false,
      debug: false,
      now: () => new Date(),
    });
    await retryRounds(waiting, { log, retryFor }, NEVER);
    return Object.fromEntries([...there].sort());
  };
  return { add, run, report, waiting, asked, set, lines, there };
}

test("owners first, also over several files and steps", async () => {
  const { add, run, report } = cluster();
  add({ c: { owners: ["b"] }, b: { owners: ["a"] } });
  add({ d: { owners: ["c", "a"] }, a: {} });
  assert.deepEqual(await run(0), { a: [], b: ["a"], c: ["b"], d: ["c", "a"] });
  assert.deepEqual(report.notes, []);
});

test("an owner that is nowhere is dropped with a note, and nothing below it", async () => {
  const { add, run, report } = cluster();
  add({ c: { owners: ["b"] }, b: { owners: ["gone"] } });
  assert.deepEqual(await run(0), { b: [], c: ["b"] });
  assert.deepEqual(report.notes, [
    "Widget a/b came back without an owner that neither the backup nor the cluster has: Widget gone",
  ]);
});

test("objects that own each other come back, the second with its owner", async () => {
  const { add, run, report } = cluster();
  add({ a: { owners: ["b"] }, b: { owners: ["a"] }, self: { owners: ["self"] } });
  assert.deepEqual(await run(1_000), { a: [], b: ["a"], self: [] });
  assert.match(report.notes.join("\n"), /^2 of the kind Widget came back without an owner that neither/);
});

test("what is refused is tried again, and what it owns comes after it", async () => {
  const { add, run, report, lines } = cluster({ a: 2 });
  add({ b: { owners: ["a"] } });
  add({ a: { refused: true } });
  assert.deepEqual(await run(60_000), { a: [], b: ["a"] });
  assert.deepEqual([report.notes, report.failures], [[], []]);
  // Each pause waits for the same.
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /"msg":"1 object waits: a webhook"/);
});

test("at the end it has failed, and what it owns comes without it", async () => {
  const { add, run, report } = cluster({ a: 1_000 });
  add({ a: { refused: true }, b: { owners: ["a"] }, c: { owners: ["b"] } });
  assert.deepEqual(await run(600), { b: [], c: ["b"] });
  assert.deepEqual(
    report.failures.map(({ name, reason }) => [name, reason]),
    [["a", "a webhook, also after 1 s: webhook: no"]],
  );
  assert.deepEqual(report.notes, ["Widget a/b came back without an owner that failed: Widget a"]);
});

test("what comes back gives the rest their time anew", async () => {
  const { add, run, report } = cluster({ a: 1, b: 2, c: 3 });
  add({ a: { refused: true }, b: { refused: true }, c: { refused: true } });
  // Each round brings one, half a second after the last.
  assert.deepEqual(Object.keys(await run(2_000)), ["a", "b", "c"]);
  assert.deepEqual(report.failures, []);
});

test("a missing namespace is waited for only where it waits itself", async () => {
  const { waiting, report } = cluster();
  const settled: RestoreResult = {
    outcome: "failed",
    reason: 'namespaces "a" not found',
    waitsFor: NO_NAMESPACE,
  };
  const source: RestorableFile = {
    resource: WIDGETS,
    async *read() {},
    restore: async () => settled,
    setOwners: async () => {},
  };
  const object = {
    key: { namespace: "a", name: "x" },
    text: "{}",
    owners: [],
    archivedOwners: [],
    managers: undefined,
  };
  await waiting.settle(source, object.key, { result: await source.restore(object, NEVER) }, NEVER);
  assert.deepEqual([report.failures.length, waiting.refusals().size], [1, 0]);
  const namespaces = { ...source, resource: { group: "", kind: "Namespace", resource: "namespaces" } };
  waiting.add(namespaces, { namespace: undefined, name: "a" }, { owners: [], refused: REFUSED });
  await waiting.settle(source, object.key, { result: await source.restore(object, NEVER) }, NEVER);
  assert.deepEqual(
    [report.failures.length, [...waiting.refusals()]],
    [
      1,
      [
        ["a webhook", 1],
        [NO_NAMESPACE, 1],
      ],
    ],
  );
});

test("what waits for what, the most first", () => {
  assert.equal(describeRefusals(new Map([["a quota", 3]])), "3 objects wait: a quota");
  assert.equal(
    describeRefusals(
      new Map([
        ["a quota", 3],
        ["a webhook", 40],
      ]),
    ),
    "43 objects wait: a webhook (40); a quota (3)",
  );
});

test("a bar names what is waited for in few words", () => {
  const webhook = (name: string) => `the admission webhook ${name} cannot be called`;
  const rows: [refusals: [string, number][], text: string][] = [
    [[[webhook("ing.example.com"), 45]], "45 waiting for the webhook ing.example.com"],
    [
      [["the conversion webhook of example.com/v1 cannot be called", 2]],
      "2 waiting for the webhook of example.com/v1",
    ],
    [[["the API server is busy", 1]], "1 waiting: the API server is busy"],
    [
      [
        ["the API server is busy", 1],
        [webhook("a.b.c"), 2],
      ],
      "3 waiting: the admission webhook a.b.c cannot be called (2); the API server is busy (1)",
    ],
  ];
  for (const [refusals, text] of rows) assert.equal(waitingInWords(new Map(refusals)), text);
});
