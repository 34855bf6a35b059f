import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, it } from "node:test";
import yauzl from "yauzl";
import { OperatorError } from "../../../src/errors.ts";
import { ObjectZip } from "../../../src/print/folder/object-zip.ts";
import { collect, TIME } from "../../support/samples/sample-archive.ts";

let root: string;

before(async () => {
  root = await mkdtemp(path.join(tmpdir(), "kube-backup-zip-"));
});

after(() => rm(root, { recursive: true }));

async function writeZip(file: string): Promise<void> {
  const zip = await ObjectZip.open(file, { time: TIME });
  await zip.write("shop/secrets/a.yaml", "größe: 1\n");
  await zip.write("shop/secrets/b.yaml", "b: 2\n");
  assert.deepEqual(await zip.finish(), { written: 2, unchanged: 0, removed: 0, kept: 0 });
  await zip.close();
}

it("one zip has the files, and only its owner can read it", async () => {
  const [first, second] = [path.join(root, "first.zip"), path.join(root, "second.zip")];
  await writeZip(first);
  assert.equal((await stat(first)).mode & 0o777, 0o600);
  const bytes = await readFile(first);
  const zip = await yauzl.fromBufferPromise(bytes);
  const found: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) {
    assert.equal(entry.externalFileAttributes >>> 16, 0o100600);
    found[entry.fileName] = String(await collect(await zip.openReadStreamPromise(entry)));
  }
  assert.deepEqual(found, { "shop/secrets/a.yaml": "größe: 1\n", "shop/secrets/b.yaml": "b: 2\n" });
  await writeZip(second);
  assert.deepEqual(await readFile(second), bytes);
});

it("no file is replaced", async () => {
  const file = path.join(root, "there.zip");
  await writeFile(file, "mine");
  await assert.rejects(ObjectZip.open(file, { time: TIME }), (error) => {
    assert.ok(error instanceof OperatorError);
    assert.match(error.message, /^Cannot export into .*there\.zip: it exists, and is never replaced$/);
    return true;
  });
  assert.equal(await readFile(file, "utf8"), "mine");
});

it("an export that fails leaves no file", async () => {
  const folder = await mkdtemp(path.join(root, "failed-"));
  const zip = await ObjectZip.open(path.join(folder, "large.zip"), { time: TIME, maxBytes: 10 });
  await zip.write("a", "0123456789");
  await assert.rejects(zip.write("b", "0"), /more than 10 bytes, the most that fit into one zip/);
  await zip.close();
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(
    ObjectZip.open(path.join(folder, "no", "a.zip"), { time: TIME }),
    /Cannot write .*ENOENT/,
  );
});
