import assert from "node:assert/strict";
import { test } from "node:test";
import { openArchive } from "../../../src/archive/reader.ts";
import { readChanges } from "../../../src/commands/changes/changed-archive.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";
import { memorySource, NEVER, writeSample } from "../../support/samples/sample-archive.ts";

test("without patches and with nothing to pause, an archive stays the one that it is, and is not read", async () => {
  const source = memorySource((await writeSample()).bytes);
  const archive = await openArchive(source, NEVER);
  const { requests } = source;
  const changed = (await readChanges({ transforms: [], paused: false }))(archive);
  assert.equal(changed.archive, archive);
  assert.deepEqual(await changed.survey(EVERYTHING, NEVER), { transformed: [], notes: [] });
  assert.equal(source.requests, requests);
});
