/** Compares 100,000 objects of 2 KB with themselves but for one, in a process of its own. */

import assert from "node:assert/strict";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import type { ComparedSide } from "../../../src/compare/compared-side.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";

const OBJECTS = 100_000;
const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true };

function sideOf(name: string, lastValue: string): ComparedSide {
  return {
    side: { kind: "backup", name, time: "2026-01-31T12:00:00Z" },
    resources: [CONFIG_MAPS],
    namespaces: new Set(["shop"]),
    covers: () => true,
    missing: [],
    keepFinished: new Set<string>(),
    notes: [],
    find: () => CONFIG_MAPS,
    async *objects() {
      for (let index = 0; index < OBJECTS; index++) {
        const value = index === OBJECTS - 1 ? lastValue : "x".repeat(2_000);
        const object = `map-${String(index).padStart(9, "0")}`;
        const text = JSON.stringify({ metadata: { namespace: "shop", name: object }, data: { value } });
        yield { namespace: "shop", name: object, text, owners: [] };
      }
    },
  };
}

const { summary, objects } = await compareSides(
  { left: sideOf("left", "1"), right: sideOf("right", "2"), selection: EVERYTHING },
  AbortSignal.timeout(60_000),
);
assert.deepEqual(summary, { added: 0, changed: 1, removed: 0, alike: OBJECTS - 1 });
assert.deepEqual(objects[0]?.fields, [{ path: "data.value", left: "1", right: "2" }]);
