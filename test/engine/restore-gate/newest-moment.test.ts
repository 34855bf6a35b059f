/** Which moment of a change log the gate restores, and what of a change log does not count. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import { findNewestMoments } from "../../../src/restore-gate/newest/newest-moments.ts";
import { openNewestMoment, openRecordedMoment } from "../../../src/restore-gate/newest/open-newest.ts";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { parseSigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { ForwardingStore } from "../../../src/store/contract/forwarding-store.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { BelievedSegments } from "../../../src/trust/believed-segments.ts";
import { NEVER, type SampleObject } from "../../support/samples/sample-archive.ts";
import {
  beginTimeline,
  type OpenTimeline,
  objectOf,
  putBackupOf,
  type SampleChange,
} from "../../support/samples/sample-history.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 14, 0, minute * 60));
const change = (operation: SampleChange["operation"], minute: number, path: string): SampleChange => ({
  ...{ at: at(minute), revision: 1000 + Math.round(minute * 10), operation },
  ...{ kind: path.includes("/") ? "configMaps" : "namespaces", path },
  ...(operation === "delete" ? {} : { content: path.includes("/") ? { data: { at: String(minute) } } : {} }),
});
const HELD: readonly SampleObject[] = [
  objectOf("namespaces", "blog"),
  objectOf("namespaces", "shop"),
  ...["a", "b", "c"].map((name) => objectOf("configMaps", `shop/${name}`, { data: { at: "0" } })),
];
const ALL_DELETED = ["shop/a", "shop/b", "shop/c", "shop"];

/** A key, and the line of ALLOWED_SIGNERS that believes it. */
async function signerOf() {
  const keys = await sealingKeys(folder, "8a1c2f0e-0000-4000-8000-000000000000");
  const key = parseSigningKey(await readFile(keys["SIGNING_KEY_FILE"] ?? "", "utf8"));
  const signers = parseAllowedSigners(await readFile(keys["ALLOWED_SIGNERS_FILE"] ?? "", "utf8"));
  assert.ok("value" in key && "value" in signers);
  return { sign: (text: Uint8Array) => signMessage(text, key.value), signers: signers.value };
}

let folder: string;
let store: FileStore;
let timeline: OpenTimeline;
let stores = 0;
let text = "";

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-newest-"));
});

after(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  text = "";
  store = new FileStore({ folder: path.join(folder, String(++stores)) });
  const base = await putBackupOf(store, at(0), 1000, HELD);
  timeline = await beginTimeline(store, { began: at(0), base, revision: 1000 });
});

async function log() {
  const stream = { write: (line: string) => (text += line) };
  return await createLog({ stream, readable: false, colors: false, debug: false, now: () => at(0) });
}

async function find(from = at(0)) {
  return await findNewestMoments({ store, from, encryptedOnly: false }, NEVER);
}

/** Opens what the gate would restore. */
async function open() {
  const { moments } = await find();
  assert.equal(moments.length, 1);
  const [moment] = moments;
  assert.ok(moment);
  return await openNewestMoment({ store, log: await log(), moment }, NEVER);
}

async function pathsOf(archive: Archive): Promise<string[]> {
  const paths: string[] = [];
  for (const file of archive.files) {
    if (file.content !== "objects") continue;
    for await (const line of archive.objects(file, NEVER)) {
      const { metadata, data } = JSON.parse(line);
      paths.push([metadata.namespace, metadata.name, data?.at].filter(Boolean).join("/"));
    }
  }
  return paths.sort();
}

test("the newest certain moment is restored, and is the same after a restart", async () => {
  await timeline.add(at(5), 1050, [change("update", 4, "shop/a"), change("create", 5, "shop/new")]);
  await timeline.add(at(6), 1050, []);
  const { opened, moment } = await open();
  assert.deepEqual(moment.time, at(6));
  const paths = ["blog", "shop", "shop/a/4", "shop/b/0", "shop/c/0", "shop/new/5"];
  assert.deepEqual(await pathsOf(opened.archive), paths);
  assert.doesNotMatch(text, /"level":"warn"/);
  // Whatever has come since.
  await timeline.add(at(7), 1070, [change("delete", 7, "shop/new")]);
  const again = await openRecordedMoment({ store, log: await log(), moment, exactly: true }, NEVER);
  assert.equal(again.opened.archive.manifestSha256, opened.archive.manifestSha256);
});

test("what was deleted in one go comes back", async () => {
  await timeline.add(at(5), 1050, [change("update", 5, "shop/a")]);
  const deletions = ALL_DELETED.map((each, index) => change("delete", 30 + index / 10, each));
  await timeline.add(at(40), 1400, [...deletions, change("create", 35, "blog/late")]);
  const { opened, moment } = await open();
  assert.deepEqual(await pathsOf(opened.archive), ["blog", "shop", "shop/a/5", "shop/b/0", "shop/c/0"]);
  assert.deepEqual(moment.time, new Date(at(30).getTime() - 1));
  assert.match(
    text,
    /"level":"warn".*the namespace shop was lost, 4 of 5 objects in all, from 2026-11-30T14:30:00Z on/,
  );
});

test("what was deleted shortly before the last backup comes back, too", async () => {
  await timeline.add(at(90), 1900, [change("update", 5, "shop/a")]);
  await timeline.add(
    at(101),
    2010,
    ALL_DELETED.map((each) => change("delete", 100, each)),
  );
  const base = await putBackupOf(store, at(102), 2020, [objectOf("namespaces", "blog")]);
  await timeline.add(at(102), 2020, [], base);
  await timeline.add(at(110), 2100, [change("create", 110, "blog/late")]);
  const { opened } = await open();
  assert.deepEqual(await pathsOf(opened.archive), ["blog", "shop", "shop/a/5", "shop/b/0", "shop/c/0"]);
});

test("a damaged backup is passed over where the change log leads on from the one before", async () => {
  await timeline.add(at(60), 1600, [change("update", 5, "shop/a")]);
  const base = await putBackupOf(store, at(70), 1700, HELD);
  await timeline.add(at(70), 1700, [], base);
  await timeline.add(at(75), 1750, [change("update", 75, "shop/b")]);
  const [file] = (await readdir(path.join(folder, String(stores)))).filter((each) => each.startsWith(base));
  const place = path.join(folder, String(stores), file ?? "");
  const bytes = await readFile(place);
  bytes.fill(0, 40, 200);
  await writeFile(place, bytes);
  const { opened, moment } = await open();
  assert.match(moment.backup, /T140000Z$/);
  assert.deepEqual(await pathsOf(opened.archive), ["blog", "shop", "shop/a/5", "shop/b/75", "shop/c/0"]);
  assert.match(text, /"level":"error".*damaged/);
});

describe("the newest moment of a store", () => {
  test("is of the timeline that began last, of each cluster", async () => {
    await timeline.add(at(10), 1100, []);
    const base = await putBackupOf(store, at(20), 1200, HELD);
    const later = await beginTimeline(store, { began: at(20), base, revision: 1200, writer: "00000002" });
    await later.add(at(25), 1250, []);
    const { moments, passedOver } = await find();
    assert.deepEqual(
      moments.map(({ timeline, time, backup }) => ({ timeline, time, backup })),
      [{ timeline: later.name, time: at(25), backup: base }],
    );
    assert.deepEqual(passedOver, []);
  });

  test("is none where the change log ended before", async () => {
    await timeline.add(at(10), 1100, []);
    assert.deepEqual(await find(at(11)), { moments: [], passedOver: [] });
  });

  test("does not count in plain where it must be encrypted", async () => {
    await timeline.add(at(10), 1100, []);
    const { moments, passedOver } = await findNewestMoments(
      { store, from: at(0), encryptedOnly: true },
      NEVER,
    );
    assert.deepEqual(moments, []);
    assert.deepEqual(passedOver, [{ timeline: timeline.name, reason: "it is not encrypted" }]);
  });

  test("does not count where nobody in ALLOWED_SIGNERS has signed it", async () => {
    const { sign, signers } = await signerOf();
    const base = await putBackupOf(store, at(20), 1200, HELD);
    const signed = await beginTimeline(store, {
      ...{ began: at(20), base, revision: 1200, writer: "00000002", sign },
    });
    await signed.add(at(25), 1250, []);
    class SignedStore extends ForwardingStore {
      override get segments() {
        return new BelievedSegments(this.inner.segments, signers);
      }
    }
    const options = { store: new SignedStore(store), from: at(0), encryptedOnly: false };
    // A stranger's timeline is later.
    const forged = await beginTimeline(store, { began: at(21), base, revision: 1200, writer: "00000003" });
    await forged.add(at(30), 1300, []);
    const { moments, passedOver } = await findNewestMoments(options, NEVER);
    assert.deepEqual(
      moments.map(({ timeline, time }) => ({ timeline, time })),
      [{ timeline: signed.name, time: at(25) }],
    );
    assert.equal(passedOver.length, 1);
    assert.equal(passedOver[0]?.timeline, forged.name);
    assert.match(passedOver[0]?.reason ?? "", /it is not signed/);
  });

  test("is an error where a segment is damaged, and none is said to be missing", async () => {
    await timeline.add(at(10), 1100, []);
    await timeline.add(at(11), 1110, [change("update", 11, "shop/a")]);
    const place = path.join(folder, String(stores), "log", timeline.name);
    const last = path.join(place, (await readdir(place)).sort().at(-1) ?? "");
    await writeFile(last, "no gzip");
    await assert.rejects(find(), /Cannot read the segment .* it is damaged/);
  });

  test("is an error where a segment in the middle is gone", async () => {
    await timeline.add(at(10), 1100, [change("update", 9, "shop/a")]);
    await timeline.add(at(11), 1110, [change("update", 11, "shop/a")]);
    const place = path.join(folder, String(stores), "log", timeline.name);
    await rm(path.join(place, (await readdir(place)).sort()[1] ?? ""));
    await assert.rejects(open(), /Cannot restore the newest moment: .*it does not follow the segment before/);
  });
});
