/** What `kube-backup export` writes, of the sample's backup. */

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { it } from "node:test";
import JSZip from "jszip";
import { parse } from "yaml";
import { parseObjectFile } from "../../../src/print/folder/file-name.ts";
import type { Sample } from "./sample.ts";

/** Adds the tests of the export. */
export function exportSuite(sample: () => Sample): void {
  const folderOf = (name: string) => path.join(sample().folder, name);
  const run = async (...args: string[]) => {
    const result = await sample().run(["export", ...args]);
    assert.equal(result.status, 0, result.stderr);
    return result;
  };

  it("writes a file for each object, which the API server takes as the objects that are there", async () => {
    const folder = folderOf("all");
    const { stdout } = await run(folder, "--include-secrets", "-o", "json");
    const result = JSON.parse(stdout);
    assert.deepEqual([result.backup, result.folder], [sample().backup, folder]);
    assert.ok(result.objects > 100, stdout);
    assert.deepEqual([result.written, result.unchanged, result.removed], [result.objects, 0, 0]);
    const contents = await read(folder);
    assert.equal(contents.size, result.objects + 1);
    assert.ok(contents.has("fixture-web/deployments.apps/web.yaml"));
    assert.ok(contents.has("_cluster/namespaces/fixture-web.yaml"));
    assert.ok(contents.has("_cluster/clusterroles.rbac.authorization.k8s.io/%54eam%3A%52eader.yaml"));
    assert.ok(contents.has("fixture-data/widgets.tests.example.com/%63on.yaml"));
    for (const [file, text] of contents) {
      const place = parseObjectFile(file);
      if (file === ".kube-backup-export") continue;
      const { metadata } = parse(text);
      assert.deepEqual([place?.namespace, place?.name], [metadata.namespace, metadata.name]);
    }
    // What is applied is what is there already, so that only records of who wrote it may change.
    const apply = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "-R", "-f", folder];
    const applied = await sample().cluster.kubectl(apply);
    assert.equal(applied.trim().split("\n").length, result.objects);
  });

  it("writes the same bytes again, and touches no file that is as it should be", async () => {
    const [first, second] = [folderOf("first"), folderOf("second")];
    await run(first);
    await run(sample().backup, second);
    assert.deepEqual(await read(first), await read(second));
    const file = path.join(first, "fixture-web/deployments.apps/web.yaml");
    const before = await stat(file);
    const { stdout } = await run("latest", first, "--force", "-o", "json");
    const { written, removed, unchanged, objects } = JSON.parse(stdout);
    assert.deepEqual([written, removed, unchanged], [0, 0, objects]);
    assert.equal((await stat(file)).ino, before.ino);
    assert.deepEqual(await read(first), await read(second));
  });

  it("leaves Secrets out, loudly, unless they are wanted: then nobody else may read them", async () => {
    const folder = folderOf("secrets");
    const { stderr, stdout } = await run(folder, "-o", "json");
    const { secretsLeftOut, kinds } = JSON.parse(stdout);
    assert.ok(secretsLeftOut > 10);
    assert.equal(kinds.Secret, undefined);
    assert.match(stderr, new RegExp(`"level":"warn".*${secretsLeftOut} Secrets are NOT in the export`));
    for (const [file, text] of await read(folder)) {
      assert.doesNotMatch(file, /\/secrets\//);
      assert.doesNotMatch(text, /TOP-SECRET|VE9QLVNFQ1JFV/);
    }
    await run(folder, "--force", "--include-secrets");
    const secret = path.join(folder, "fixture-config/secrets/opaque.yaml");
    assert.equal((await stat(secret)).mode & 0o777, 0o600);
    assert.match(await readFile(secret, "utf8"), /VE9QLVNFQ1JFV/);
    // Without them again, they stay, and go where that is asked for.
    const again = JSON.parse((await run(folder, "--force", "-o", "json")).stdout);
    assert.deepEqual([again.removed, again.kept], [0, secretsLeftOut]);
    assert.match(await readFile(secret, "utf8"), /VE9QLVNFQ1JFV/);
    const { removed } = JSON.parse((await run(folder, "--force", "--prune", "-o", "json")).stdout);
    assert.equal(removed, secretsLeftOut);
    await assert.rejects(stat(path.dirname(secret)), { code: "ENOENT" });
  });

  it("takes kinds, namespaces and labels as filters", async () => {
    const folder = folderOf("filtered");
    await run(folder, "-n", "fixture-web", "--include-kinds", "deploy,wg", "-l", "tier!=back");
    const files = [...(await read(folder)).keys()].filter((file) => !file.startsWith("."));
    assert.ok(files.length > 2);
    assert.ok(
      files.every((file) => /^fixture-web\/(deployments.apps|widgets.tests.example.com)\//.test(file)),
    );
    assert.ok(files.includes("fixture-web/widgets.tests.example.com/every.yaml"));
    assert.ok(!files.includes("fixture-web/widgets.tests.example.com/other.yaml"));
  });

  it("writes into a folder that holds something with --force only, and removes its own files alone", async () => {
    const folder = folderOf("used");
    await mkdir(path.join(folder, ".git"), { recursive: true });
    await writeFile(path.join(folder, ".git", "config.yaml"), "git's");
    await run(folder, "-n", "fixture-web");
    const refused = await sample().run(["export", folder, "-n", "fixture-data"]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /Cannot export into .*: it is not empty/);
    const foreign = path.join(folder, "fixture-web", "kustomization.yaml");
    await writeFile(foreign, "mine");
    const record = path.join(folder, ".kube-backup-export");
    await writeFile(
      record,
      `${await readFile(record, "utf8")}../outside.yaml\n.git/x/config.yaml\nfixture-web/kustomization.yaml\n`,
    );
    await writeFile(folderOf("outside.yaml"), "outside");
    const prune = [folder, "-n", "fixture-data", "--force", "--prune", "-o", "json"];
    const { removed } = JSON.parse((await run(...prune)).stdout);
    assert.ok(removed > 10);
    const files = [...(await read(folder)).keys()];
    assert.ok(
      files
        .filter((file) => file.startsWith("fixture-web/"))
        .every((file) => file.endsWith("kustomization.yaml")),
    );
    assert.ok(files.some((file) => file.startsWith("fixture-data/")));
    assert.equal(await readFile(foreign, "utf8"), "mine");
    assert.equal(await readFile(path.join(folder, ".git", "config.yaml"), "utf8"), "git's");
    assert.equal(await readFile(folderOf("outside.yaml"), "utf8"), "outside");
  });

  it("touches with --force what is selected alone, and the rest with --prune", async () => {
    const folder = folderOf("selected");
    await run(folder);
    const whole = await read(folder);
    const gone = path.join(folder, "fixture-web/configmaps/gone.yaml");
    await writeFile(gone, "gone");
    const record = path.join(folder, ".kube-backup-export");
    await writeFile(record, `${await readFile(record, "utf8")}fixture-web/configmaps/gone.yaml\n`);
    const { stdout } = await run(folder, "-n", "fixture-web", "--force", "-o", "json");
    const { removed, unchanged, kept } = JSON.parse(stdout);
    assert.deepEqual([removed, unchanged + kept], [1, whole.size - 1]);
    assert.deepEqual(await read(folder), whole);
    const { stdout: text } = await run(folder, "-l", "tier=back", "--force");
    assert.match(
      text,
      /0 removed\n\d+ files of an export before are not of what is selected: left as they are/,
    );
    assert.deepEqual(await read(folder), whole);
    const pruned = JSON.parse(
      (await run(folder, "-n", "fixture-web", "--force", "--prune", "-o", "json")).stdout,
    );
    assert.deepEqual([pruned.removed, pruned.kept], [kept, 0]);
    const refused = await sample().run(["export", folder, "--prune"]);
    assert.equal(refused.status, 2, refused.stderr);
  });

  it("goes through no link out of its folder", async () => {
    const [folder, outside] = [folderOf("linked"), folderOf("elsewhere")];
    await mkdir(folder);
    await mkdir(outside);
    await symlink(outside, path.join(folder, "fixture-web"));
    const { status, stderr } = await sample().run(["export", folder, "--force", "-n", "fixture-web"]);
    assert.equal(status, 1);
    assert.match(stderr, /Cannot write .*fixture-web.*: a part of its path is a link or a file/);
    assert.deepEqual(await readdir(outside), []);
    // A link in a file's place is replaced, and what it leads to stays.
    await rm(folder, { recursive: true });
    await mkdir(path.join(folder, "fixture-web", "deployments.apps"), { recursive: true });
    await writeFile(path.join(outside, "target"), "outside");
    await symlink(
      path.join(outside, "target"),
      path.join(folder, "fixture-web", "deployments.apps", "web.yaml"),
    );
    await run(folder, "--force", "-n", "fixture-web");
    assert.equal(await readFile(path.join(outside, "target"), "utf8"), "outside");
  });

  it("writes the same files into one zip, for its owner alone, and replaces none", async () => {
    const [folder, file] = [folderOf("unpacked"), folderOf("handed-on.zip")];
    const args = ["-n", "fixture-config", "--exclude-kinds", "rs"];
    await run(folder, ...args);
    const { stdout, stderr } = await run(file, ...args, "-o", "json");
    const result = JSON.parse(stdout);
    assert.deepEqual([result.file, result.folder, result.written], [file, undefined, result.objects]);
    assert.ok(result.secretsLeftOut > 0);
    assert.match(stderr, /Secrets are NOT in the export/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const zip = await JSZip.loadAsync(await readFile(file), { checkCRC32: true });
    const files = await read(folder);
    files.delete(".kube-backup-export");
    assert.deepEqual(Object.keys(zip.files).sort(), [...files.keys()].sort());
    for (const [name, text] of files) assert.equal(await zip.file(name)?.async("string"), text);
    const again = await sample().run(["export", file, ...args]);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /Cannot export into .*handed-on.zip: it exists, and is never replaced/);
    const forced = await sample().run(["export", file, "--force"]);
    assert.equal(forced.status, 2);
  });

  it("says what is wrong with the command line before it writes anything", async () => {
    const rows: [args: string[], problem: RegExp][] = [
      [[], /DIR is missing/],
      [["latest"], /DIR is missing after BACKUP latest/],
      [["latest", "a", "b"], /\\"b\\" is one argument too many/],
      [["monday", "a"], /BACKUP \\"monday\\" is no backup's name/],
      [["a", "-n", "b", "-A"], /--namespace and --all-namespaces both say where/],
      [["a", "--include-kinds", "deplyo"], /did you mean deploy\?/],
      [["latest", "a", "--at", "1h"], /both say which backup/],
    ];
    for (const [args, problem] of rows) {
      const { status, stderr } = await sample().run(["export", ...args]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, problem);
    }
  });
}

/** A folder's files by their paths. */
async function read(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), await readFile(file, "utf8")];
    }),
  );
  return new Map(contents.sort(([left], [right]) => (left < right ? -1 : 1)));
}
