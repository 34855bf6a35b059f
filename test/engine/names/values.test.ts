/**
 * Numbers and bytes: what the API server says of an object after a restore is, to the letter, what it
 * said before. Answers are compared as text, since a parser would round what is to be seen.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { textAt } from "../../support/cluster/raw-json.ts";
import { collectionOf, type Definition, define, type Rig, startRig } from "../../support/engine/rig.ts";
import { until } from "../../support/until.ts";
import { KEPT, OPEN, REFUSED, STRICT, STRICT_VALUES } from "./value-cases.ts";

const NAMESPACE = "values";

let rig: Rig;
let first: Awaited<ReturnType<Rig["backUp"]>>;
/** Texts before the restore, by list. */
const texts = new Map<string, Map<string, string>>();

const LISTS = [
  collectionOf(OPEN, NAMESPACE),
  collectionOf(STRICT, NAMESPACE),
  `/api/v1/namespaces/${NAMESPACE}/configmaps`,
  `/api/v1/namespaces/${NAMESPACE}/secrets`,
  `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`,
] as const;

const MIB = 1024 * 1024;
/** As long as a Secret's values may be together; every byte, and nothing that could be packed. */
const LARGE = Buffer.concat(
  Array.from({ length: MIB / 64 }, (_, index) => createHash("sha512").update(String(index)).digest()),
);

before(async () => {
  rig = await startRig();
  await rig.send("POST", "/api/v1/namespaces", JSON.stringify({ metadata: { name: NAMESPACE } }));
  await define(rig, [OPEN, STRICT]);
  const ours = (
    list: readonly (readonly [string, string?])[],
    { kind, group, ...more }: Definition,
    field: string,
  ) =>
    list.map(([sent], index) =>
      rig.send(
        "POST",
        collectionOf({ kind, group, ...more }, NAMESPACE),
        `{"apiVersion":"${group}/v1","kind":"${kind}","metadata":{"name":"v${index}"},"${field}":${sent}}`,
      ),
    );
  await Promise.all([...ours(KEPT, OPEN, "value"), ...ours(STRICT_VALUES, STRICT, "spec")]);
  await Promise.all(
    [
      { name: "empty" },
      { name: "empty-maps", data: {}, binaryData: {} },
      { name: "empty-value", data: { a: "" }, binaryData: { b: "" } },
      { name: "texts", data: Object.fromEntries(KEPT.map(([sent], index) => [`k.${index}_-`, sent])) },
      {
        name: "bytes",
        binaryData: { "all.bytes": Buffer.from(Array.from({ length: 256 }, (_, n) => n)).toString("base64") },
      },
      { name: "fixed", data: { ".a": "1", "._-": "2" }, immutable: true },
    ].map(({ name, ...parts }) =>
      rig.send("POST", LISTS[2], JSON.stringify({ metadata: { name }, ...parts })),
    ),
  );
  await Promise.all(
    [
      { name: "large", data: { value: LARGE.toString("base64") } },
      { name: "empty" },
      { name: "unpadded-looking", data: { a: "", b: "AA==", c: "AAA=", d: "AAAA" } },
      { name: "own-type", type: "example.com/token", data: { token: "bm8=" }, immutable: true },
    ].map(({ name, ...parts }) =>
      rig.send("POST", LISTS[3], JSON.stringify({ metadata: { name }, ...parts })),
    ),
  );
  await Promise.all(
    ["2026-01-02T03:04:05.000000Z", "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.100000Z"].map(
      (time, index) =>
        rig.send(
          "POST",
          LISTS[4],
          JSON.stringify({
            metadata: { name: `l${index}` },
            spec: { renewTime: time, acquireTime: time, leaseDurationSeconds: 2147483647 },
          }),
        ),
    ),
  );
  for (const list of LISTS) texts.set(list, await rig.texts(list));
  first = await rig.backUp("leases.coordination.k8s.io");
});

after(() => rig?.stop());

describe("what the API server holds before", () => {
  it("is what was sent, or the form that it gives it", () => {
    const places = [
      { list: LISTS[0], values: KEPT, field: "value" },
      { list: LISTS[1], values: STRICT_VALUES, field: "spec" },
    ];
    for (const { list, values, field } of places) {
      const held = values.map((_, index) =>
        textAt(texts.get(list)?.get(`${NAMESPACE}/v${index}`) ?? "", [field]),
      );
      assert.deepEqual(
        held,
        values.map(([sent, kept = sent]) => asServed(kept)),
      );
    }
  });

  for (const sent of REFUSED) {
    it(`is never ${sent}, which it refuses`, async () => {
      const body = `{"apiVersion":"${OPEN.group}/v1","kind":"Open","metadata":{"name":"refused"},"value":${sent}}`;
      await assert.rejects(rig.send("POST", LISTS[0], body), /HTTP 400/);
    });
  }
});

describe("backed up, deleted and restored", () => {
  before(async () => {
    for (const list of LISTS) await rig.send("DELETE", list);
    for (const list of LISTS)
      await until(`${list} is empty`, async () =>
        [...(await rig.texts(list)).keys()].every((title) => title.endsWith("/kube-root-ca.crt")),
      );
    const { report } = await rig.restore(first);
    assert.deepEqual(report.failures, []);
    assert.deepEqual(report.notes, []);
  });

  for (const list of LISTS) {
    it(`${list} answers to the letter what it did`, async () => {
      const now = await rig.texts(list);
      const then = texts.get(list) ?? new Map();
      assert.deepEqual([...now.keys()], [...then.keys()]);
      for (const [title, text] of then) {
        // Of a megabyte that differs, no message is of use.
        assert.ok(
          now.get(title) === text,
          `${title} was\n${text.slice(0, 2_000)}\nand is\n${now.get(title)?.slice(0, 2_000)}`,
        );
      }
    });
  }

  it("an update writes over other values what was there", async () => {
    const change = { value: 1, spec: { ratio: 2 }, more: { "": 9 } };
    for (const [list, values] of [
      [LISTS[0], KEPT],
      [LISTS[1], STRICT_VALUES],
    ] as const) {
      for (const index of values.keys()) await rig.cluster.request("PATCH", `${list}/v${index}`, change);
    }
    const { report } = await rig.restore(first, "update");
    assert.deepEqual(report.failures, []);
    assert.equal(report.total("updated"), KEPT.length + STRICT_VALUES.length);
    for (const list of LISTS.slice(0, 2))
      assert.deepEqual([...(await rig.texts(list))], [...(texts.get(list) ?? [])]);
  });

  it("a second restore finds every one of them unchanged, and writes nothing", async () => {
    const { items } = await rig.restore(first);
    const changed = items.filter(({ outcome }) => outcome !== "unchanged");
    assert.deepEqual(changed, []);
  });
});

/** The API server writes these characters of texts as escapes. */
function asServed(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
