import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, it } from "node:test";
import { OperatorError } from "../../../src/errors.ts";
import { ObjectFolder } from "../../../src/print/folder/object-folder.ts";

let root: string;

before(async () => {
  root = await mkdtemp(path.join(tmpdir(), "kube-backup-folder-"));
});

after(() => rm(root, { recursive: true }));

it("what an export that was cut off has written is known to the next one", async () => {
  const folder = path.join(root, "new", "folder");
  const cut = await ObjectFolder.open(folder, { force: false });
  await Promise.all(
    ["a", "b"].map((name) => cut.write(`shop/secrets/${name}.yaml`, name, { secret: false })),
  );
  await cut.close();
  await assert.rejects(ObjectFolder.open(folder, { force: false }), OperatorError);
  const next = await ObjectFolder.open(folder, { force: true });
  await next.write("shop/secrets/b.yaml", "b", { secret: false });
  await next.write("shop/secrets/c.yaml", "c", { secret: false });
  assert.deepEqual(await next.finish(), { written: 1, unchanged: 1, removed: 1, kept: 0 });
  await next.close();
  assert.deepEqual((await readdir(path.join(folder, "shop/secrets"))).sort(), ["b.yaml", "c.yaml"]);
  const record = await readFile(path.join(folder, ".kube-backup-export"), "utf8");
  assert.deepEqual(record.split("\n").slice(1), ["shop/secrets/b.yaml", "shop/secrets/c.yaml", ""]);
});
