import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { releaseManifest } from "../../../build/release-manifest.ts";
import { releaseNotes } from "../../../build/release-notes.ts";
import packageJson from "../../../package.json" with { type: "json" };

const CHANGELOG = `# Changelog

## [Unreleased]

- Not yet

## [1.2.0] - 2026-01-31

### Added

- Something new

## [1.1.0] - 2026-01-01

### Fixed

[1.1.0]: https://example.com
`;

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

test("the notes of a release are its section of the changelog, and no other's", () => {
  const notes = releaseNotes({ tag: "v1.2.0", version: "1.2.0", changelog: CHANGELOG });
  assert.equal(notes, "### Added\n\n- Something new\n");
});

test("a tag that is not the version, a missing section and an empty one are refused", () => {
  const rows: [tag: string, version: string, problem: RegExp][] = [
    ["v1.2.1", "1.2.0", /^Cannot release v1\.2\.1: package\.json has the version 1\.2\.0/],
    ["1.2.0", "1.2.0", /whose tag is v1\.2\.0$/],
    ["", "1.2.0", /^Cannot release/],
    ["v1.3.0", "1.3.0", /has no section \[1\.3\.0\]$/],
    ["v1.1.0", "1.1.0", /says nothing under \[1\.1\.0\]$/],
  ];
  for (const [tag, version, problem] of rows) {
    assert.throws(() => releaseNotes({ tag, version, changelog: CHANGELOG }), { message: problem }, tag);
  }
});

test("the release's manifest is the tree's with the image by digest, and nothing else changed", async () => {
  const file = path.resolve(import.meta.dirname, "../../../kube-backup.yml");
  const manifest = await readFile(file, "utf8");
  const image = `ghcr.io/example/kube-backup@${DIGEST}`;
  const released = releaseManifest({ manifest, version: packageJson.version, image });
  assert.equal(released.replace(image, `kube-backup:${packageJson.version}`), manifest);
});

test("an image without digest, in capitals, or a manifest that names none is refused", () => {
  const manifest = "  image: kube-backup:1.2.0\n";
  const rows: [image: string, manifest: string, problem: RegExp][] = [
    ["ghcr.io/example/kube-backup:1.2.0", manifest, /must be REGISTRY\/NAME@sha256:DIGEST/],
    [`ghcr.io/Example/kube-backup@${DIGEST}`, manifest, /in lower case$/],
    [`ghcr.io/example/kube-backup@${DIGEST}`, "image: other\n", /"image: kube-backup:1\.2\.0" 0 times$/],
    [`ghcr.io/example/kube-backup@${DIGEST}`, manifest.repeat(2), /2 times$/],
  ];
  for (const [image, text, problem] of rows) {
    assert.throws(() => releaseManifest({ manifest: text, version: "1.2.0", image }), { message: problem });
  }
});
