import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LinesInOrder } from "../../../src/archive/lines/lines-in-order.ts";
import {
  statusInApiVersion,
  statusOf,
  withStatusApart,
} from "../../../src/restore/object/archived-status.ts";

const WIDGETS = { group: "example.com", version: "v1", statusVersions: ["v1"] };
const BIG = '{"count":9007199254740993}';

describe("an object whose status is a subresource here", () => {
  const object = (text: string) => ({
    ...{ key: { namespace: "a", name: "b" }, owners: [], archivedOwners: [], managers: undefined },
    text: `{"apiVersion":"example.com/v1",${text}}`,
  });
  const had = object(`"spec":{"n":1},"status":${BIG}`);

  it("has it apart, with its numbers as they were", () => {
    const { text, status } = withStatusApart(WIDGETS, had);
    assert.equal(text, '{"apiVersion":"example.com/v1","spec":{"n":1}}');
    assert.equal(JSON.stringify(status?.value), BIG);
    assert.equal(status?.managers, undefined);
  });

  const AS_IT_IS: [name: string, resource: Parameters<typeof withStatusApart>[0], text: string][] = [
    ["has none", WIDGETS, '"spec":{}'],
    ["has a field of that name elsewhere", WIDGETS, '"spec":{"status":1}'],
    ["has it as a field here too", { ...WIDGETS, statusVersions: [] }, '"status":{}'],
    ["is of a group that the API server serves itself", { ...WIDGETS, group: "apps" }, '"status":{}'],
  ];
  for (const [name, resource, text] of AS_IT_IS) {
    it(`stays as it is where it ${name}`, () => {
      const given = object(text);
      assert.equal(withStatusApart(resource, given), given);
    });
  }
});

describe("a line of an archive", () => {
  it("is read without loss", () => {
    const managers = [{ manager: "a", operation: "Update" }];
    const text = `{"name":"b","status":${BIG},"managers":${JSON.stringify(managers)}}`;
    const status = statusOf({ text });
    assert.equal(JSON.stringify(status.value), BIG);
    assert.deepEqual(status.managers, managers);
  });

  it("has its managers in the version in which it comes back", () => {
    const manager = { manager: "a", operation: "Update", apiVersion: "x/v1" };
    const versions = { from: "x/v1", to: "x/v2" };
    assert.deepEqual(statusInApiVersion({ value: {}, managers: [manager] }, versions)?.managers, [
      { ...manager, apiVersion: "x/v2" },
    ]);
    assert.equal(statusInApiVersion(undefined, versions), undefined);
  });
});

describe("lines in order", () => {
  async function* lines(...names: string[]) {
    for (const name of names) yield { name };
  }
  it("are those of the objects that have one", async () => {
    const inOrder = new LinesInOrder(lines("b", "d"));
    const found = [];
    for (const name of ["a", "b", "c", "d", "e"]) found.push((await inOrder.next(name))?.name);
    assert.deepEqual(found, [undefined, "b", undefined, "d", undefined]);
    assert.equal(await inOrder.any(), true);
  });
  it("may be none", async () => {
    const inOrder = new LinesInOrder(lines());
    assert.equal(await inOrder.any(), false);
    assert.equal(await inOrder.next("a"), undefined);
    await inOrder.close();
  });
});
