import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { ManifestFile, ManifestResource } from "../../../src/archive/format/manifest.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import { BlockCache } from "../../../src/archive/zip/block-cache.ts";
import { ZipReader } from "../../../src/archive/zip/zip-reader.ts";
import {
  collect,
  memorySource,
  NEVER,
  SECRETS,
  sampleObject,
  sampleObjects,
  WIDGETS,
  writeSample,
} from "../../support/samples/sample-archive.ts";
import { readByDocument } from "./second-reader.ts";

const widget = {
  ...sampleObject(WIDGETS, "shop", "ready"),
  status: { value: { phase: "Ready" }, managers: undefined },
};

test("a reader written from the document alone reads and checks an archive", async () => {
  const objects = [...sampleObjects(), sampleObject(WIDGETS, "shop", "none"), widget];
  for (const partBytes of [1, 1_000_000]) {
    const { bytes, manifest } = await writeSample(objects, { partBytes });
    const read = await readByDocument(bytes);
    assert.deepEqual(read.manifest, manifest);
    assert.deepEqual(
      read.objects,
      objects.map(({ resource, namespace, text, owners = [], status }) => ({
        resource: resource.group === "" ? resource.resource : `${resource.resource}.${resource.group}`,
        namespace,
        json: JSON.parse(text),
        owners,
        status: status?.value,
      })),
    );
  }
});

test("more files than a plain zip counts are an archive that both readers read, and it says so", async () => {
  const objects = Array.from({ length: 65_533 }, (_, index) => sampleObject(SECRETS, `n-${index}`, "s"));
  const { bytes } = await writeSample(objects);
  assert.equal((await readByDocument(bytes)).objects.length, objects.length);
  const archive = await openArchive(memorySource(bytes), NEVER);
  await verifyArchive(archive, NEVER);
  assert.match(await readmeOf(bytes), /ZIP64/);
  assert.doesNotMatch(await readmeOf((await writeSample()).bytes), /ZIP64/);
});

async function readmeOf(bytes: Buffer): Promise<string> {
  const zip = await ZipReader.open(new BlockCache(memorySource(bytes), NEVER), bytes.length);
  return String(await collect(zip.content("README.txt", NEVER)));
}

test("the document names every member that a manifest has", async () => {
  const document = await readFile(new URL("../../../docs/archive-format.md", import.meta.url), "utf8");
  const { manifest } = await writeSample();
  const members = new Set([
    ...Object.keys(manifest),
    ...Object.keys(manifest.program).map((key) => `program.${key}`),
    ...Object.keys(manifest.cluster).map((key) => `cluster.${key}`),
    ...manifest.resources.flatMap((resource: ManifestResource) => Object.keys(resource)),
    ...manifest.files.flatMap((file: ManifestFile) => Object.keys(file)),
  ]);
  for (const member of [...members].filter((name) => name !== "program" && name !== "cluster")) {
    assert.ok(document.includes(`\`${member}\``), `${member} is missing`);
  }
});
