import assert from "node:assert/strict";
import { it } from "node:test";
import { excludedObjects, totalObjects } from "../../../src/archive/format/counts.ts";
import { warningsOf } from "../../../src/archive/format/lacking.ts";
import { manifestOfNote } from "../../../src/notes/manifest-of-note.ts";
import type { Note } from "../../../src/notes/note.ts";

it("What a note says is said as a manifest says it, and the archive has the rest", () => {
  const note: Note = {
    object: "backup_20260131T120000Z.zip.age",
    bytes: 5,
    sha256: "0".repeat(64),
    manifest: "1".repeat(64),
    time: "2026-01-31T12:00:00Z",
    cluster: { id: "uid", name: "blue" },
    kubernetesVersion: "v1.36.3",
    revision: "4711",
    oneMoment: false,
    intervalSeconds: 60,
    tags: ["keep"],
    scope: { includeNamespaces: ["shop"] },
    parent: { cluster: "old", backup: "backup_20260130T120000Z", restored: "2026-01-30T13:00:00Z" },
    counts: { ConfigMap: 2, Secret: 3 },
    missing: ["widgets.example.com"],
    excluded: 4,
    warnings: 2,
    recipients: ["fingerprint"],
    program: { version: "1.0.0", commit: "0123abc" },
    counter: 7,
  };
  const manifest = manifestOfNote(note);
  assert.deepEqual(manifest.cluster, { id: "uid", name: "blue", kubernetesVersion: "v1.36.3" });
  assert.deepEqual(manifest.parent, note.parent);
  assert.deepEqual(manifest.scope, note.scope);
  assert.equal(manifest.intervalSeconds, 60);
  assert.deepEqual(manifest.tags, ["keep"]);
  assert.equal(manifest.oneMoment, false);
  assert.equal(totalObjects(manifest), 5);
  assert.equal(excludedObjects(manifest), 4);
  assert.deepEqual(warningsOf(manifest), ["2 warnings: the archive says so, which is encrypted"]);
  const inside = "the archive says so, which is encrypted";
  assert.deepEqual(manifest.missing, [{ resource: "widgets.example.com", reason: inside }]);
});
