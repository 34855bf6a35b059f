import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { ManagerLines } from "../../../src/archive/lines/manager-lines.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import type { FieldManager } from "../../../src/kubernetes/field-manager.ts";
import {
  memorySource,
  NEVER,
  SECRETS,
  sampleObject,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const KUBECTL: FieldManager = { manager: "kubectl-create", operation: "Update", apiVersion: "v1" };
const HELM: FieldManager = { manager: "helm", operation: "Update", apiVersion: "v1" };
const APPLY: FieldManager = {
  manager: "argocd",
  operation: "Apply",
  apiVersion: "v1",
  time: "2026-01-31T12:00:00Z",
  fieldsV1: { "f:data": { "f:a": {} } },
};
const SCALE: FieldManager = { ...HELM, subresource: "scale" };

/** What objects `a`, `b`, … were written by, the file's manager, and the managers in lines by name. */
const CASES: [
  name: string,
  objects: (FieldManager[] | undefined)[],
  manager: string | undefined,
  lines: Record<string, FieldManager[]>,
][] = [
  ["all by one", [[KUBECTL], [KUBECTL]], "kubectl-create", {}],
  [
    "by two in turn",
    [[KUBECTL], [HELM], [KUBECTL]],
    "kubectl-create",
    { b: [{ manager: "helm", operation: "Update" }] },
  ],
  ["one applied", [[KUBECTL], [APPLY]], "kubectl-create", { b: [APPLY] }],
  [
    "applied first",
    [[APPLY], [HELM]],
    undefined,
    { a: [APPLY], b: [{ manager: "helm", operation: "Update" }] },
  ],
  ["two at once", [[KUBECTL, HELM]], undefined, { a: [KUBECTL, HELM] }],
  ["a subresource", [[SCALE]], undefined, { a: [SCALE] }],
  ["nothing known", [undefined, undefined], undefined, {}],
  ["nothing known of one", [[KUBECTL], undefined], "kubectl-create", { b: [] }],
  ["the status only", [[]], undefined, {}],
];

describe("field managers of a file", () => {
  for (const [name, objects, manager, lines] of CASES) {
    it(`${name}`, () => {
      const written = new ManagerLines();
      for (const [index, managers] of objects.entries()) written.add("abc"[index] ?? "", managers);
      assert.equal(written.manager, manager);
      const read = written.lines.map((line) => JSON.parse(line));
      assert.deepEqual(Object.fromEntries(read.map(({ name, managers }) => [name, managers])), lines);
      assert.ok(written.lines.every((line) => line.endsWith("\n")));
    });
  }
});

test("they come out of an archive as they went in, and are checked", async () => {
  const { bytes } = await writeSample([
    { ...sampleObject(SECRETS, "shop", "a"), managers: [KUBECTL] },
    { ...sampleObject(SECRETS, "shop", "b"), managers: [APPLY, HELM] },
  ]);
  const archive = await openArchive(memorySource(bytes), NEVER);
  const [objects, managers] = [...archive.files].filter(({ resource }) => resource === "secrets");
  assert.ok(objects !== undefined && managers !== undefined);
  assert.equal(objects.manager, "kubectl-create");
  assert.equal(managers.content, "managers");
  assert.deepEqual(await Array.fromAsync(archive.managers(objects, NEVER)), [
    { name: "b", managers: [APPLY, HELM] },
  ]);
  await verifyArchive(archive, NEVER);
});
