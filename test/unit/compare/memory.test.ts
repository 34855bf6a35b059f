import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { it } from "node:test";

it("200 MB of objects that are alike are compared in 16 MB", {
  skip: "Deno" in globalThis && "Node's flag",
}, () => {
  const script = path.join(import.meta.dirname, "many-objects.ts");
  const { status, stderr } = spawnSync(process.execPath, ["--max-old-space-size=16", script], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr.slice(0, 2_000));
});
