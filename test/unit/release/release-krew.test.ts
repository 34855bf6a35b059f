import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ADDRESS } from "../../../build/address.ts";
import { KREW_MANIFEST, krewArchiveName, krewManifest, releaseKrew } from "../../../build/release-krew.ts";
import { extension, TARGETS } from "../../../build/targets.ts";
import packageJson from "../../../package.json" with { type: "json" };

const FILE = path.resolve(import.meta.dirname, "../../../deploy/krew", KREW_MANIFEST);
const template = await readFile(FILE, "utf8");
const { apiVersion, kind, metadata, spec } = parse(template);

/** Go's names of platforms, as krew selects by them. */
const GO_NAMES: Readonly<Record<string, string>> = { win32: "windows", x64: "amd64" };

interface Platform {
  selector: { matchLabels: { os: string; arch: string } };
  uri: string;
  sha256: string;
  bin: string;
}

// https://krew.sigs.k8s.io/docs/developer-guide/develop/naming-guide/ and .../plugin-manifest/
describe("the manifest for krew", () => {
  it("is of the form that krew reads", () => {
    assert.deepEqual([apiVersion, kind], ["krew.googlecontainertools.github.com/v1alpha2", "Plugin"]);
    assert.equal(`${metadata.name}.yaml`, KREW_MANIFEST);
    const { version, homepage, shortDescription, description, platforms, caveats, ...others } = spec;
    assert.deepEqual(others, {}, "what krew does not know");
    assert.equal(version, `v${packageJson.version}`);
    assert.equal(homepage, ADDRESS.repository);
    assert.ok(shortDescription.length <= 50 && !shortDescription.endsWith("."), shortDescription);
    for (const text of [description, caveats]) assert.ok(text.length > 0);
    assert.ok(platforms.length > 0);
  });

  it("has a name that the naming guide allows", () => {
    assert.match(
      metadata.name,
      /^[a-z]+(-[a-z]+)+$/,
      "lower case, words with hyphens, and more than one generic word",
    );
    assert.doesNotMatch(metadata.name, /^(kube|kubectl|k8s)/);
  });

  it("has each platform of a release once, with its archive", () => {
    const expected = TARGETS.map((target) => ({
      selector: {
        matchLabels: {
          os: GO_NAMES[target.platform] ?? target.platform,
          arch: GO_NAMES[target.arch] ?? target.arch,
        },
      },
      uri: `${ADDRESS.repository}/releases/download/v${packageJson.version}/${krewArchiveName(target, packageJson.version)}`,
      sha256: `SHA256-${target.name}`,
      bin: `kube-backup${extension(target)}`,
    }));
    const byUri = (one: Platform, other: Platform) => (one.uri < other.uri ? -1 : 1);
    assert.deepEqual((spec.platforms as Platform[]).toSorted(byUri), expected.toSorted(byUri));
  });

  it("gets the sums of a release, and nothing else changes", () => {
    const sums = new Map(TARGETS.map(({ name }, index) => [name, `${index}a`.repeat(32)]));
    const written = krewManifest(template, sums);
    assert.deepEqual(
      (parse(written).spec.platforms as Platform[]).map(({ sha256 }) => sha256).sort(),
      [...sums.values()].sort(),
    );
    const back = [...sums].reduce((text, [name, sum]) => text.replace(sum, `SHA256-${name}`), written);
    assert.equal(back, template);
    assert.throws(() => krewManifest("spec: {}\n", sums), /it has SHA256-linux-x64 0 times/);
  });

  it("is written beside an archive of each executable, and names what lies there", async () => {
    const { version } = packageJson;
    const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-krew-"));
    try {
      const executables = TARGETS.map(
        (target) => `kube-backup-${version}-${target.name}${extension(target)}`,
      );
      for (const file of executables) await writeFile(path.join(folder, file), file);
      await releaseKrew(folder, version);
      const archives = TARGETS.map((target) => krewArchiveName(target, version));
      assert.deepEqual((await readdir(folder)).sort(), [...executables, ...archives, KREW_MANIFEST].sort());
      const written = parse(await readFile(path.join(folder, KREW_MANIFEST), "utf8"));
      for (const { uri, sha256 } of written.spec.platforms as Platform[]) {
        const archive = await readFile(path.join(folder, path.basename(uri)));
        assert.equal(createHash("sha256").update(archive).digest("hex"), sha256, uri);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
