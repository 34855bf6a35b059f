/** Which parts of the bundle are one script. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type BundledPart, startParts } from "../../../build/start-parts.ts";

function part(...imports: string[]): BundledPart {
  return {
    imports: imports.map((text) => {
      const [kind = "", path = ""] = text.split(" ");
      return path.startsWith("node:") ? { kind, path, external: true } : { kind, path };
    }),
  };
}

test("the script of a start holds what the first part imports, directly or not, and nothing that is imported on demand", () => {
  const parts = new Map([
    ["main.cjs", part("import-statement dist/b.cjs", "dynamic-import dist/late.cjs")],
    [
      "b.cjs",
      part("import-statement dist/a.cjs", "import-statement node:fs", "import-statement dist/main.cjs"),
    ],
    ["a.cjs", part()],
    ["late.cjs", part("import-statement dist/a.cjs", "import-statement dist/later.cjs")],
    ["later.cjs", part()],
  ]);
  assert.deepEqual(startParts(parts), ["main.cjs", "a.cjs", "b.cjs"]);
});
