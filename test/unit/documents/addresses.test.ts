/** One address and one version: package.json's, in the documents, the manifests and the chart. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ADDRESS, checkAddress, isPlaceholder } from "../../../build/address.ts";
import packageJson from "../../../package.json" with { type: "json" };

const ROOT = path.resolve(import.meta.dirname, "../../..");
const { repository, image } = ADDRESS;
const { version } = packageJson;

const read = (file: string) => readFile(path.join(ROOT, file), "utf8");

/** All that names the project, an image or a version to people or to a cluster. */
async function texts(): Promise<Map<string, string>> {
  const folders = ["docs", "deploy"].map(async (folder) =>
    (await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && /\.(md|ya?ml|json|txt|tpl)$/.test(entry.name))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
  );
  const top = ["README.md", "CONTRIBUTING.md", "kube-backup.yml", "kube-backup-secret.yml"];
  const files = [...top, ...(await Promise.all(folders)).flat().sort()];
  return new Map(await Promise.all(files.map(async (file) => [file, await read(file)] as const)));
}

const TEXTS = await texts();

/** Each place where a pattern stands, `docs/install.md: …`. */
function found(pattern: RegExp): { at: string; text: string }[] {
  return [...TEXTS].flatMap(([file, text]) =>
    [...text.matchAll(pattern)].map(([match, group]) => ({ at: `${file}: ${match}`, text: group ?? match })),
  );
}

describe("the address of the project", () => {
  it("is package.json's wherever it stands", () => {
    const pages = found(/https:\/\/(?:raw\.)?github[\w.]*\/[\w.-]+\/kube-backup\b/g);
    assert.ok(pages.length > 10, "the documents name it");
    for (const { at, text } of pages) assert.equal(text, repository, at);
    for (const { at, text } of found(/--repo (\S+)/g))
      assert.equal(`https://github.com/${text}`, repository, at);
  });

  it("has the image of package.json beside it", () => {
    const images = found(/\b(ghcr\.io\/[\w./-]+)/g);
    assert.ok(images.length > 2);
    for (const { at, text } of images) assert.equal(text, image, at);
  });

  it("is called a placeholder in docs/install.md and nowhere else, while it is one", () => {
    const places = [...TEXTS].filter(([, text]) => /is a placeholder/.test(text)).map(([file]) => file);
    assert.deepEqual(places, isPlaceholder(ADDRESS) ? ["docs/install.md"] : []);
  });

  it("is the one of the chart", async () => {
    const { home, sources } = parse(await read("deploy/chart/kube-backup/Chart.yaml"));
    assert.deepEqual([home, sources], [repository, [repository]]);
  });

  it("is that of the repository in which a release is made, or there is none", () => {
    const there = { repository: "https://github.com/Acme/kube-backup", image: "ghcr.io/acme/kube-backup" };
    checkAddress(there, "Acme/kube-backup");
    assert.throws(
      () => checkAddress(there, "acme/fork"),
      /Cannot release: .* this is https:\/\/github.com\/acme\/fork/,
    );
    assert.throws(
      () => checkAddress({ ...there, image: "ghcr.io/acme/other" }, "Acme/kube-backup"),
      /Cannot release/,
    );
    assert.throws(() => checkAddress(ADDRESS, "someone/kube-backup"), /Cannot release/);
  });
});

describe("the version", () => {
  const patterns: [what: string, pattern: RegExp][] = [
    ["of files of a release", /\bkube-backup-(\d+\.\d+\.\d+)(?=[-.])/g],
    ["of a release", /\/(?:download|raw)\/v([^/]+)\//g],
    ["of a base of kustomize", /\?ref=v(\S+)/g],
    ["of an image", /\bimage: kube-backup:(\S+)/g],
    ["of an image of kustomize", /\bnewTag: (\S+)/g],
    ["of objects", /app\.kubernetes\.io\/version: (\d\S*)/g],
    ["of the chart", /^(?:version|appVersion): (\S+)$/gm],
  ];
  for (const [what, pattern] of patterns)
    it(`${what} is package.json's`, () => {
      const places = found(pattern);
      assert.ok(places.length > 0);
      for (const { at, text } of places) assert.equal(text, version, at);
    });
});
