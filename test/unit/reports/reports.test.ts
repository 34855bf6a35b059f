/** What reports of rehearsals look like in a store, and which of them is the last. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { recordCheck } from "../../../src/catalog/check-record.ts";
import { recordRehearsal } from "../../../src/commands/verify/record-rehearsal.ts";
import { findLastReports } from "../../../src/reports/last-reports.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import type { Log } from "../../../src/terminal/log/log.ts";
import { schemaOf } from "../../support/program/json-document.ts";

const BACKUP = "backup_20260131T120000Z";
const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;
const signal = AbortSignal.timeout(30_000);

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-test-"));
  store = new FileStore({ folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function leave(time: string, { id = "blue", refused = 0, backup = BACKUP }: Partial<Left> = {}) {
  const settings = { unsigned: false, expectBackup: false } as never;
  const record = {
    ...{ backup, manifestSha256: "0".repeat(64) },
    cluster: { id, name: null, context: "blue", server: "https://10.0.0.1:6443" },
    summary: { objects: 3, accepted: 3 - refused, refused, notAsked: 0, afterDefinition: 0 },
    kinds: { ConfigMap: { accepted: 3 - refused, refused, notAsked: 0 } },
  };
  return recordRehearsal({ settings, log, now: () => new Date(time) }, { store, record });
}

interface Left {
  id: string | null;
  refused: number;
  backup: string;
}

const last = () => findLastReports(store, { cluster: "blue" }, signal);

describe("reports of rehearsals", () => {
  test("are what their schema says", async () => {
    assert.equal(await leave("2026-02-01T08:01:00.5Z", { refused: 1 }), true);
    const file = path.join(folder, "reports", `${BACKUP}.rehearsal-20260201T080100Z`);
    const text = await readFile(file, "utf8");
    const { error } = schemaOf("rehearsal-report").safeParse(JSON.parse(text));
    assert.equal(error?.message, undefined);
    assert.equal(text.indexOf("\n"), text.length - 1);
  });

  test("that one cannot be left is no error", async () => {
    await leave("2026-02-01T08:01:00Z");
    assert.equal(await leave("2026-02-01T08:01:00Z", { refused: 1 }), false);
    assert.equal((await last()).rehearsed?.refused, 0);
  });

  test("an empty store has none", async () => {
    assert.deepEqual(await last(), { verified: undefined, rehearsed: undefined });
  });

  test("the last one of this cluster counts, of whichever backup, and the last check beside it", async () => {
    const time = new Date("2026-02-02T00:00:00Z");
    await recordCheck({ store, log, check: { backup: BACKUP, etag: "e", time } }, signal);
    await leave("2026-02-03T08:00:00Z", { refused: 2, backup: "backup_20260101T000000Z" });
    await leave("2026-02-01T08:00:00Z");
    await leave("2026-02-04T08:00:00Z", { id: "green" });
    assert.deepEqual(await last(), {
      verified: time,
      rehearsed: { time: new Date("2026-02-03T08:00:00Z"), refused: 2 },
    });
  });

  test("whoever may not read kube-system rehearses in a cluster without a name, which counts", async () => {
    await leave("2026-02-03T08:00:00Z", { id: null });
    assert.deepEqual((await last()).rehearsed?.time, new Date("2026-02-03T08:00:00Z"));
  });

  test("what is no report is passed over", async () => {
    await leave("2026-02-03T08:00:00Z");
    const place = { folder: "reports", backup: BACKUP, suffix: "rehearsal-20260204T080000Z" } as const;
    await store.beside.create(place, Buffer.from("{}"), signal);
    assert.deepEqual((await last()).rehearsed?.time, new Date("2026-02-03T08:00:00Z"));
  });
});
