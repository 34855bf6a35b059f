import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { byName } from "../../../src/change-log/history/changes-of-states.ts";
import { GoneObjects } from "../../../src/change-log/history/gone-objects.ts";
import type { HistoryChange } from "../../../src/change-log/history/history-entry.ts";
import { changesBetween } from "../../../src/change-log/history/inferred-changes.ts";
import { KnownStates } from "../../../src/change-log/history/known-states.ts";
import { RecordWalk } from "../../../src/change-log/history/record-walk.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { compileSelection, EVERYTHING, type SelectionOptions } from "../../../src/selection/selection.ts";
import {
  KINDS,
  type KindWord,
  objectOf,
  recordOf,
  type SampleChange,
} from "../../support/samples/sample-history.ts";

const at = (clock: string) => new Date(`2026-01-31T${clock}Z`);
const RANGE = { since: at("12:00:00"), until: at("13:00:00") };

/** States of `shop/web` by kind. */
function statesOf(...objects: [kind: KindWord, path: string, content?: JsonObject][]): KnownStates {
  const states = new KnownStates();
  for (const [kind, path, content] of objects) {
    const { namespace, name, text } = objectOf(kind, path, content);
    states.set({
      resource: KINDS[kind],
      namespace,
      name,
      state: () => JSON.parse(text),
      portable: () => JSON.parse(text),
    });
  }
  return states;
}

interface WalkOptions {
  states?: KnownStates;
  only?: SelectionOptions;
  settled?: Date;
}

/** The changes of records, of which the revision is the number. */
function walk(
  records: readonly [clock: string, SampleChange["operation"], KindWord, string, JsonObject?][],
  { states = statesOf(), only = {}, settled }: WalkOptions = {},
): HistoryChange[] {
  const all = Object.values(KINDS);
  const { selector: _, ...wide } = only;
  const along = new RecordWalk({
    ...{ states, resources: byName(all), range: RANGE },
    exact: compileSelection(only, all, "a test"),
    wide: compileSelection(wide, all, "a test"),
    first: settled && { settled, backup: "backup_20260131T120000Z" },
  });
  return records.flatMap(([clock, operation, kind, path, content = {}], index) => {
    const change = along.take(recordOf({ at: at(clock), revision: index, operation, kind, path, content }));
    return change === undefined ? [] : [change];
  });
}

const text = ({ operation, resource, name, changes }: HistoryChange) =>
  `${operation} ${resource.kind} ${name}: ${changes.map(({ path }) => path).join(" ")}`;

describe("records along the states before them", () => {
  it("tell what each changed, from the base, and from the record before", () => {
    const states = statesOf(["configMaps", "shop/a", { data: { x: "1" } }]);
    const found = walk(
      [
        ["12:01:00", "update", "configMaps", "shop/a", { data: { x: "2" } }],
        ["12:02:00", "update", "configMaps", "shop/a", { data: { x: "2", y: "1" } }],
        ["12:03:00", "delete", "configMaps", "shop/a"],
        ["12:04:00", "create", "configMaps", "shop/a", { data: { x: "9" } }],
      ],
      { states },
    );
    assert.deepEqual(found.map(text), [
      "update ConfigMap a: data.x",
      "update ConfigMap a: data.y",
      "delete ConfigMap a: data.x data.y",
      "create ConfigMap a: data.x",
    ]);
  });

  it("count before the range as states, and not as changes", () => {
    const found = walk([
      ["11:00:00", "create", "configMaps", "shop/a", { data: { x: "1" } }],
      ["12:01:00", "update", "configMaps", "shop/a", { data: { x: "2" } }],
      ["13:00:01", "update", "configMaps", "shop/a", { data: { x: "3" } }],
    ]);
    assert.deepEqual(
      found.map(({ changes }) => changes),
      [[{ path: "data.x", left: "1", right: "2" }]],
    );
  });

  it("hide the values of Secrets", () => {
    const states = statesOf(["secrets", "shop/s", { data: { p: "old" } }]);
    const found = walk(
      [
        ["12:01:00", "update", "secrets", "shop/s", { data: { p: "new" } }],
        ["12:02:00", "delete", "secrets", "shop/s"],
        ["12:03:00", "create", "secrets", "shop/s", { data: { p: "third" } }],
      ],
      { states },
    );
    assert.equal(found.length, 3);
    assert.doesNotMatch(JSON.stringify(found), /old|new|third/);
  });

  it("are of a label where the state before or after has it", () => {
    const records: Parameters<typeof walk>[0] = [
      ["12:01:00", "update", "configMaps", "shop/a", { labels: { app: "web" } }],
      ["12:02:00", "update", "configMaps", "shop/a", { labels: { app: "web" }, data: { x: "1" } }],
      ["12:03:00", "update", "configMaps", "shop/a", { data: { x: "1" } }],
      ["12:04:00", "update", "configMaps", "shop/a", { data: { x: "2" } }],
    ];
    const found = walk(records, {
      states: statesOf(["configMaps", "shop/a"]),
      only: { selector: "app=web" },
    });
    assert.deepEqual(
      found.map(({ revision }) => revision),
      ["0", "1", "2"],
    );
  });

  it("tell nothing of fields where the state before is not known", () => {
    const [found] = walk([["12:01:00", "update", "configMaps", "shop/a", { data: { x: "1" } }]]);
    assert.deepEqual(found?.changes, []);
  });
});

describe("from where a deleted object comes back", () => {
  const source = (records: Parameters<typeof walk>[0], options: WalkOptions = {}) =>
    walk(records, { states: statesOf(["configMaps", "shop/a"]), ...options }).at(-1)?.source;

  it("is the moment just before", () =>
    assert.deepEqual(source([["12:03:00", "delete", "configMaps", "shop/a"]]), { at: at("12:02:59.999") }));

  it("is the moment before its namespace went", () =>
    assert.deepEqual(
      source([
        ["12:02:00", "delete", "namespaces", "shop"],
        ["12:03:00", "delete", "configMaps", "shop/a"],
      ]),
      { at: at("12:01:59.999") },
    ));

  it("is its own moment where the namespace is there again, or went before the range with another", () => {
    assert.deepEqual(
      source([
        ["12:01:00", "delete", "namespaces", "shop"],
        ["12:01:10", "create", "namespaces", "shop"],
        ["12:01:11", "create", "configMaps", "shop/a"],
        ["12:03:00", "delete", "configMaps", "shop/a"],
      ]),
      { at: at("12:02:59.999") },
    );
    // Not even of a selection that the namespace is none of.
    assert.deepEqual(
      source(
        [
          ["12:02:00", "delete", "namespaces", "shop"],
          ["12:03:00", "delete", "configMaps", "shop/a"],
        ],
        { only: { includeKinds: ["cm"] } },
      ),
      { at: at("12:01:59.999") },
    );
  });

  it("is the backup where no moment before can be opened", () =>
    assert.deepEqual(source([["12:00:01", "delete", "configMaps", "shop/a"]], { settled: at("12:00:01") }), {
      backup: "backup_20260131T120000Z",
    }));
});

describe("what is inferred from two states", () => {
  const unknown = { after: at("12:00:00"), time: at("12:30:00"), source: { at: at("12:00:00") } };
  it("is what differs, in order, with both times", () => {
    const before = statesOf(
      ["configMaps", "shop/same", { data: { x: "1" } }],
      ["configMaps", "shop/gone"],
      ["configMaps", "shop/other", { data: { x: "1" } }],
    );
    const after = statesOf(
      ["configMaps", "shop/same", { data: { x: "1" } }],
      ["configMaps", "shop/other", { data: { x: "2" } }],
      ["configMaps", "shop/new"],
    );
    const found = changesBetween(before, after, EVERYTHING, unknown);
    assert.deepEqual(found.map(text), [
      "delete ConfigMap gone: ",
      "create ConfigMap new: ",
      "update ConfigMap other: data.x",
    ]);
    for (const { time, after: edge, revision } of found)
      assert.deepEqual([time, edge, revision], [unknown.time, unknown.after, undefined]);
  });
});

it("what is gone is what was deleted last, and did not come back", () => {
  const gone = new GoneObjects();
  for (const change of walk([
    ["12:01:00", "delete", "configMaps", "shop/a"],
    ["12:02:00", "delete", "configMaps", "shop/b"],
    ["12:03:00", "create", "configMaps", "shop/a"],
    ["12:04:00", "delete", "configMaps", "shop/a"],
    ["12:05:00", "delete", "configMaps", "shop/c"],
    ["12:06:00", "create", "configMaps", "shop/c"],
  ]))
    gone.take(change);
  assert.deepEqual(
    gone.list().map(({ name, revision }) => [name, revision]),
    [
      ["b", "1"],
      ["a", "3"],
    ],
  );
});
