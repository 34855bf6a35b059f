import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { openNewestBackup } from "../../../src/catalog/open-backup.ts";
import type { NewestOptions, Store } from "../../../src/store/contract/store.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { putBackup } from "../../support/samples/sample-backups.ts";

const root = await mkdtemp(path.join(tmpdir(), "kube-backup-encrypted-only-"));
after(() => rm(root, { recursive: true }));
const { signal } = new AbortController();

test("where only encrypted backups count, one that is in plain when it is opened does not, whatever the listing said", async () => {
  const now = () => new Date("2026-03-01T02:00:00Z");
  await putBackup(root, new Date("2026-03-01T01:00:00Z"), 3, {});
  const inner = new FileStore({ folder: root, now });
  const newest = async (options: NewestOptions, signal: AbortSignal) => {
    const found = await inner.newest(options, signal);
    return found && { ...found, form: "zip.age" as const };
  };
  const store: Store = new Proxy(inner, {
    get: (_, key: keyof FileStore) => {
      if (key === "newest") return newest;
      const value: unknown = inner[key];
      return typeof value === "function" ? value.bind(inner) : value;
    },
  });
  const stream = { write: () => {} };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  await assert.rejects(openNewestBackup({ store, encryptedOnly: true, log }, signal), /Cannot open a backup/);
  const opened = await openNewestBackup({ store, log }, signal);
  await opened.close();
});
