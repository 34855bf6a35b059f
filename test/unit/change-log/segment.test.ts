import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import type { ChangeRecord } from "../../../src/change-log/format/change-record.ts";
import { formatSegment, parseSegment } from "../../../src/change-log/format/segment.ts";
import { SegmentFault } from "../../../src/change-log/format/segment-fault.ts";
import { parseJson } from "../../../src/kubernetes/json.ts";

const HEADER = {
  timeline: "20261130T140000000Z-01234567-89abcdef",
  number: 3,
  cluster: "01234567-89ab-cdef-0123-456789abcdef",
  from: { revision: "100", time: "2026-11-30T14:00:00.000Z" },
  to: { revision: "120", time: "2026-11-30T14:00:05.000Z" },
  previous: "ab".repeat(32),
};
const HEAD = { resource: "configmaps", kind: "ConfigMap", namespace: "shop", name: "settings" };
/** Numbers that JavaScript would round. */
const OBJECT = '{"apiVersion":"v1","kind":"ConfigMap","n":12345678901234567890,"f":1.0}';
const RECORDS: ChangeRecord[] = [
  {
    ...{
      revision: "110",
      time: "2026-11-30T14:00:01.000Z",
      operation: "update",
      ...HEAD,
      manager: "kubectl",
    },
    object: parseJson(OBJECT) as Record<string, unknown>,
  },
  { revision: "111", time: "2026-11-30T14:00:02.000Z", operation: "delete", ...HEAD },
];

test("a segment is read as it was written, with all numbers as they were", () => {
  const text = formatSegment(HEADER, RECORDS);
  const { header, records, signature, signed } = parseSegment(text);
  assert.equal(header.records, 2);
  assert.deepEqual({ ...header, ...HEADER }, header);
  assert.equal(JSON.stringify(records[0]?.object), OBJECT);
  assert.deepEqual(records[1], RECORDS[1]);
  assert.equal(signature, undefined);
  assert.equal(signed, text);
});

test("a signature is of all lines before it", () => {
  const plain = formatSegment(HEADER, RECORDS);
  const text = formatSegment(HEADER, RECORDS, (bytes) => `signed ${bytes.length}`);
  const { signature, signed } = parseSegment(text);
  assert.equal(signed, plain);
  assert.equal(signature, `signed ${Buffer.byteLength(plain)}`);
});

test("what is no segment is an error that quotes nothing", () => {
  const text = formatSegment(HEADER, RECORDS);
  const [head = "", first = ""] = text.split("\n");
  const cases = [
    "",
    "secret\n",
    text.slice(0, -1),
    `${head}\n${first}\n`,
    `${text}${first}\n`,
    text.replace('"operation":"delete"', '"operation":"secret"'),
    text.replace('"operation":"delete"', '"operation":"update"'),
    text.replace('"name":"settings"', '"name":""'),
    text.replace('"format":"kube-backup change log"', '"format":"secret"'),
    text.replace('"formatVersion":1', '"formatVersion":2'),
  ];
  for (const each of cases) {
    assert.throws(
      () => parseSegment(each),
      (error) => error instanceof SegmentFault && !error.message.includes("secret"),
      each,
    );
  }
});
