import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Imports against the direction of the layers: folder, and what a file in it must not import. */
const AGAINST = [
  ["cluster", "../store/store.ts"],
  ["cluster", "../backup/loop.ts"],
  ["store", "../archive/manifest.ts"],
  ["store", "../settings/settings.ts"],
  ["archive", "../cluster/json.ts"],
  ["archive", "../store/open-store.ts"],
  ["objects", "../gate/decide.ts"],
  ["backup", "../commands/context.ts"],
  ["restore", "../commands/context.ts"],
  ["gate", "../commands/context.ts"],
  ["selection", "../cluster/resource.ts"],
  ["print", "../catalog/open-backup.ts"],
  ["catalog", "../restore/order.ts"],
  ["retention", "../cluster/objects.ts"],
  ["compare", "../restore/order.ts"],
  ["rehearse", "../gate/flag.ts"],
  ["store", "../catalog/open-backup.ts"],
  ["objects", "../selection/selection.ts"],
  ["settings", "../cluster/json.ts"],
  ["settings", "../store/open-store.ts"],
  ["terminal", "../settings/secret.ts"],
  ["time", "../errors.ts"],
  ["memory", "../cluster/json.ts"],
] as const;

const ALONG = [
  ["commands", "../restore/order.ts"],
  ["backup", "../archive/writer.ts"],
  ["gate", "../store/store.ts"],
  ["archive", "../store/store.ts"],
  ["catalog", "../archive/reader.ts"],
  ["compare", "../objects/portable.ts"],
  ["restore", "../selection/selection.ts"],
  ["retention", "../catalog/open-backup.ts"],
  ["settings", "../store/target.ts"],
  ["store", "../errors.ts"],
  ["store", "../memory/free.ts"],
  ["archive", "../memory/free.ts"],
] as const;

describe("the check of the layers", () => {
  let folder: string;
  let refused: Set<string>;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-layers-"));
    await copyFile(path.join(ROOT, "biome.json"), path.join(folder, "biome.json"));
    for (const [layer, imported] of [...AGAINST, ...ALONG]) {
      await mkdir(path.join(folder, "src", layer), { recursive: true });
      await writeFile(path.join(folder, fileOf(layer, imported)), `import "${imported}";\n`);
    }
    const biome = path.join(ROOT, "node_modules/.bin/biome");
    const args = [
      "lint",
      "--only=style/noRestrictedImports",
      "--max-diagnostics=none",
      "--colors=off",
      "src",
    ];
    const { stdout, stderr } = spawnSync(biome, args, { cwd: folder, encoding: "utf8" });
    const found = `${stdout}${stderr}`.matchAll(/^(src\/\S+?):\d+:\d+ lint\/style\/noRestrictedImports/gm);
    refused = new Set([...found].map(([, file]) => file ?? ""));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [layer, imported] of AGAINST) {
    it(`refuses ${imported} in src/${layer}`, () => assert.ok(refused.has(fileOf(layer, imported))));
  }
  for (const [layer, imported] of ALONG) {
    it(`allows ${imported} in src/${layer}`, () => assert.ok(!refused.has(fileOf(layer, imported))));
  }
});

function fileOf(layer: string, imported: string): string {
  return `src/${layer}/${path.basename(path.dirname(imported))}-${path.basename(imported)}`;
}
