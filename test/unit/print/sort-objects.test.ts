import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { compareKeys, parseSortBy, sortedWriter } from "../../../src/print/sort-objects.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true };
const DEPLOYMENTS = { ...SECRETS, group: "apps", resource: "deployments", kind: "Deployment" };

function sorted(text: string, objects: [resource: typeof SECRETS, object: JsonObject][]): string[] {
  const written: string[] = [];
  const writer = sortedWriter(
    {
      add: (_resource, object) => void written.push(String(object["name"])),
      end: () => void written.push("end"),
    },
    { path: parseSortBy(text), text },
  );
  for (const [resource, object] of objects) writer.add(resource, object);
  writer.end();
  return written;
}

describe("objects in the order of a field", () => {
  const object = (name: string, size?: number) => ({
    name,
    ...(size === undefined ? {} : { spec: { size } }),
  });

  it("are sorted kind by kind, what lacks the field first", () => {
    const objects: [typeof SECRETS, JsonObject][] = [
      [SECRETS, object("b", 10)],
      [SECRETS, object("a", 9)],
      [SECRETS, object("c")],
      [DEPLOYMENTS, object("d", 1)],
    ];
    assert.deepEqual(sorted(".spec.size", objects), ["c", "a", "b", "d", "end"]);
    assert.deepEqual(sorted("{.name}", objects), ["a", "b", "c", "d", "end"]);
    assert.deepEqual(sorted("name", []), ["end"]);
  });

  it("are an error where none has it", () => {
    assert.throws(
      () => sorted(".spec.sise", [[SECRETS, object("a", 1)]]),
      /Cannot sort by \.spec\.sise: no object has/,
    );
  });

  it("are compared as numbers and as texts with numbers in them", () => {
    const rows: [one: unknown, other: unknown, order: number][] = [
      [2, 10, -1],
      ["web-2", "web-10", -1],
      ["b", "a", 1],
      ["a", "a", 0],
      [undefined, 0, -1],
      ["10", 9, 1],
    ];
    for (const [one, other, order] of rows)
      assert.equal(Math.sign(compareKeys(one, other)), order, `${one} ${other}`);
  });

  it("by what is no path are wrong usage", () => {
    for (const text of ["{.a", "", ".a[", "{}"]) assert.throws(() => parseSortBy(text), UsageError, text);
  });
});
