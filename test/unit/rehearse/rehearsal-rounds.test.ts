import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArchiveFiles } from "../../../src/archive/format/archive-files.ts";
import { objectsPath } from "../../../src/archive/format/layout.ts";
import type { ManifestFile, ManifestResource } from "../../../src/archive/format/manifest.ts";
import { roundsOf } from "../../../src/rehearse/rehearsal-rounds.ts";

function resource(name: string): ManifestResource {
  const [plural = "", ...group] = name.split(".");
  return {
    group: group.join("."),
    version: "v1",
    resource: plural,
    kind: plural,
    namespaced: plural !== "nodes",
    objects: 1,
    revision: "1",
    sameMoment: true,
  };
}

function file(name: string, namespace?: string): ManifestFile {
  return {
    path: objectsPath({ resource: name, namespace }, 1),
    content: "objects",
    resource: name,
    ...(namespace === undefined ? {} : { namespace }),
    objects: 1,
    bytes: 1,
    sha256: "00".repeat(32),
  };
}

function archiveOf(files: readonly ManifestFile[]) {
  const all = new ArchiveFiles();
  for (const each of files) all.add(each);
  return { manifest: { resources }, files: all };
}

const resources = ["namespaces", "deployments.apps", "configmaps", "nodes"].map(resource);
const files = [
  file("namespaces"),
  ...["here", "a", "b", "c"].map((namespace) => file("deployments.apps", namespace)),
  ...["here", "a", "b", "c"].map((namespace) => file("configmaps", namespace)),
  file("nodes"),
  { ...file("configmaps", "a"), content: "owners" as const, path: "namespaces/a/configmaps.owners.jsonl" },
];

function paths(labels: Record<string, string>, atOnce: number): string[][] {
  const rounds = roundsOf(archiveOf(files), (namespace) => labels[namespace], atOnce);
  return rounds.map((round) => round.flatMap((files) => [...files].map(({ path }) => path)));
}

describe("the rounds of a rehearsal", () => {
  it("are one where nothing needs a scratch namespace, in the order of a restore, namespaces aside", () => {
    const [round, ...more] = paths({}, 1);
    assert.deepEqual(more, []);
    assert.equal(round?.length, 9);
    const firstWorkload = round?.findIndex((path) => path.endsWith("/deployments.apps.json")) ?? 0;
    assert.ok(round?.slice(firstWorkload).every((path) => path.endsWith("/deployments.apps.json")));
  });

  it("have a few sets of labels each, and namespaces of the same labels in the same round", () => {
    assert.deepEqual(paths({ a: "{}", b: "x", c: "{}" }, 1).slice(1), [
      [
        "namespaces/a/configmaps.json",
        "namespaces/c/configmaps.json",
        "namespaces/a/deployments.apps.json",
        "namespaces/c/deployments.apps.json",
      ],
      ["namespaces/b/configmaps.json", "namespaces/b/deployments.apps.json"],
    ]);
    assert.deepEqual(paths({ a: "{}", b: "x", c: "{}" }, 2).length, 2);
    assert.deepEqual(paths({ a: "1", b: "2", c: "3" }, 2).slice(1), [
      [
        "namespaces/a/configmaps.json",
        "namespaces/b/configmaps.json",
        "namespaces/a/deployments.apps.json",
        "namespaces/b/deployments.apps.json",
      ],
      ["namespaces/c/configmaps.json", "namespaces/c/deployments.apps.json"],
    ]);
  });

  it("leave out what would be empty", () => {
    const only = roundsOf(archiveOf([file("configmaps", "a")]), () => "{}");
    assert.equal(only.length, 1);
    assert.deepEqual(
      roundsOf(archiveOf([]), () => "{}"),
      [],
    );
  });
});
