import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { describe, it } from "node:test";
import {
  hasEnded,
  parsePartialName,
  partialName,
  thisWriter,
} from "../../../src/store/folder/partial-files.ts";

const UUID = "0b0e1f2a-1111-4222-8333-444455556666";
const FILE = "backup_20260131T120000Z.zip";
const WRITER = { place: "3f9a01bc", pid: 4711, started: 88213 };

describe("the name of a file that is written", () => {
  it("tells its writer", () => {
    const name = partialName(FILE, WRITER, UUID);
    assert.equal(name, `.${FILE}.3f9a01bc-4711-88213.${UUID}.partial`);
    assert.deepEqual(parsePartialName(name), { writer: WRITER });
  });

  it("may not tell one", () => {
    for (const name of [`.${FILE}.${UUID}.partial`, `.${FILE}.claim`]) {
      assert.deepEqual(parsePartialName(name), { writer: undefined }, name);
    }
  });

  it("is not taken for that of another file", () => {
    for (const name of [
      FILE,
      `.${FILE}`,
      `.${FILE}.partial`,
      `.${FILE}.0b0e.partial`,
      `${FILE}.${UUID}.partial`,
      `.backup_20260230T120000Z.zip.${UUID}.partial`,
      `.notes.zip.${UUID}.partial`,
      `.${FILE}.${UUID}.partial.bak`,
      `.${FILE}.x-1-2.${UUID}.partial`,
      ".backup_latest.claim",
    ]) {
      assert.equal(parsePartialName(name), undefined, name);
    }
  });
});

describe("a writer", () => {
  it("lives while its process does, and is told from another process of its number", async () => {
    const self = await thisWriter();
    assert.equal(self.pid, process.pid);
    assert.equal(await hasEnded(self, self), false);
    if (process.platform === "linux") {
      assert.equal(await hasEnded({ ...self, started: self.started - 1 }, self), true);
    }
    const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    await once(child, "exit");
    assert.equal(await hasEnded({ ...self, pid }, self), true);
  });

  it("of another place may live", async () => {
    const self = await thisWriter();
    assert.equal(await hasEnded({ ...self, place: "00000000" }, self), undefined);
  });
});
