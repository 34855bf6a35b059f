import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { ManifestFile, ManifestResource } from "../../../src/archive/format/manifest.ts";
import { sampleObject, sampleObjects, WIDGETS, writeSample } from "../../support/samples/sample-archive.ts";
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
