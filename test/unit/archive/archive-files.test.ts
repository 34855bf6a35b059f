/** What is kept of the files of an archive, and how they are found. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArchiveFiles, FileFault } from "../../../src/archive/format/archive-files.ts";
import { objectsPath, sidePath } from "../../../src/archive/format/layout.ts";
import type { ManifestFile } from "../../../src/archive/format/manifest.ts";

const SHA256 = "0123456789abcdef".repeat(4);

function objectsFile(resource: string, namespace?: string, part = 1, objects = 1): ManifestFile {
  return {
    path: objectsPath({ resource, namespace }, part),
    content: "objects",
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    objects,
    bytes: 100,
    sha256: SHA256,
  };
}

function filesOf(files: readonly ManifestFile[]): ArchiveFiles {
  const all = new ArchiveFiles();
  for (const file of files) all.add(file);
  return all;
}

function pathsOf(files: Iterable<ManifestFile>): string[] {
  return Array.from(files, ({ path }) => path);
}

const NAME = fc.stringMatching(/^[a-z][-a-z0-9]{0,8}[a-z0-9]$/);
const COUNT = fc.nat({ max: 2 ** 32 - 1 });
const SUMS = { bytes: COUNT, sha256: fc.stringMatching(/^[0-9a-f]{64}$/) };

const ANY_FILE: fc.Arbitrary<ManifestFile> = fc.oneof(
  fc.record({ path: fc.stringMatching(/^[A-Z]{1,20}$/), content: fc.constant("text" as const), ...SUMS }),
  fc
    .record({
      content: fc.constantFrom("objects" as const, "owners" as const, "managers" as const, "status" as const),
      resource: fc.oneof(
        NAME,
        fc.tuple(NAME, NAME).map((names) => names.join(".")),
      ),
      namespace: fc.option(NAME, { nil: undefined }),
      part: fc.integer({ min: 1, max: 999_999 }),
      objects: COUNT,
      manager: fc.option(fc.string(), { nil: undefined }),
      bytes: SUMS.bytes,
      sha256: SUMS.sha256,
    })
    .map(({ content, resource, namespace, part, objects, manager, bytes, sha256 }): ManifestFile => {
      const path = objectsPath({ resource, namespace }, part);
      return {
        path: content === "objects" ? path : sidePath(path, content),
        content,
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        objects,
        ...(manager === undefined ? {} : { manager }),
        bytes,
        sha256,
      };
    }),
);

test("files are given back as they were added, with the same JSON", () => {
  fc.assert(
    fc.property(fc.uniqueArray(ANY_FILE, { selector: ({ path }) => path, maxLength: 100 }), (added) => {
      const files = filesOf(added);
      assert.equal(JSON.stringify([...files]), JSON.stringify(added));
      assert.equal(files.count, added.length);
      for (const [number, file] of added.entries()) {
        assert.equal(files.numberOf(file.path), number);
        assert.deepEqual(files.find(file.path), { ...file });
      }
      assert.equal(files.find("none"), undefined);
      assert.deepEqual(files.namespaces(), new Set(added.flatMap(({ namespace }) => namespace ?? [])));
    }),
  );
});

test("more files than are kept in one piece of memory", () => {
  const added = Array.from({ length: 5_000 }, (_, index) =>
    objectsFile("secrets", `team-${index}`, 1, index),
  );
  const files = filesOf(added);
  assert.deepEqual([...files], added);
  assert.equal(files.bytes, 500_000);
  assert.equal(files.objectsOf("secrets").length, 5_000);
});

test("files of objects are those of a resource, in the order of an API server's list", () => {
  const files = filesOf([
    objectsFile("secrets", "b"),
    objectsFile("secrets", "a", 2),
    objectsFile("configmaps", "a"),
    objectsFile("secrets", "a"),
    { ...objectsFile("secrets", "a"), content: "owners", path: "namespaces/a/secrets.owners.jsonl" },
    objectsFile("secrets", "a-b", 1, 5),
    objectsFile("nodes"),
  ]);
  const secrets = files.objectsOf("secrets");
  assert.deepEqual(pathsOf(secrets), [
    "namespaces/a-b/secrets.json",
    "namespaces/a/secrets-2.json",
    "namespaces/a/secrets.json",
    "namespaces/b/secrets.json",
  ]);
  assert.equal(secrets.length, 4);
  assert.equal(secrets.objects, 8);
  assert.deepEqual(secrets.inSeveral(), new Set(["a"]));
  assert.deepEqual(pathsOf(secrets.in("a")), ["namespaces/a/secrets-2.json", "namespaces/a/secrets.json"]);
  for (const [namespace, length] of [
    ["a-b", 1],
    ["b", 1],
    ["", 0],
    ["aa", 0],
    ["c", 0],
    [undefined, 0],
  ] as const)
    assert.equal(secrets.in(namespace).length, length, namespace);
  assert.deepEqual(pathsOf(files.objectsOf("nodes").in(undefined)), ["cluster/nodes.json"]);
  assert.equal(files.objectsOf("pods").length, 0);
  assert.equal(files.objectsOf("pods").objects, 0);
  assert.deepEqual([...files.resources()], ["secrets", "configmaps", "nodes"]);
  assert.deepEqual(pathsOf(secrets.where((namespace) => namespace !== "a")), [
    "namespaces/a-b/secrets.json",
    "namespaces/b/secrets.json",
  ]);
  const renamed = { a: "z", "a-b": "y", b: "b" };
  assert.deepEqual(pathsOf(secrets.orderedBy((name) => renamed[name as keyof typeof renamed])), [
    "namespaces/b/secrets.json",
    "namespaces/a-b/secrets.json",
    "namespaces/a/secrets-2.json",
    "namespaces/a/secrets.json",
  ]);
  const groups = secrets.groupedBy((namespace) => namespace?.length);
  assert.deepEqual(
    [...groups].map(([length, group]) => [length, group.length]),
    [
      [3, 1],
      [1, 3],
    ],
  );
});

test("a file that is added after others were asked for is among them", () => {
  const files = filesOf([objectsFile("secrets", "b")]);
  assert.equal(files.objectsOf("secrets").length, 1);
  files.add(objectsFile("secrets", "a"));
  assert.deepEqual(pathsOf(files.objectsOf("secrets")), [
    "namespaces/a/secrets.json",
    "namespaces/b/secrets.json",
  ]);
});

test("a file beside no file of objects is found, whichever comes first", () => {
  const owners: ManifestFile = {
    ...objectsFile("secrets", "a"),
    content: "owners",
    path: "namespaces/a/secrets.owners.jsonl",
  };
  assert.equal(filesOf([objectsFile("secrets", "a"), owners]).findStray(), undefined);
  assert.equal(filesOf([owners, objectsFile("secrets", "a")]).findStray(), undefined);
  assert.deepEqual(filesOf([owners, objectsFile("secrets", "b")]).findStray(), owners);
  // The objects of the path are of another resource.
  const second = { ...objectsFile("secrets.apps", "a", 2), content: "owners" as const };
  const ofSecond = { ...second, path: sidePath(second.path, "owners") };
  assert.deepEqual(filesOf([objectsFile("secrets.apps-2", "a"), ofSecond]).findStray(), ofSecond);
});

test("the scopes of resources are those of all files", () => {
  const files = filesOf([objectsFile("secrets", "a"), objectsFile("nodes"), objectsFile("secrets")]);
  assert.deepEqual(files.scopes(), [
    { resource: "secrets", namespaced: true },
    { resource: "nodes", namespaced: false },
    { resource: "secrets", namespaced: false },
  ]);
  assert.deepEqual([...files.sizes()].at(1), { path: "cluster/nodes.json", bytes: 100 });
});

const FAULTS: [string, ManifestFile[], RegExp][] = [
  ["a path twice", [objectsFile("secrets", "a"), objectsFile("secrets", "a")], /^names a file twice$/],
  [
    "one path for two resources",
    [objectsFile("secrets.apps-2", "a"), objectsFile("secrets.apps", "a", 2)],
    /^names a file twice$/,
  ],
  [
    "the path of another resource",
    [{ ...objectsFile("secrets", "a"), resource: "configmaps" }],
    /^gives a file of configmaps the path of another$/,
  ],
  [
    "the path of another namespace",
    [{ ...objectsFile("secrets", "a"), namespace: "b" }],
    /^gives a file of secrets the path of another$/,
  ],
  ...["-1", "-0", "-02", "-1000000", "-x"].map((part): [string, ManifestFile[], RegExp] => [
    `a part ${part}`,
    [{ ...objectsFile("secrets", "a"), path: `namespaces/a/secrets${part}.json` }],
    /^gives a file of secrets the path of another$/,
  ]),
  [
    "owners under the path of statuses",
    [{ ...objectsFile("secrets", "a"), content: "owners", path: "namespaces/a/secrets.status.jsonl" }],
    /^has owners of secrets that belong to no file of objects$/,
  ],
  [
    "a text among the objects",
    [{ path: "cluster/nodes.json", content: "text", bytes: 1, sha256: SHA256 }],
    /^calls cluster\/nodes\.json a text$/,
  ],
  [
    "more bytes than a zip can hold",
    [{ ...objectsFile("secrets", "a"), bytes: 2 ** 32 }],
    /^has a file of more bytes or objects/,
  ],
  [
    "more objects than a zip can hold",
    [objectsFile("secrets", "a", 1, 2 ** 32)],
    /^has a file of more bytes/,
  ],
  ["the manifest", [{ path: "MANIFEST", content: "text", bytes: 1, sha256: SHA256 }], /^lists itself$/],
];

for (const [name, files, message] of FAULTS) {
  test(`files are refused with ${name}`, () => {
    assert.throws(
      () => filesOf(files),
      (error) => error instanceof FileFault && message.test(error.message),
    );
  });
}
