import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it, test } from "node:test";
import { parseStatus } from "../../../src/archive/lines/parse-lines.ts";
import { statusLine } from "../../../src/archive/lines/status-lines.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import type { ArchiveObject } from "../../../src/archive/writer.ts";
import type { FieldManager } from "../../../src/kubernetes/field-manager.ts";
import { parseJson } from "../../../src/kubernetes/json.ts";
import type { CustomStatus } from "../../../src/kubernetes/object-status.ts";
import {
  memorySource,
  NEVER,
  SECRETS,
  sampleObject,
  WIDGETS,
  wholeManifest,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const NUMBERS = '{"a":9007199254740993,"b":1.0,"c":1e21,"d":null,"e":"ß😀\\u0000"}';
const CONTROLLER: FieldManager = {
  manager: "controller",
  operation: "Update",
  apiVersion: "example.com/v1",
  time: "2026-01-31T12:00:00Z",
  fieldsV1: { "f:status": { "f:a": {} } },
};
const APPLY: FieldManager = { ...CONTROLLER, manager: "flux", operation: "Apply" };

const LINES: [name: string, status: CustomStatus, line: string][] = [
  ["by nobody known", { value: parseJson(NUMBERS), managers: undefined }, `{"name":"w","status":${NUMBERS}}`],
  [
    "by one alone, who needs no list of fields",
    { value: {}, managers: [CONTROLLER] },
    '{"name":"w","status":{},"managers":[{"manager":"controller","operation":"Update"}]}',
  ],
  [
    "by one who applied it",
    { value: {}, managers: [APPLY] },
    `{"name":"w","status":{},"managers":[${JSON.stringify(APPLY)}]}`,
  ],
  [
    "by two",
    { value: { a: 1 }, managers: [CONTROLLER, APPLY] },
    `{"name":"w","status":{"a":1},"managers":[${JSON.stringify(CONTROLLER)},${JSON.stringify(APPLY)}]}`,
  ],
];

describe("a status as a line", () => {
  for (const [name, status, line] of LINES) {
    it(name, () => {
      assert.equal(statusLine("w", status), line);
      assert.deepEqual(parseStatus(Buffer.from(line)), { name: "w", text: line });
    });
  }
});

const WRONG = [
  "",
  "{}",
  '{"name":"w"}',
  '{"status":{}}',
  '{"name":1,"status":{}}',
  '{"name":"w","status":{},"managers":{}}',
  '{"name":"w","status":{},"managers":[{"manager":"a"}]}',
];

for (const line of WRONG) {
  test(`a line of ${JSON.stringify(line)} is refused, and not quoted`, () =>
    assert.throws(() => parseStatus(Buffer.from(line)), { message: "a line of it names no status" }));
}

function widget(name: string, value: unknown): ArchiveObject {
  return { ...sampleObject(WIDGETS, "shop", name), status: { value, managers: [CONTROLLER] } };
}

test("statuses come out of an archive as they went in, and are checked", async () => {
  const { bytes, manifest } = await writeSample([
    sampleObject(SECRETS, "shop", "s"),
    widget("a", parseJson(NUMBERS)),
    sampleObject(WIDGETS, "shop", "b"),
    widget("c", {}),
  ]);
  const archive = await openArchive(memorySource(bytes), NEVER);
  assert.deepEqual(wholeManifest(archive), manifest);
  const [objects, statuses] = manifest.files.filter(({ resource }) => resource === "widgets.example.com");
  assert.ok(objects !== undefined && statuses !== undefined);
  assert.deepEqual(
    [statuses.path, statuses.content, statuses.objects],
    ["namespaces/shop/widgets.example.com.status.jsonl", "status", 2],
  );
  const managers = '"managers":[{"manager":"controller","operation":"Update"}]';
  assert.deepEqual(await Array.fromAsync(archive.statuses(objects, NEVER)), [
    { name: "a", text: `{"name":"a","status":${NUMBERS},${managers}}` },
    { name: "c", text: `{"name":"c","status":{},${managers}}` },
  ]);
  assert.deepEqual(await Array.fromAsync(archive.statuses(manifest.files[0] ?? objects, NEVER)), []);
  const [text] = await Array.fromAsync(archive.objects(objects, NEVER));
  assert.ok(!text?.includes("status"));
  await verifyArchive(archive, NEVER);
});

test("statuses count towards the size of a part: they are in memory until it ends", async () => {
  const large = { text: "x".repeat(10_000) };
  const { manifest, bytes } = await writeSample(
    ["a", "b", "c"].map((name) => widget(name, large)),
    { partBytes: 15_000 },
  );
  const parts = manifest.files.filter(({ content }) => content === "objects" || content === "status");
  assert.deepEqual(
    parts.map(({ path, objects }) => [path.replace("namespaces/shop/widgets.example.com", ""), objects]),
    [
      [".json", 2],
      [".status.jsonl", 2],
      ["-2.json", 1],
      ["-2.status.jsonl", 1],
    ],
  );
  await verifyArchive(await openArchive(memorySource(bytes), NEVER), NEVER);
});
