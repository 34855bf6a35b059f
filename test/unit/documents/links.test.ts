import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { LAYERS } from "../layers/layers.ts";
import { anchorsOf, linksOf, pathsOf } from "./references.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Markdown documents of the project, from its top. */
async function documents(): Promise<string[]> {
  const docs = await readdir(path.join(ROOT, "docs"), { recursive: true });
  const pages = docs.filter((file) => file.endsWith(".md")).map((file) => path.join("docs", file));
  return ["README.md", "CONTRIBUTING.md", ...pages.sort()];
}

const read = (file: string) => readFile(path.join(ROOT, file), "utf8");

const DOCUMENTS = await documents();

describe("documents", () => {
  for (const document of DOCUMENTS) {
    it(`${document} refers to what is there`, async () => {
      const text = await read(document);
      for (const { path: link, anchor } of linksOf(text)) {
        const file = link === "" ? document : path.join(path.dirname(document), link);
        assert.ok(existsSync(path.join(ROOT, file)), `${link} is not there`);
        if (anchor !== undefined && file.endsWith(".md"))
          assert.ok(anchorsOf(await read(file)).includes(anchor), `${file} has no heading #${anchor}`);
      }
      for (const named of pathsOf(text))
        assert.ok(existsSync(path.join(ROOT, named)), `${named} is not there`);
    });
  }

  it("docs/decisions/README.md has every decision", async () => {
    const pages = DOCUMENTS.filter((file) => path.dirname(file) === path.join("docs", "decisions"));
    const listed = linksOf(await read("docs/decisions/README.md")).map(({ path: link }) => link);
    const missing = pages.map((page) => path.basename(page)).filter((page) => !listed.includes(page));
    assert.deepEqual(missing, ["README.md"]);
  });

  it("docs/architecture.md has the job of every folder of src", async () => {
    const text = await read("docs/architecture.md");
    const folders = Object.keys(LAYERS).filter((layer) => !layer.includes(".") && !layer.includes("/"));
    const missing = folders.filter((folder) => !text.includes(`| \`${folder}\` |`));
    assert.deepEqual(missing, []);
  });
});

describe("what a document refers to", () => {
  it("links, with and without a heading, and images", () => {
    const text =
      "[a](a.md), [b](../b.md#part), [c](#here) and [d](https://example.com/d.md)\n![e](images/e.png)";
    assert.deepEqual(linksOf(text), [
      { path: "a.md", anchor: undefined },
      { path: "../b.md", anchor: "part" },
      { path: "", anchor: "here" },
      { path: "images/e.png", anchor: undefined },
    ]);
  });

  it("nothing in blocks of code", () => {
    assert.deepEqual(linksOf("```\n[a](a.md)\n```\n[b](b.md)"), [{ path: "b.md", anchor: undefined }]);
  });

  it("paths, without the end of the sentence, and none within another", () => {
    const text = "`src/main.ts` and src/restore/. Not ../../src/other.ts, which is a link. See test/unit.";
    assert.deepEqual(pathsOf(text), ["src/main.ts", "src/restore", "test/unit"]);
  });

  it("headings, as GitHub anchors them", () => {
    const text = "# The archive's format, version 1\n## `--at` and MAX_QPS";
    assert.deepEqual(anchorsOf(text), ["the-archives-format-version-1", "--at-and-max_qps"]);
  });
});
