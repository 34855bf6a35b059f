import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { DamagedArchiveError } from "../../../src/archive/damaged-archive-error.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import { memorySource, NEVER, readContents, sampleObjects, writeSample } from "./sample-archive.ts";

/** What a reader gets of an archive, or undefined where it is refused as damaged. */
async function readOrRefuse(bytes: Buffer): Promise<unknown> {
  try {
    const archive = await openArchive(memorySource(bytes), NEVER);
    await verifyArchive(archive, NEVER);
    return { manifest: archive.manifest, contents: await readContents(archive) };
  } catch (error) {
    assert.ok(error instanceof DamagedArchiveError, `${error}`);
    return undefined;
  }
}

for (const mask of [0x01, 0x80, 0xff]) {
  test(`whichever byte is changed by 0x${mask.toString(16)}, it is noticed or changes nothing that is read`, async () => {
    const { bytes } = await writeSample(sampleObjects().slice(2, 4));
    const whole = await readOrRefuse(bytes);
    assert.notEqual(whole, undefined);
    let noticed = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (bytes[index] ?? 0) ^ mask;
      const read = await readOrRefuse(changed);
      if (read === undefined) noticed += 1;
      else assert.deepEqual(read, whole, `byte ${index}`);
    }
    // The rest are dates, modes and the copies of the directory's facts that nobody needs.
    assert.ok(noticed > bytes.length * 0.6, `${noticed} of ${bytes.length} noticed`);
  });
}

test("an archive cut off at any length is refused", async () => {
  const { bytes } = await writeSample();
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(
      await readOrRefuse(bytes.subarray(0, length)),
      undefined,
      `${length} of ${bytes.length} bytes`,
    );
  }
});

test("an archive with something before or after it is refused", async () => {
  const { bytes } = await writeSample();
  assert.equal(await readOrRefuse(Buffer.concat([bytes, Buffer.from("x")])), undefined);
  assert.equal(await readOrRefuse(Buffer.concat([Buffer.from("x"), bytes])), undefined);
});
