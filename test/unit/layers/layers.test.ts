import assert from "node:assert/strict";
import path from "node:path";
import { before, describe, it } from "node:test";
import { checkLayers, folderCycle, type Import, importsWithin } from "./imports.ts";
import { LAYERS } from "./layers.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const SRC = path.join(ROOT, "src");

describe("the layers of src", () => {
  let sources: { files: string[]; imports: Import[] };
  before(async () => {
    sources = await importsWithin(SRC);
  });

  it("are read from all real imports", () => {
    assert.ok(sources.files.includes("main.ts"));
    const seen = (from: string, to: string) =>
      sources.imports.some((each) => each.from === from && each.to === to);
    assert.ok(seen("main.ts", "commands/cli.ts"), "a static import");
    // Commands import what they need when they run.
    assert.ok(seen("commands/run.ts", "backup/loop.ts"), "a lazy import");
  });

  it("allow every import that there is", () => {
    assert.deepEqual(checkLayers(LAYERS, sources).forbidden, []);
  });

  it("list every folder", () => assert.deepEqual(checkLayers(LAYERS, sources).unlisted, []));

  it("name no folder or file that is not there", () => {
    const exists = (layer: string) =>
      sources.files.some((file) => file === layer || file.startsWith(`${layer}/`));
    const named = [...Object.keys(LAYERS), ...Object.values(LAYERS).flat()];
    assert.deepEqual(
      named.filter((layer) => !exists(layer)),
      [],
    );
  });

  it("are without a cycle between folders, at any depth", () => {
    assert.equal(folderCycle(sources.imports), undefined);
  });
});

describe("the folders of what is not shipped", () => {
  for (const folder of ["bench", "build"]) {
    it(`${folder}: import each other in no circle`, async () => {
      const { files, imports } = await importsWithin(path.join(ROOT, folder));
      assert.ok(files.length > 0 && imports.length > 0);
      assert.equal(folderCycle(imports), undefined);
    });
  }
});

describe("the check of the layers", () => {
  const refused = (from: string, to: string) =>
    checkLayers(LAYERS, { files: [], imports: [{ from, to }] }).forbidden.length > 0;

  const AGAINST = [
    ["cluster/objects.ts", "store/contract/store.ts"],
    ["cluster/objects.ts", "backup/loop.ts"],
    ["store/open-store.ts", "archive/reader.ts"],
    ["store/open-store.ts", "settings/settings.ts"],
    ["archive/reader.ts", "cluster/objects.ts"],
    ["archive/reader.ts", "store/open-store.ts"],
    ["archive/zip/zip-reader.ts", "store/s3/s3-store.ts"],
    ["objects/portable.ts", "restore-gate/decide.ts"],
    ["backup/loop.ts", "commands/run.ts"],
    ["restore/rounds/order.ts", "command-line/options.ts"],
    ["restore-gate/decide.ts", "commands/run.ts"],
    ["selection/resources-by-name.ts", "cluster/objects.ts"],
    ["print/yaml.ts", "catalog/open-backup.ts"],
    ["catalog/open-backup.ts", "restore/rounds/order.ts"],
    ["retention/keep.ts", "cluster/objects.ts"],
    ["compare/document.ts", "restore/rounds/order.ts"],
    ["rehearse/rehearse.ts", "restore-gate/decide.ts"],
    ["objects/portable.ts", "selection/selection.ts"],
    ["settings/settings.ts", "cluster/objects.ts"],
    ["settings/settings.ts", "store/open-store.ts"],
    ["terminal/table.ts", "settings/secret.ts"],
    ["time/sleep.ts", "errors.ts"],
    ["health/server.ts", "terminal/log/log.ts"],
    ["memory/owned-bytes.ts", "kubernetes/json.ts"],
    ["kubernetes/json.ts", "errors.ts"],
    ["pages/browser/diff/model.ts", "compare/document.ts"],
    ["pages/browser/diff/model.ts", "pages/frame.ts"],
    ["commands/run.ts", "main.ts"],
    ["command-line/options.ts", "commands/run.ts"],
  ] as const;
  for (const [from, to] of AGAINST)
    it(`refuses ${to} in ${from}`, () => assert.equal(refused(from, to), true));

  const ALONG = [
    ["commands/restore/scope.ts", "restore/rounds/order.ts"],
    ["backup/take-backup.ts", "archive/writer.ts"],
    ["restore-gate/restore-gate.ts", "store/contract/store.ts"],
    ["archive/reader.ts", "store/contract/store.ts"],
    ["compare/compare-sides.ts", "objects/portable.ts"],
    ["store/s3/s3-store.ts", "errors.ts"],
    ["compare/html/data/page-object.ts", "pages/browser/diff/data.ts"],
    ["pages/browser/diff/model.ts", "words/visible.ts"],
  ] as const;
  for (const [from, to] of ALONG) it(`allows ${to} in ${from}`, () => assert.equal(refused(from, to), false));

  it("refuses a folder that nobody has listed", () => {
    const sources = { files: ["brand-new/thing.ts", "errors.ts"], imports: [] };
    assert.deepEqual(checkLayers(LAYERS, sources).unlisted, ["brand-new/thing.ts"]);
  });

  it("finds a cycle between folders", () => {
    const imports = [
      { from: "a/x/one.ts", to: "b/two.ts" },
      { from: "b/three.ts", to: "c.ts" },
      { from: "c.ts", to: "a/x/four.ts" },
    ];
    assert.deepEqual(folderCycle(imports), ["a/x", "b", "c.ts", "a/x"]);
    assert.equal(folderCycle(imports.slice(0, 2)), undefined);
  });
});
