import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { formatNote } from "../../../src/notes/note.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { rejectUncheckedRemoval } from "../../../src/trust/signed-notes.ts";

const { signal } = new AbortController();
const SIGNED = "backup_20260131T120000Z";
const UNSIGNED = "backup_20260131T130000Z";

/** A store whose newest backup has no note, and one before that has one with a signature. */
const STORE = {
  url: "file:///backups",
  newest: async () => ({
    name: UNSIGNED,
    time: new Date("2026-01-31T13:00:00Z"),
    size: 1,
    lastModified: undefined,
  }),
  beside: { read: async ({ backup }: { backup: string }) => (backup === SIGNED ? signedNote() : undefined) },
} as unknown as Pick<Store, "newest" | "beside" | "url">;

function signedNote(): Buffer {
  const text = formatNote({
    ...{ object: `${SIGNED}.zip`, bytes: 100, sha256: "a".repeat(64), manifest: "b".repeat(64) },
    ...{ time: "2026-01-31T12:00:00Z", cluster: { id: "uid-1" }, kubernetesVersion: "v1.36.3" },
    ...{ revision: "12", oneMoment: true, counts: {}, missing: [], excluded: 0, warnings: 0, recipients: [] },
    ...{ program: { version: "1", commit: "c" }, counter: 1 },
  });
  return Buffer.from(`${text}-----BEGIN SSH SIGNATURE-----\n`);
}

describe("A removal without ALLOWED_SIGNERS", () => {
  const removal = (removing: string[], unsigned = false) =>
    rejectUncheckedRemoval({ store: STORE, unsigned, removing: removing.map((name) => ({ name })) }, signal);

  test("is refused of what is signed, also where the newest is not", async () => {
    await assert.rejects(removal([UNSIGNED, SIGNED]), /backup_20260131T120000Z is signed/);
  });
  test("is none of what is not signed", () => removal([UNSIGNED]));
  test("goes by --unsigned", () => removal([SIGNED], true));
});
