import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import JSZip from "jszip";
import { LIST_END, LIST_START, objectsPath } from "../../../src/archive/format/layout.ts";
import type { WholeManifest } from "../../../src/archive/format/manifest.ts";
import { createArchive } from "../../../src/archive/writer.ts";
import { OperatorError } from "../../../src/errors.ts";
import {
  collect,
  factsOf,
  NEVER,
  REPLICA_SETS,
  SECRETS,
  sampleObject,
  sampleObjects,
  TIME,
  writeSample,
} from "../../support/samples/sample-archive.ts";

/** The texts of all entries by path, in the order of the zip. */
async function unzip(bytes: Uint8Array): Promise<Map<string, string>> {
  const zip = await JSZip.loadAsync(bytes, { checkCRC32: true });
  const texts = new Map<string, string>();
  for (const [path, file] of Object.entries(zip.files)) texts.set(path, await file.async("string"));
  return texts;
}

test("an archive holds each resource of each namespace, the README, and the manifest with its checksum last", async () => {
  const { bytes } = await writeSample();
  assert.deepEqual(
    [...(await unzip(bytes)).keys()],
    [
      "cluster/namespaces.json",
      "namespaces/shop/secrets.json",
      "namespaces/shop/replicasets.apps.json",
      "namespaces/shop/replicasets.apps.owners.jsonl",
      "README.txt",
      "MANIFEST",
      "MANIFEST.sha256",
    ],
  );
});

test("the README lists the kinds that the archive has objects of, in the order that is given", async () => {
  const readme = async (objects = sampleObjects()) => {
    const { bytes } = await writeSample(objects, { inOrder: (names) => names.toReversed() });
    return (await unzip(bytes)).get("README.txt") ?? "";
  };
  const commands = (text: string) => text.split("\n").filter((line) => line.includes("kubectl apply"));
  assert.deepEqual(commands(await readme()), [
    "  kubectl apply --server-side -f namespaces/NAMESPACE/replicasets.apps.json  # ReplicaSet",
    "  kubectl apply --server-side -f namespaces/NAMESPACE/secrets.json           # Secret",
    "  kubectl apply --server-side -f cluster/namespaces.json                     # Namespace",
  ]);
  assert.deepEqual(commands(await readme([])), []);
});

test("an objects file is a List that kubectl takes, with each object's text on a line as it was given", async () => {
  const objects = sampleObjects().slice(1, 3);
  const { bytes } = await writeSample(objects);
  const text = (await unzip(bytes)).get("namespaces/shop/secrets.json") ?? "";
  assert.equal(text, `${LIST_START}\n${objects[0]?.text},\n${objects[1]?.text}\n${LIST_END}\n`);
  const list = JSON.parse(text);
  assert.equal(list.kind, "List");
  assert.deepEqual(
    list.items,
    objects.map((object) => JSON.parse(object.text)),
  );
});

test("text in pieces of any size is written whole, and no hold is kept of its bytes", async () => {
  const piece = fc
    .tuple(fc.constantFrom("a", "ß", "😀"), fc.constantFrom(0, 1, 7, 20_000, 90_000, 300_000), fc.boolean())
    .map(([letter, length, bytes]) => ({ text: letter.repeat(length), bytes }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(piece, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
      async (texts) => {
        const archive = createArchive({ time: TIME });
        const collected = collect(archive.bytes);
        const objects = texts.map((pieces, index) => ({
          resource: SECRETS,
          namespace: "shop",
          name: `n${index}`,
          text: ['{"a":"', ...pieces.map(({ text, bytes }) => (bytes ? Buffer.from(text) : text)), '"}'],
        }));
        for (const object of objects) {
          await archive.add(object, NEVER);
          for (const given of object.text) if (typeof given !== "string") given.fill(0);
        }
        await archive.finish(factsOf(objects));
        const written = (await unzip(await collected)).get("namespaces/shop/secrets.json");
        const lines = texts.map((pieces) => `{"a":"${pieces.map(({ text }) => text).join("")}"}`).join(",\n");
        assert.ok(written === `${LIST_START}\n${lines}\n${LIST_END}\n`);
      },
    ),
    { numRuns: 30 },
  );
});

test("owners are kept by kind and name, without uid", async () => {
  const owner = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    name: "web",
    uid: "17",
    blockOwnerDeletion: false,
  };
  const { bytes } = await writeSample([
    sampleObject(REPLICA_SETS, "shop", "a"),
    { ...sampleObject(REPLICA_SETS, "shop", "b"), owners: [owner] },
  ]);
  const text = (await unzip(bytes)).get("namespaces/shop/replicasets.apps.owners.jsonl");
  assert.equal(
    text,
    '{"name":"b","owners":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","blockOwnerDeletion":false}]}\n',
  );
});

test("the manifest names every file with its size, SHA-256 and number of objects", async () => {
  const { bytes, manifest } = await writeSample();
  const texts = await unzip(bytes);
  assert.deepEqual(JSON.parse(texts.get("MANIFEST") ?? ""), manifest);
  assert.deepEqual(
    manifest.files.map(({ path }) => path),
    [...texts.keys()].filter((path) => !path.startsWith("MANIFEST")),
  );
  for (const file of manifest.files) {
    const text = texts.get(file.path) ?? "";
    assert.equal(file.bytes, Buffer.byteLength(text));
    assert.equal(file.sha256, createHash("sha256").update(text).digest("hex"));
  }
  assert.deepEqual(
    manifest.files.map(({ content, resource, namespace, objects }) => [
      content,
      resource,
      namespace,
      objects,
    ]),
    [
      ["objects", "namespaces", undefined, 1],
      ["objects", "secrets", "shop", 2],
      ["objects", "replicasets.apps", "shop", 2],
      ["owners", "replicasets.apps", "shop", 1],
      ["text", undefined, undefined, undefined],
    ],
  );
  assert.deepEqual(manifest.counts, { Namespace: 1, Secret: 2, ReplicaSet: 2 });
});

test("MANIFEST.sha256 is what sha256sum writes, and each file of the manifest has a line of its own", async () => {
  const texts = await unzip((await writeSample()).bytes);
  const text = texts.get("MANIFEST") ?? "";
  assert.equal(
    texts.get("MANIFEST.sha256"),
    `${createHash("sha256").update(text).digest("hex")}  MANIFEST\n`,
  );
  assert.equal(text.split("\n").filter((line) => line.includes('"sha256"')).length, texts.size - 2);
});

test("an archive of nothing is an archive", async () => {
  const { bytes, manifest } = await writeSample([]);
  assert.deepEqual([...(await unzip(bytes)).keys()], ["README.txt", "MANIFEST", "MANIFEST.sha256"]);
  assert.deepEqual(manifest.counts, {});
});

test("a file that reaches the limit goes on in another part, with its owners", async () => {
  const owners = [{ apiVersion: "apps/v1", kind: "Deployment", name: "web" }];
  const objects = ["a", "b", "c", "d", "e"].map((name) => ({
    ...sampleObject(REPLICA_SETS, "shop", name),
    owners,
  }));
  const size = objects[0]?.text.length ?? 0;
  const { bytes, manifest } = await writeSample(objects, { partBytes: LIST_START.length + 1 + 2 * size });
  assert.deepEqual([...(await unzip(bytes)).keys()].slice(0, -3), [
    "namespaces/shop/replicasets.apps.json",
    "namespaces/shop/replicasets.apps.owners.jsonl",
    "namespaces/shop/replicasets.apps-2.json",
    "namespaces/shop/replicasets.apps-2.owners.jsonl",
    "namespaces/shop/replicasets.apps-3.json",
    "namespaces/shop/replicasets.apps-3.owners.jsonl",
  ]);
  assert.deepEqual(
    manifest.files.map(({ objects }) => objects),
    [2, 2, 2, 2, 1, 1, undefined],
  );
});

test("objects that come back to a closed file open its next part", async () => {
  const objects = [
    sampleObject(SECRETS, "a", "1"),
    sampleObject(SECRETS, "b", "2"),
    sampleObject(SECRETS, "a", "3"),
    sampleObject(REPLICA_SETS, "a", "4"),
    sampleObject(SECRETS, "a", "5"),
  ];
  const texts = await unzip((await writeSample(objects)).bytes);
  const names = (path: string) =>
    JSON.parse(texts.get(path) ?? "").items.map((item: { metadata: { name: string } }) => item.metadata.name);
  assert.deepEqual(names("namespaces/a/secrets.json"), ["1"]);
  assert.deepEqual(names("namespaces/a/secrets-2.json"), ["3"]);
  assert.deepEqual(names("namespaces/a/secrets-3.json"), ["5"]);
  assert.deepEqual(names("namespaces/b/secrets.json"), ["2"]);
});

test("a group whose name looks like a second part gets files of its own", async () => {
  const odd = { ...REPLICA_SETS, group: "apps-2" };
  const objects = [
    sampleObject(REPLICA_SETS, "a", "1"),
    sampleObject(SECRETS, "a", "2"),
    sampleObject(REPLICA_SETS, "a", "3"),
    sampleObject(odd, "a", "4"),
  ];
  const { manifest } = await writeSample(objects);
  assert.deepEqual(
    manifest.files
      .filter(({ objects }) => objects !== undefined)
      .map(({ path, resource }) => [path, resource]),
    [
      ["namespaces/a/replicasets.apps.json", "replicasets.apps"],
      ["namespaces/a/secrets.json", "secrets"],
      ["namespaces/a/replicasets.apps-2.json", "replicasets.apps"],
      ["namespaces/a/replicasets.apps-2-2.json", "replicasets.apps-2"],
    ],
  );
});

test("the same objects give the same bytes", async () => {
  assert.deepEqual((await writeSample()).bytes, (await writeSample()).bytes);
});

test("names that are no DNS names never become paths", () => {
  for (const name of [
    "",
    "..",
    "a/b",
    "a\\b",
    "../x",
    "A",
    "a..b",
    ".a",
    "a.",
    "-a",
    "a\n",
    "a\u0000",
    "ä",
    "x".repeat(400),
  ]) {
    assert.throws(() => objectsPath({ resource: "secrets", namespace: name }, 1), /Cannot make a path/, name);
    assert.throws(() => objectsPath({ resource: name }, 1), /Cannot make a path/, name);
  }
  assert.equal(
    objectsPath({ resource: "leases.coordination.k8s.io", namespace: "kube-x" }, 1),
    "namespaces/kube-x/leases.coordination.k8s.io.json",
  );
});

test("a text of several lines, and a scope that does not fit, are refused without being quoted", async () => {
  const secret = sampleObject(SECRETS, "shop", "login");
  const wrong = [
    { ...secret, text: "{\n}" },
    { ...secret, namespace: undefined },
    { ...secret, resource: { ...SECRETS, namespaced: false } },
  ];
  for (const object of wrong) {
    const archive = createArchive({ time: TIME });
    await assert.rejects(archive.add(object, NEVER), (error: Error) => {
      assert.match(error.message, /^Cannot archive Secret login: /);
      return true;
    });
  }
});

test("calls that overlap are refused", async () => {
  const archive = createArchive({ time: TIME });
  const first = archive.add(sampleObject(SECRETS, "shop", "a"), NEVER);
  await assert.rejects(archive.add(sampleObject(SECRETS, "shop", "b"), NEVER), /still busy/);
  await first;
  archive.abort(new Error("done"));
});

test("facts that do not agree with what was added end in an error, not in an archive", async () => {
  const objects = sampleObjects();
  for (const stated of [
    objects.slice(1),
    objects.slice(0, -1),
    [...objects, sampleObject(SECRETS, "shop", "x")],
  ]) {
    const archive = createArchive({ time: TIME });
    const bytes = assert.rejects(collect(archive.bytes), /given up/);
    for (const object of objects) await archive.add(object, NEVER);
    await assert.rejects(archive.finish(factsOf(stated), NEVER), /Cannot finish the archive: it holds/);
    archive.abort(new Error("given up"));
    await bytes;
  }
});

test("an abort midway fails the bytes and what is added after it", async () => {
  const archive = createArchive({ time: TIME });
  const bytes = assert.rejects(collect(archive.bytes), /the cluster is away/);
  await archive.add(sampleObject(SECRETS, "shop", "a"), NEVER);
  archive.abort(new Error("the cluster is away"));
  await assert.rejects(
    archive.add(sampleObject(SECRETS, "shop", "b", "x".repeat(300_000)), NEVER),
    /the cluster is away/,
  );
  await assert.rejects(archive.finish(factsOf([]), NEVER), /the cluster is away/);
  await bytes;
});

test("an abort before anybody reads fails the bytes when they are read", async () => {
  const archive = createArchive({ time: TIME });
  archive.abort(new Error("too early"));
  await assert.rejects(collect(archive.bytes), /too early/);
});

test("more files than a reader takes is an error that says what to do", async () => {
  const archive = createArchive({ time: TIME, maxEntries: 2 });
  const bytes = assert.rejects(collect(archive.bytes), OperatorError);
  await archive.add(sampleObject(SECRETS, "a", "1"), NEVER);
  await archive.add(sampleObject(SECRETS, "b", "1"), NEVER);
  await assert.rejects(archive.add(sampleObject(SECRETS, "c", "1"), NEVER), (error: OperatorError) => {
    assert.match(error.message, /^Cannot write the archive: it would hold more than 2 files/);
    assert.notEqual(error.advice, undefined);
    return true;
  });
  await bytes;
});

test("what finish returns is what the archive says", async () => {
  const { bytes, manifest } = await writeSample();
  const read: WholeManifest = JSON.parse((await unzip(bytes)).get("MANIFEST") ?? "");
  assert.deepEqual(read, manifest);
});
