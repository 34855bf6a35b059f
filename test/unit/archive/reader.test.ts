import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import JSZip from "jszip";
import { DamagedArchiveError } from "../../../src/archive/format/damaged-archive-error.ts";
import { formatManifest, type WholeManifest } from "../../../src/archive/format/manifest.ts";
import { NewerFormatError } from "../../../src/archive/format/newer-format-error.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import { OperatorError } from "../../../src/errors.ts";
import { isLabel, isPathSegment } from "../../../src/kubernetes/names.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import {
  memorySource,
  NAMESPACES,
  NEVER,
  REPLICA_SETS,
  readContents,
  type SampleObject,
  SECRETS,
  sampleObject,
  sampleObjects,
  wholeManifest,
  writeSample,
} from "../../support/samples/sample-archive.ts";

/** Takes an archive apart, changes its texts and packs it again, its manifest's own checksum renewed. */
async function repack(
  bytes: Buffer,
  change: (texts: Map<string, string>, manifest: WholeManifest) => void,
): Promise<Buffer> {
  const zip = await JSZip.loadAsync(bytes);
  const texts = new Map<string, string>();
  for (const [path, file] of Object.entries(zip.files)) texts.set(path, await file.async("string"));
  const before = texts.get("MANIFEST");
  const manifest: WholeManifest = JSON.parse(before ?? "");
  change(texts, manifest);
  if (texts.get("MANIFEST") === before) texts.set("MANIFEST", [...formatManifest(manifest)].join(""));
  const digest = createHash("sha256")
    .update(texts.get("MANIFEST") ?? "")
    .digest("hex");
  if (texts.has("MANIFEST.sha256")) texts.set("MANIFEST.sha256", `${digest}  MANIFEST\n`);
  const packed = new JSZip();
  for (const [path, text] of texts) packed.file(path, text, { createFolders: false });
  return packed.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });
}

async function openAndVerify(bytes: Buffer): Promise<void> {
  await verifyArchive(await openArchive(memorySource(bytes), NEVER), NEVER);
}

async function assertDamaged(bytes: Buffer, message: RegExp): Promise<void> {
  await assert.rejects(openAndVerify(bytes), (error: Error) => {
    assert.ok(error instanceof DamagedArchiveError, error.stack);
    assert.match(error.message, /^Cannot read backup backup_20260102T030406Z: /);
    assert.match(error.message, message);
    return true;
  });
}

const SECRETS_PATH = "namespaces/shop/secrets.json";
const START = '{"apiVersion":"v1","kind":"List","items":[\n';
const LINE = sampleObject(SECRETS, "shop", "login").text;

test("what is read is what was written, whatever the objects, their order and the parts", async () => {
  const resource = fc.constantFrom(SECRETS, REPLICA_SETS, NAMESPACES, {
    ...SECRETS,
    group: "a-2.example.com",
  });
  const namespace = fc.constantFrom("shop", "a", "x--2");
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
  const name = fc.oneof(
    text.filter(isPathSegment),
    fc.string({ unit: fc.constantFrom("a", "b", "1"), minLength: 1 }),
  );
  const owner = fc.record({ apiVersion: text, kind: text, name: text }, { noNullPrototype: true });
  const owners = fc.array(owner, { maxLength: 2 });
  const object = fc.record({
    resource,
    namespace,
    name,
    data: fc.jsonValue(),
    filler: fc.nat(300_000),
    owners,
  });
  const options = fc.record({
    partBytes: fc.constantFrom(1, 1000, 100_000, 1_000_000),
    blockBytes: fc.integer({ min: 50, max: 100_000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(object, { maxLength: 12 }),
      options,
      async (samples, { partBytes, blockBytes }) => {
        const named = new Set<string>();
        const objects = samples.flatMap(
          ({ resource, namespace, name, data, filler, owners }): SampleObject[] => {
            const place = resource.namespaced ? namespace : undefined;
            const key = `${resourceName(resource)}/${place}/${name}`;
            if (named.has(key) || (resource === NAMESPACES && !isLabel(name))) return [];
            named.add(key);
            const value = filler > 290_000 ? [data, "ü".repeat(filler)] : data;
            return [{ ...sampleObject(resource, place, name, value), owners }];
          },
        );
        const { bytes, manifest } = await writeSample(objects, { partBytes });
        const archive = await openArchive(memorySource(bytes), NEVER, { blockBytes });
        assert.deepEqual(wholeManifest(archive), manifest);
        await verifyArchive(archive, NEVER);
        const contents = await readContents(archive);
        const sort = (texts: readonly string[]) => [...texts].sort();
        assert.deepEqual(sort(Object.values(contents.objects).flat()), sort(objects.map(({ text }) => text)));
        const owned = objects
          .filter(({ owners }) => owners?.length !== 0)
          .map(({ name, owners }) => ({ name, owners }));
        const asTexts = (entries: readonly unknown[]) => entries.map((entry) => JSON.stringify(entry)).sort();
        assert.deepEqual(asTexts(Object.values(contents.owners).flat()), asTexts(owned));
      },
    ),
    { numRuns: 60 },
  );
});

test("the manifest is read to the JSON that was written", async () => {
  const { bytes, manifest } = await writeSample();
  const archive = await openArchive(memorySource(bytes), NEVER);
  assert.equal(JSON.stringify(wholeManifest(archive)), JSON.stringify(manifest));
});

test("objects come in the order in which they were added", async () => {
  const objects = Array.from({ length: 500 }, (_, index) => sampleObject(SECRETS, "shop", `secret-${index}`));
  const { bytes } = await writeSample(objects, { partBytes: 10_000 });
  const contents = await readContents(await openArchive(memorySource(bytes), NEVER));
  assert.deepEqual(
    Object.values(contents.objects).flat(),
    objects.map(({ text }) => text),
  );
});

test("a small archive is opened and read with one request", async () => {
  const source = memorySource((await writeSample()).bytes);
  const archive = await openArchive(source, NEVER);
  await verifyArchive(archive, NEVER);
  await readContents(archive);
  assert.equal(source.requests, 1);
});

test("a large archive is read front to back with about one request a block", async () => {
  const noise = (index: number) => createHash("sha512").update(`${index}`).digest("base64").repeat(1);
  const objects = Array.from({ length: 20_000 }, (_, index) =>
    sampleObject(SECRETS, `n-${index % 7}`, `s-${index}`, noise(index)),
  );
  objects.sort((a, b) => ((a.namespace ?? "") < (b.namespace ?? "") ? -1 : 1));
  const { bytes } = await writeSample(objects);
  const source = memorySource(bytes);
  const blockBytes = 100_000;
  await verifyArchive(await openArchive(source, NEVER, { blockBytes }), NEVER);
  assert.ok(source.requests <= bytes.length / blockBytes + 3, `${source.requests} requests`);
});

test("an archive of a newer format version is refused as such, whatever else it holds", async () => {
  const { bytes } = await writeSample();
  const newer = [
    await repack(bytes, (_, manifest) => {
      manifest.formatVersion = 2;
    }),
    await repack(bytes, (texts) => {
      texts.clear();
      texts.set("MANIFEST", '{"format":"kube-backup","formatVersion":2,"new":true}');
    }),
  ];
  for (const archive of newer) {
    await assert.rejects(openArchive(memorySource(archive), NEVER), (error: Error) => {
      assert.ok(error instanceof NewerFormatError && !(error instanceof DamagedArchiveError));
      assert.match(error.message, /format version 2, and this program reads up to 1$/);
      assert.equal(error.advice, "Use a newer kube-backup");
      return true;
    });
  }
});

test("members that a later program added are passed over", async () => {
  const { bytes, manifest } = await writeSample();
  const later = await repack(bytes, (texts) => {
    const changed = JSON.parse(texts.get("MANIFEST") ?? "");
    Object.assign(changed, { later: 1 });
    Object.assign(changed.files[1], { later: 1 });
    texts.set("MANIFEST", JSON.stringify(changed));
  });
  const archive = await openArchive(memorySource(later), NEVER);
  await verifyArchive(archive, NEVER);
  assert.deepEqual(wholeManifest(archive), manifest);
});

test("what is no zip, and a zip of somebody else, are no archives of ours", async () => {
  await assertDamaged(Buffer.from(""), /no zip file/);
  await assertDamaged(Buffer.from("hello".repeat(1000)), /no zip file/);
  const other = new JSZip().file("MANIFEST", '{"format":"other","formatVersion":1}');
  await assertDamaged(await other.generateAsync({ type: "nodebuffer" }), /no archive of kube-backup/);
  await assertDamaged(
    await new JSZip().file("a", "b").generateAsync({ type: "nodebuffer" }),
    /no archive of kube-backup/,
  );
});

test("each thing that can be wrong with an archive is found and named", async (t) => {
  const { bytes } = await writeSample();
  const cases: [string, (texts: Map<string, string>, manifest: WholeManifest) => void, RegExp][] = [
    ["a file is missing", (texts) => texts.delete(SECRETS_PATH), /secrets\.json: it is missing/],
    [
      "a file is not listed",
      (texts) => texts.set("namespaces/shop/evil.json", "{}"),
      /evil\.json: MANIFEST does not list it/,
    ],
    [
      "a file is longer",
      (texts) => texts.set(SECRETS_PATH, `${texts.get(SECRETS_PATH)}\n`),
      /its size is not the stated one/,
    ],
    [
      "a value is changed",
      (texts) => texts.set(SECRETS_PATH, (texts.get(SECRETS_PATH) ?? "").replace("login", "nigol")),
      /secrets\.json: its SHA-256 is not the stated one/,
    ],
    [
      "the checksum's file is missing",
      (texts) => texts.delete("MANIFEST.sha256"),
      /MANIFEST\.sha256 is missing/,
    ],
    [
      "the number of objects differs",
      (_, { files, resources, counts }) => {
        for (const file of files) if (file.path === SECRETS_PATH) file.objects = 3;
        for (const resource of resources) if (resource.resource === "secrets") resource.objects = 3;
        counts["Secret"] = 3;
      },
      /secrets\.json: it holds 2 objects, not 3/,
    ],
    [
      "the counts by kind differ",
      (_, { counts }) => {
        counts["Secret"] = 3;
      },
      /counts the objects of kind Secret in two ways/,
    ],
    [
      "the counts by resource differ",
      (_, { resources }) => {
        for (const resource of resources) resource.objects += 1;
      },
      /counts the objects of namespaces in two ways/,
    ],
    [
      "a resource is not known",
      (_, { resources }) => resources.pop(),
      /files of replicasets\.apps, which it does not know/,
    ],
    ["a file is listed twice", (_, { files }) => files.push(...files.slice(0, 1)), /names a file twice/],
    ["the manifest is no JSON", (texts) => texts.set("MANIFEST", "{"), /no archive of kube-backup/],
    [
      "the manifest lacks a member",
      (texts) => texts.set("MANIFEST", '{"format":"kube-backup","formatVersion":1}'),
      /not as the format says, at program, cluster, time/,
    ],
    [
      "a file has no list",
      (texts, manifest) => replaceContent(texts, manifest, "[]\n"),
      /it is no list of objects/,
    ],
    [
      "a list has no end",
      (texts, manifest) => replaceContent(texts, manifest, `${START}${LINE}\n`),
      /it is no list of objects/,
    ],
    [
      "a line has no end",
      (texts, manifest) => replaceContent(texts, manifest, `${START}${LINE}`),
      /its last line has no end/,
    ],
    [
      "a comma is missing",
      (texts, manifest) => replaceContent(texts, manifest, `${START}${LINE}\n${LINE}\n]}\n`),
      /a comma is missing/,
    ],
    [
      "something follows a list",
      (texts, manifest) => replaceContent(texts, manifest, `${START}${LINE}\n]}\n{}\n`),
      /goes on after its list/,
    ],
    [
      "owners are none",
      (texts, manifest) =>
        replaceContent(texts, manifest, '{"name":1}\n', "namespaces/shop/replicasets.apps.owners.jsonl"),
      /a line of it names no owners/,
    ],
  ];
  for (const [name, change, message] of cases) {
    await t.test(name, async () => assertDamaged(await repack(bytes, change), message));
  }
});

function replaceContent(
  texts: Map<string, string>,
  manifest: WholeManifest,
  text: string,
  path = SECRETS_PATH,
): void {
  texts.set(path, text);
  for (const file of manifest.files) {
    if (file.path !== path) continue;
    file.bytes = Buffer.byteLength(text);
    file.sha256 = createHash("sha256").update(text).digest("hex");
  }
}

test("folders that another program packed are no files", async () => {
  const zip = await JSZip.loadAsync((await writeSample()).bytes);
  zip.folder("namespaces/shop");
  await openAndVerify(await zip.generateAsync({ type: "nodebuffer" }));
});

test("all damaged files are named, up to a few", async () => {
  const objects = ["a", "b", "c", "d", "e"].map((namespace) => sampleObject(SECRETS, namespace, "secret"));
  const changed = await repack((await writeSample(objects)).bytes, (texts) => {
    for (const [path, text] of texts) texts.set(path, text.replace('"name":"secret"', '"name":"terces"'));
  });
  await assertDamaged(changed, /a\/secrets\.json.*b\/secrets\.json.*c\/secrets\.json.*and 2 more places$/);
});

test("reading objects of a changed file ends in an error, even without verifying first", async () => {
  const { bytes } = await writeSample();
  const changed = await repack(bytes, (texts) => {
    texts.set(SECRETS_PATH, (texts.get(SECRETS_PATH) ?? "").replace("login", "nigol"));
  });
  const archive = await openArchive(memorySource(changed), NEVER);
  await assert.rejects(readContents(archive), DamagedArchiveError);
});

test("no error quotes what an archive holds", async () => {
  const { bytes } = await writeSample();
  const content = (text: string, manifest: WholeManifest, texts: Map<string, string>) =>
    replaceContent(texts, manifest, text);
  const changes: ((texts: Map<string, string>, manifest: WholeManifest) => void)[] = [
    (texts, manifest) => content('{"password":"c2VjcmV0"}\n', manifest, texts),
    (texts, manifest) =>
      content(
        '{"apiVersion":"v1","kind":"List","items":[\n{"password":"c2VjcmV0"}\n{}\n]}\n',
        manifest,
        texts,
      ),
    (texts) => texts.set("MANIFEST", '"c2VjcmV0'),
    (texts, manifest) =>
      replaceContent(
        texts,
        manifest,
        '{"password":"c2VjcmV0"}\n',
        "namespaces/shop/replicasets.apps.owners.jsonl",
      ),
    (texts, manifest) =>
      replaceContent(texts, manifest, "c2VjcmV0\n", "namespaces/shop/replicasets.apps.owners.jsonl"),
  ];
  for (const change of changes) {
    await assert.rejects(openAndVerify(await repack(bytes, change)), (error: unknown) => {
      for (let cause = error; cause instanceof Error; cause = cause.cause) {
        assert.doesNotMatch(`${cause.message} ${cause.stack} ${(cause as OperatorError).advice}`, /c2VjcmV0/);
      }
      return true;
    });
  }
});

test("more than the stated size is never unpacked", async () => {
  const zip = await JSZip.loadAsync((await writeSample()).bytes);
  const texts = zip.file("README.txt");
  zip.file("README.txt", "x".repeat(50_000_000), { createFolders: false });
  const bomb = await zip.generateAsync({
    type: "nodebuffer",
    compression: "DEFLATE",
    compressionOptions: { level: 1 },
  });
  const stated = (await texts?.async("nodebuffer"))?.length ?? 0;
  // The directory and the local header say the size that the manifest says too.
  bomb.writeUInt32LE(stated, bomb.lastIndexOf("README.txt") - 46 + 24);
  bomb.writeUInt32LE(stated, bomb.indexOf("README.txt") - 30 + 22);
  const archive = await openArchive(memorySource(bomb), NEVER);
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
  }, 1);
  try {
    await assert.rejects(verifyArchive(archive, NEVER), /README\.txt: its size is not the stated one/);
  } finally {
    clearInterval(timer);
  }
  assert.ok(peak - before < 20_000_000, `${peak - before} bytes`);
});

test("a store that fails while an archive is read is not a damaged archive", async () => {
  const bytes = (await writeSample()).bytes;
  const failure = new OperatorError("Cannot read s3://bucket/backup: the server does not answer");
  const other = new Error("socket hang up");
  for (const error of [failure, other]) {
    for (let failing = 1; failing <= 5; failing += 1) {
      const source = memorySource(bytes);
      const read = source.read.bind(source);
      source.read = (start, end, signal) =>
        source.requests + 1 === failing ? Promise.reject(error) : read(start, end, signal);
      const blockBytes = Math.ceil(bytes.length / 5);
      await assert.rejects(
        openArchive(source, NEVER, { blockBytes }).then((archive) => verifyArchive(archive, NEVER)),
        (thrown) => thrown === error,
      );
    }
  }
});

test("a block that could not be read is asked for again", async () => {
  const source = memorySource((await writeSample()).bytes);
  const archive = await openArchive(source, NEVER, { blockBytes: 200 });
  const read = source.read;
  source.read = () => Promise.reject(new Error("once"));
  await assert.rejects(verifyArchive(archive, NEVER), /once/);
  source.read = read;
  await verifyArchive(archive, NEVER);
});

test("an aborted signal ends reading with its reason", async () => {
  const { bytes } = await writeSample(
    Array.from({ length: 5000 }, (_, index) =>
      sampleObject(SECRETS, "shop", `s-${index}`, createHash("sha512").update(`${index}`).digest("hex")),
    ),
  );
  const archive = await openArchive(memorySource(bytes), NEVER, { blockBytes: 10_000 });
  const controller = new AbortController();
  const reason = new Error("interrupted");
  const reading = (async () => {
    let objects = 0;
    for (const file of [...archive.files].filter(({ content }) => content === "objects")) {
      for await (const _ of archive.objects(file, controller.signal))
        if (++objects === 100) controller.abort(reason);
    }
  })();
  await assert.rejects(reading, reason);
  await assert.rejects(verifyArchive(archive, controller.signal), reason);
  await assert.rejects(openArchive(memorySource(bytes), controller.signal), reason);
});

test("a reader may stop in the middle of a file, and read it again", async () => {
  const objects = sampleObjects();
  const { bytes } = await writeSample(objects);
  const archive = await openArchive(memorySource(bytes), NEVER, { blockBytes: 100 });
  for (let round = 0; round < 20; round += 1) {
    for (const file of [...archive.files].filter(({ content }) => content === "objects")) {
      for await (const _ of archive.objects(file, NEVER)) break;
    }
  }
  await verifyArchive(archive, NEVER);
});

test("verifying shows each object once, as reading does", async () => {
  const { bytes } = await writeSample();
  const archive = await openArchive(memorySource(bytes), NEVER);
  const seen: string[] = [];
  await verifyArchive(archive, NEVER, {
    onObjects: ({ path }, objects) => seen.push(...objects.map((object) => `${path} ${object}`)),
  });
  const read: string[] = [];
  for (const file of archive.files)
    if (file.content === "objects")
      for await (const object of archive.objects(file, NEVER)) read.push(`${file.path} ${object}`);
  assert.ok(read.length > 0);
  assert.deepEqual(seen, read);
});

test("verifying says how far it is, up to the whole", async () => {
  const { bytes, manifest } = await writeSample();
  const steps: number[] = [];
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  await verifyArchive(await openArchive(memorySource(bytes), NEVER), NEVER, {
    onProgress: (progress) => {
      assert.equal(progress.total, total);
      steps.push(progress.done);
    },
  });
  assert.equal(steps.length, manifest.files.length);
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  assert.equal(steps.at(-1), total);
});
