/** What every store must do, as tests: src/store/contract/store.ts in executable form. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OperatorError } from "../../../src/errors.ts";
import { BackupExistsError } from "../../../src/store/contract/backup-exists-error.ts";
import { backupName, backupTime } from "../../../src/store/contract/backup-name.ts";
import { MAX_SIDE_BYTES, sideKey } from "../../../src/store/contract/side-objects.ts";
import type { Store, StoredBackup } from "../../../src/store/contract/store.ts";
import { TwoFormsError } from "../../../src/store/contract/two-forms-error.ts";
import { bytesOf, streamOf } from "./bytes.ts";

/** A kind of store and the real thing behind it. */
export interface StoreFixture {
  /** A store at a place of this name, `a/b`; two places of different names share nothing. */
  open(place: string): Promise<Store>;
  /** A store whose bucket or folder does not exist. */
  openMissing(): Promise<Store>;
  /** Puts something else at the path below the place. */
  putForeign(place: string, path: string, bytes: Uint8Array): Promise<void>;
  /** Puts other bytes in the place of a backup, as somebody else could. */
  replace(place: string, name: string, bytes: Uint8Array): Promise<void>;
  /** What is left at the place of writes that never ended; hidden from listings. */
  unfinished(place: string): Promise<string[]>;
  /** Whether reading goes on with the old bytes after a replacement, or fails. */
  afterReplacement: "old bytes" | "error";
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;
const NAME = "backup_20260131T120000Z";
const LATER = "backup_20260131T120001Z";

/** Declares the tests for one kind of store. */
export function storeContract(kind: string, start: () => Promise<StoreFixture>): void {
  describe(`The ${kind} store`, () => {
    let fixture: StoreFixture;
    let places = 0;
    const { signal } = new AbortController();
    const newPlace = () => `place-${++places}/blue`;

    before(async () => {
      fixture = await start();
    });
    after(async () => {
      await fixture?.stop();
    });

    /** An empty store that is there: a folder needs a first backup to come into being. */
    async function emptyStore(place = newPlace()): Promise<Store> {
      const store = await fixture.open(place);
      await store.put(NAME, streamOf(bytesOf(1, "first")), signal);
      await store.remove(NAME, signal);
      return store;
    }

    test("names places with backups beside it and below it, the most similar first", async () => {
      const root = `place-${++places}`;
      for (const place of ["blue", "green", "deep/er"]) {
        await fixture.putForeign(`${root}/${place}`, `${NAME}.zip`, bytesOf(1, place));
      }
      await fixture.putForeign(`${root}/notes`, "backup_notes.txt", bytesOf(1, "notes"));
      const beside = async (place: string) => {
        const store = await emptyStore(place);
        return (await store.placesBeside(signal)).map((url) => url.slice(url.indexOf(root)));
      };
      assert.deepEqual((await beside(`${root}/bleu`)).slice(0, 2), [`${root}/blue`, `${root}/green`]);
      assert.ok((await beside(`${root}/deep`)).includes(`${root}/deep/er`));
      assert.ok(!(await beside(`${root}/bleu`)).includes(`${root}/notes`));
      await fixture.putForeign(root, `${NAME}.zip`, bytesOf(1, "root"));
      assert.ok((await beside(`${root}/bleu`)).includes(root));
    });

    for (const size of [1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 8 * MIB, 20 * MIB]) {
      test(`gives back the ${size} bytes that it was given`, async () => {
        const place = newPlace();
        const store = await fixture.open(place);
        const bytes = bytesOf(size, "content");
        const { etag, ...stored } = await store.put(NAME, streamOf(bytes), signal);
        assert.deepEqual(stored, { size });
        assert.equal(await store.has(NAME, signal), true);
        const [{ lastModified, ...listed } = {}, ...others] = await all(store);
        assert.deepEqual(listed, { name: NAME, time: backupTime(NAME), form: "zip", size, etag });
        assert.ok(Math.abs((lastModified?.getTime() ?? 0) - Date.now()) < 60_000, String(lastModified));
        assert.deepEqual(others, []);
        assert.deepEqual(await fixture.unfinished(place), []);
        const opened = await store.open(NAME, signal);
        assert.equal(opened.etag, etag);
        assert.equal(opened.name, NAME);
        assert.equal(opened.size, size);
        assert.ok(bytes.equals(await opened.read(0, size, signal)), "the bytes differ");
        const middle = Math.floor(size / 2);
        assert.ok(
          bytes.subarray(middle, size).equals(await opened.read(middle, size, signal)),
          "a range differs",
        );
        assert.equal((await opened.read(size, size, signal)).length, 0);
        await opened.close();
        await opened.close();
      });
    }

    test("keeps encrypted backups as others, and knows which they are", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      const bytes = bytesOf(6 * MIB, "sealed");
      const { etag } = await store.put(NAME, streamOf(bytes), signal, { form: "zip.age" });
      await store.put(LATER, streamOf(bytesOf(1, "plain")), signal);
      assert.deepEqual(
        (await all(store)).map(({ name, form }) => [name, form]),
        [
          [NAME, "zip.age"],
          [LATER, "zip"],
        ],
      );
      assert.equal((await store.newest({ until: backupTime(NAME) }, signal))?.form, "zip.age");
      assert.equal(await store.has(NAME, signal), true);
      for (const opened of [await store.open(NAME, signal), await store.openStored(NAME, signal)]) {
        assert.equal(opened.form, "zip.age");
        assert.equal(opened.etag, etag);
        assert.ok(bytes.equals(await opened.read(0, bytes.length, signal)));
        await opened.close();
      }
      for (const form of ["zip", "zip.age"] as const)
        await assert.rejects(store.put(NAME, streamOf(bytes), signal, { form }), BackupExistsError);
      await assert.rejects(store.put(LATER, streamOf(bytes), signal, { form: "zip.age" }), BackupExistsError);
      await assert.rejects(store.remove(NAME, signal, { etag: "another" }), OperatorError);
      await store.remove(NAME, signal, { etag });
      await store.remove(NAME, signal, { etag });
      assert.deepEqual(
        (await all(store)).map(({ name }) => name),
        [LATER],
      );
      assert.deepEqual(await fixture.unfinished(place), []);
    });

    test("says that it holds both forms of a name, and gives neither", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      const { etag } = await store.put(NAME, streamOf(bytesOf(5, "sealed")), signal, { form: "zip.age" });
      await store.put(LATER, streamOf(bytesOf(1, "plain")), signal);
      await fixture.putForeign(place, `${NAME}.zip`, bytesOf(7, "another's"));
      const [{ lastModified, forms, ...both } = {}, ...others] = await all(store);
      assert.deepEqual(both, { name: NAME, time: backupTime(NAME), form: "both", size: 12 });
      assert.ok(lastModified instanceof Date);
      assert.deepEqual(
        forms?.map(({ form, size }) => [form, size]),
        [
          ["zip", 7],
          ["zip.age", 5],
        ],
      );
      assert.equal(forms?.[1]?.etag, etag);
      assert.deepEqual(
        others.map(({ name, form }) => [name, form]),
        [[LATER, "zip"]],
      );
      assert.equal((await store.newest({ until: backupTime(NAME) }, signal))?.form, "both");
      assert.equal(await store.has(NAME, signal), true);
      for (const touch of [
        () => store.open(NAME, signal),
        () => store.openStored(NAME, signal),
        () => store.remove(NAME, signal),
        () => store.remove(NAME, signal, { etag }),
        () => store.removeVersions(NAME, signal),
      ]) {
        await assert.rejects(touch, (error) => {
          assert.ok(error instanceof TwoFormsError);
          assert.match(
            error.message,
            new RegExp(`${NAME}.*: the store holds ${NAME}.zip and ${NAME}.zip.age, and`),
          );
          return true;
        });
      }
      // Whoever knows which one is meant names it.
      for (const form of ["zip", "zip.age"] as const) {
        const source = await store.open(NAME, signal, { form });
        assert.deepEqual([source.form, source.size], [form, form === "zip" ? 7 : 5]);
        await source.close();
      }
      await store.remove(NAME, signal, { etag, form: "zip.age" });
      assert.equal((await store.newest({ until: backupTime(NAME) }, signal))?.form, "zip");
      await fixture.putForeign(place, `${NAME}.zip.age`, bytesOf(5, "sealed"));
      assert.deepEqual(await store.versions(NAME, signal), { count: 2, size: 12 });
      await store.removeVersions(NAME, signal, { form: "zip" });
      assert.equal((await store.newest({ until: backupTime(NAME) }, signal))?.form, "zip.age");
    });

    test("opens an empty object, which is no backup, and no fault of the store", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      await fixture.putForeign(place, `${NAME}.zip`, new Uint8Array(0));
      const opened = await store.open(NAME, signal);
      assert.equal(opened.size, 0);
      assert.equal((await all(store))[0]?.etag, opened.etag);
      await opened.close();
      await fixture.putForeign(place, `notes/${NAME}.note`, new Uint8Array(0));
      const note = { folder: "notes", backup: NAME, suffix: "note" } as const;
      assert.equal((await store.beside.read(note, signal))?.length, 0);
    });

    test("keeps small objects beside the backups, and lists none of them", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      const note = { folder: "notes", backup: NAME, suffix: "note" } as const;
      assert.equal(await store.beside.read(note, signal), undefined);
      await store.beside.create(note, Buffer.from("first"), signal);
      assert.equal((await store.beside.read(note, signal))?.toString(), "first");
      await assert.rejects(store.beside.create(note, Buffer.from("second"), signal), BackupExistsError);
      assert.equal((await store.beside.read(note, signal))?.toString(), "first");
      assert.equal(
        await store.beside.read({ ...note, folder: "reports" }, signal),
        undefined,
        "another folder",
      );
      await store.beside.replace(note, Buffer.from("third"), signal);
      assert.equal((await store.beside.read(note, signal))?.toString(), "third");
      await store.beside.create({ ...note, backup: LATER }, Buffer.from("later"), signal);
      await store.beside.create({ ...note, suffix: "other" }, Buffer.from("other"), signal);
      await fixture.putForeign(place, "notes/of-somebody.txt", bytesOf(1, "x"));
      assert.deepEqual(await Array.fromAsync(store.beside.list("notes", signal)), [NAME, LATER]);
      assert.deepEqual(await Array.fromAsync(store.beside.list("reports", signal)), []);
      const before = async (folder: "notes" | "reports", moment: string) =>
        (await Array.fromAsync(store.beside.listBefore(folder, new Date(moment), signal))).map(
          ({ place, lastModified }) => {
            assert.ok(Math.abs((lastModified?.getTime() ?? 0) - Date.now()) < 60_000);
            return sideKey(place);
          },
        );
      const [first, other] = [`notes/${NAME}.note`, `notes/${NAME}.other`];
      assert.deepEqual(await before("notes", "2100-01-01T00:00:00Z"), [first, other, `notes/${LATER}.note`]);
      assert.deepEqual(await before("notes", "2026-01-31T12:00:01Z"), [first, other]);
      assert.deepEqual(await before("notes", "2026-01-31T12:00:00Z"), []);
      assert.deepEqual(await before("reports", "2100-01-01T00:00:00Z"), []);
      assert.deepEqual(await all(store), []);
      assert.equal(await store.newest({}, signal), undefined);
      assert.deepEqual(await fixture.unfinished(place), []);
      const neighbor = await fixture.open(`${place}-beside`);
      assert.ok(!(await neighbor.placesBeside(signal)).some((url) => url.includes("notes")));
      await store.beside.remove(note, signal);
      await store.beside.remove(note, signal);
      assert.equal(await store.beside.read(note, signal), undefined);
      await fixture.putForeign(place, `notes/${NAME}.note`, bytesOf(MAX_SIDE_BYTES + 1, "large"));
      await assert.rejects(store.beside.read(note, signal), /it is too large/);
    });

    test("reads many ranges at once", async () => {
      const store = await fixture.open(newPlace());
      const bytes = bytesOf(MIB, "ranges");
      await store.put(NAME, streamOf(bytes), signal);
      const opened = await store.open(NAME, signal);
      const starts = Array.from({ length: 64 }, (_, index) => index * 16_000);
      const ranges = await Promise.all(starts.map((start) => opened.read(start, start + 16_000, signal)));
      assert.ok(
        ranges.every((range, index) => bytes.subarray(index * 16_000, (index + 1) * 16_000).equals(range)),
      );
      await opened.close();
    });

    test("refuses a range that is not in the backup", async () => {
      const store = await fixture.open(newPlace());
      await store.put(NAME, streamOf(bytesOf(10, "short")), signal);
      const opened = await store.open(NAME, signal);
      await assert.rejects(opened.read(5, 11, signal), RangeError);
      await opened.close();
    });

    test("takes no backup without a byte in it", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      await assert.rejects(
        store.put(NAME, streamOf(new Uint8Array(0)), signal),
        /Cannot store .*: its content is empty/,
      );
      assert.equal(await store.has(NAME, signal), false);
      assert.deepEqual(await fixture.unfinished(place), []);
    });

    for (const size of [100, 9 * MIB]) {
      test(`never replaces a backup by another of ${size} bytes`, async () => {
        const place = newPlace();
        const store = await fixture.open(place);
        const bytes = bytesOf(size, "first");
        await store.put(NAME, streamOf(bytes), signal);
        const second = store.put(NAME, streamOf(bytesOf(size, "second")), signal);
        await assert.rejects(second, (error) => error instanceof BackupExistsError && error.backup === NAME);
        const opened = await store.open(NAME, signal);
        assert.ok(bytes.equals(await opened.read(0, size, signal)));
        await opened.close();
        assert.deepEqual(await fixture.unfinished(place), []);
      });

      test(`lets exactly one of several that store ${size} bytes at once win`, async () => {
        const place = newPlace();
        const stores = await Promise.all([1, 2, 3].map(() => fixture.open(place)));
        const contents = stores.map((_, index) => bytesOf(size, `racer ${index}`));
        // All have begun before the first one ends, so that none can be refused by looking first.
        const gate = Promise.withResolvers<void>();
        const puts = stores.map((store, index) =>
          store.put(NAME, held(contents[index] as Uint8Array, gate.promise), signal),
        );
        setTimeout(gate.resolve, 200);
        const results = await Promise.allSettled(puts);
        const winners = results.flatMap((result, index) => (result.status === "fulfilled" ? [index] : []));
        assert.equal(winners.length, 1, `winners: ${winners}`);
        for (const result of results) {
          if (result.status === "rejected")
            assert.ok(result.reason instanceof BackupExistsError, String(result.reason));
        }
        const store = stores[0] as Store;
        const opened = await store.open(NAME, signal);
        const bytes = await opened.read(0, opened.size, signal);
        await opened.close();
        assert.ok(contents[winners[0] as number]?.equals(bytes), "what is stored is not the winner's");
        assert.deepEqual(await fixture.unfinished(place), []);
      });
    }

    for (const size of [0, 100, 9 * MIB, 30 * MIB]) {
      test(`leaves nothing behind when the content fails after ${size} bytes`, async () => {
        const place = newPlace();
        const store = await emptyStore(place);
        const failure = new Error("the cluster has gone");
        await assert.rejects(
          store.put(NAME, failing(bytesOf(size, "half"), failure), signal),
          (error) => error === failure,
        );
        await assertNothing(store, place);
      });

      test(`leaves nothing behind when it is aborted after ${size} bytes`, async () => {
        const place = newPlace();
        const store = await emptyStore(place);
        const controller = new AbortController();
        const reason = new Error("the process was told to end");
        const content = hanging(bytesOf(size, "half"), () => controller.abort(reason));
        await assert.rejects(store.put(NAME, content, controller.signal), (error) => error === reason);
        await assertNothing(store, place);
      });
    }

    async function assertNothing(store: Store, place: string): Promise<void> {
      assert.equal(await store.has(NAME, signal), false);
      assert.deepEqual(await all(store), []);
      assert.deepEqual(await fixture.unfinished(place), []);
      await store.put(NAME, streamOf(bytesOf(10, "again")), signal);
    }

    test("shows a backup to nobody before it is complete", async () => {
      const store = await emptyStore();
      const gate = Promise.withResolvers<void>();
      const put = store.put(NAME, held(bytesOf(20 * MIB, "slow"), gate.promise), signal);
      await sleep(300);
      assert.equal(await store.has(NAME, signal), false);
      assert.deepEqual(await all(store), []);
      await assert.rejects(store.open(NAME, signal), OperatorError);
      gate.resolve();
      await put;
      assert.equal(await store.has(NAME, signal), true);
    });

    test("lists backups in the order of their times, and from a moment on", async () => {
      const store = await emptyStore();
      const names = [
        "backup_20251231T235959Z",
        "backup_20260101T000000Z",
        NAME,
        LATER,
        "backup_20991231T000000Z",
      ];
      for (const name of [3, 0, 4, 2, 1].map((index) => names[index] as string)) {
        await store.put(name, streamOf(bytesOf(3, name)), signal);
      }
      assert.deepEqual(
        (await all(store)).map(({ name }) => name),
        names,
      );
      const table: [string, number][] = [
        ["1970-01-01T00:00:00Z", 0],
        ["2025-12-31T23:59:59Z", 0],
        ["2025-12-31T23:59:59.001Z", 1],
        ["2026-01-31T12:00:00Z", 2],
        ["2026-01-31T12:00:00.999Z", 3],
        ["2100-01-01T00:00:00Z", 5],
      ];
      for (const [from, first] of table) {
        assert.deepEqual(
          (await all(store, new Date(from))).map(({ name }) => name),
          names.slice(first),
          from,
        );
      }
    });

    test("lists nothing where there is nothing", async () => {
      const store = await emptyStore();
      assert.deepEqual(await all(store), []);
      assert.equal(await store.newest({}, signal), undefined);
      assert.equal(await store.has(NAME, signal), false);
      assert.equal(await store.holdsOlderFormat(signal), false);
    });

    test("finds the newest backup, also one from the future, and the newest until a moment", async () => {
      const store = await emptyStore();
      const day = 86_400_000;
      const now = Date.now();
      const times = [now - 4000 * day, now - 40 * day, now - 39 * day, now - 5_000, now + 400 * day].map(
        (time) => new Date(time),
      );
      const names = times.map(backupName);
      for (const name of names) await store.put(name, streamOf(bytesOf(7, name)), signal);
      const newest = async (until?: number) =>
        (await store.newest(until === undefined ? {} : { until: new Date(until) }, signal))?.name;
      assert.equal(await newest(), names[4]);
      assert.equal(await newest(now), names[3]);
      assert.equal(await newest(now - day), names[2]);
      assert.equal(await newest(now - 39.5 * day), names[1]);
      assert.equal(await newest(now - 3999 * day), names[0]);
      assert.equal(await newest(now - 4001 * day), undefined);
      const exact = backupTime(names[1] as string) as Date;
      assert.equal(await newest(exact.getTime()), names[1], "the moment itself counts");
      assert.equal((await store.newest({}, signal))?.size, 7);
    });

    test("neither shows nor touches what else lies there", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      const foreign = [
        "notes.txt",
        "backup_20260131T120000Z.txt",
        "backup_20260131T120000Z.zip.sha256",
        "backup_20260230T120000Z.zip",
        "backup_20260131T250000Z.zip",
        "backup_2026-01-31.zip",
        "backup_20260131T120000Z.ZIP",
        "BACKUP_20260131T120000Z.zip",
        "backup_latest.tgz",
        "backup_ü +%41&<>.zip",
        "backup_folder/backup_20260131T120000Z.zip",
        "old/backup_20260131T120000Z.zip",
        "old/deeper/backup_20260131T120000Z.zip",
      ];
      for (const path of foreign) await fixture.putForeign(place, path, bytesOf(5, path));
      assert.deepEqual(await all(store), []);
      assert.equal(await store.newest({}, signal), undefined);
      assert.equal(await store.has(NAME, signal), false);
      await store.put(NAME, streamOf(bytesOf(9, "ours")), signal);
      assert.deepEqual(
        (await all(store)).map(({ name, size }) => [name, size]),
        [[NAME, 9]],
      );
      assert.equal((await store.newest({}, signal))?.name, NAME);
      await store.remove(NAME, signal);
      assert.deepEqual(await all(store), []);
      assert.equal(await store.holdsOlderFormat(signal), true, "a foreign file is gone");
    });

    test("knows the older script's archives, and nothing else as such", async () => {
      const place = newPlace();
      const store = await emptyStore(place);
      for (const path of ["other.tgz", "backup_1.tar.gz", "old/backup_1.tgz"]) {
        await fixture.putForeign(place, path, bytesOf(5, path));
      }
      assert.equal(await store.holdsOlderFormat(signal), false);
      await fixture.putForeign(place, "backup_2019-03-01.tgz", bytesOf(5, "tgz"));
      assert.equal(await store.holdsOlderFormat(signal), true);
    });

    test("sees nothing of a place whose name starts with its own", async () => {
      const place = newPlace();
      const [store, longer] = [await emptyStore(place), await emptyStore(`${place}-2`)];
      await longer.put(NAME, streamOf(bytesOf(4, "other")), signal);
      assert.deepEqual(await all(store), []);
      assert.equal(await store.newest({}, signal), undefined);
      assert.equal(await store.has(NAME, signal), false);
      await assert.rejects(store.open(NAME, signal), OperatorError);
    });

    test("keeps an opened backup pinned: another one in its place is never read as the same", async () => {
      const place = newPlace();
      const store = await fixture.open(place);
      const [old, other] = [bytesOf(5000, "old"), bytesOf(5000, "other")];
      await store.put(NAME, streamOf(old), signal);
      const opened = await store.open(NAME, signal);
      assert.ok(old.subarray(0, 10).equals(await opened.read(0, 10, signal)));
      await fixture.replace(place, NAME, other);
      const read = opened.read(0, 5000, signal);
      if (fixture.afterReplacement === "error") {
        await assert.rejects(
          read,
          /Cannot read backup_20260131T120000Z in .*: the object was changed or removed/,
        );
      } else {
        assert.ok(old.equals(await read));
      }
      await opened.close();
      const again = await store.open(NAME, signal);
      assert.ok(other.equals(await again.read(0, 5000, signal)));
      await again.close();
    });

    test("says which backup there is none of", async () => {
      const store = await emptyStore();
      await assert.rejects(store.open(LATER, signal), {
        name: "OperatorError",
        message: `Cannot read ${LATER} in ${store.url}: there is no backup of that name`,
      });
    });

    for (const name of ["../../etc/passwd", "backup_20260230T120000Z", "", "latest"]) {
      test(`takes ${JSON.stringify(name)} for no backup's name`, async () => {
        const store = await emptyStore();
        const expected = {
          name: "OperatorError",
          message: /^Cannot use ".*" as a backup: it is no backup's name$/,
        };
        await assert.rejects(store.open(name, signal), expected);
        await assert.rejects(store.has(name, signal), expected);
        await assert.rejects(store.put(name, streamOf(bytesOf(1, "x")), signal), expected);
        await assert.rejects(store.remove(name, signal), expected);
      });
    }

    test("removes a backup, and finds nothing wrong with one that is not there", async () => {
      const store = await fixture.open(newPlace());
      await store.put(NAME, streamOf(bytesOf(2, "a")), signal);
      await store.put(LATER, streamOf(bytesOf(2, "b")), signal);
      await store.remove(NAME, signal);
      await store.remove(NAME, signal);
      assert.deepEqual(
        (await all(store)).map(({ name }) => name),
        [LATER],
      );
    });

    test("counts what is stored under a name, and removes it for good", async () => {
      const store = await emptyStore();
      assert.deepEqual(await store.versions(NAME, signal), { count: 0, size: 0 });
      await store.put(NAME, streamOf(bytesOf(9, "one")), signal);
      await store.put(LATER, streamOf(bytesOf(7, "another")), signal);
      assert.deepEqual(await store.versions(NAME, signal), { count: 1, size: 9 });
      await store.removeVersions(NAME, signal);
      await store.removeVersions(NAME, signal);
      assert.deepEqual(await store.versions(NAME, signal), { count: 0, size: 0 });
      assert.deepEqual(
        (await all(store)).map(({ name }) => name),
        [LATER],
      );
    });

    test("removes the bytes that were meant, and no others that have got their name", async () => {
      const place = newPlace();
      const store = await fixture.open(place);
      const { etag } = await store.put(NAME, streamOf(bytesOf(20, "a")), signal);
      await store.remove(NAME, signal, { etag });
      assert.deepEqual(await all(store), []);
      await store.remove(NAME, signal, { etag });
      await store.put(NAME, streamOf(bytesOf(20, "a")), signal);
      await fixture.replace(place, NAME, bytesOf(20, "b"));
      await assert.rejects(store.remove(NAME, signal, { etag }), {
        name: "ReplacedError",
        message: /^Cannot remove backup_.* from .*: the (object|file) was replaced since it was looked at$/,
      });
      assert.equal(await store.has(NAME, signal), true);
    });

    for (const [method, call] of Object.entries(READING)) {
      test(`says that its place is missing when asked to ${method}`, async () => {
        const store = await fixture.openMissing();
        await assert.rejects(call(store, signal), (error) => {
          assert.ok(error instanceof OperatorError, String(error));
          assert.match(
            error.message,
            /^Cannot (list|read|remove) .*: (there is no bucket|the folder does not exist)/,
          );
          assert.ok(error.message.includes(store.url));
          assert.notEqual(error.advice, undefined);
          return true;
        });
      });
    }

    for (const [method, call] of Object.entries(ALL)) {
      test(`answers an aborted signal with its reason when asked to ${method}`, async () => {
        const store = await emptyStore();
        const reason = new Error("told to end");
        await assert.rejects(call(store, AbortSignal.abort(reason)), (error) => error === reason);
      });
    }

    test("can be closed", async () => {
      const store = await emptyStore();
      await store.close();
      await store.close();
    });
  });

  async function all(store: Store, from?: Date): Promise<StoredBackup[]> {
    return await collect(store.list({ from }, new AbortController().signal));
  }
}

/** Every method that reads or removes. */
const READING: Record<string, (store: Store, signal: AbortSignal) => Promise<unknown>> = {
  list: (store, signal) => collect(store.list({}, signal)),
  "find the newest": (store, signal) => store.newest({}, signal),
  "look for the older format": (store, signal) => store.holdsOlderFormat(signal),
  "tell whether a backup is there": (store, signal) => store.has(NAME, signal),
  open: (store, signal) => store.open(NAME, signal),
  remove: (store, signal) => store.remove(NAME, signal),
};

const ALL: typeof READING = {
  ...READING,
  store: (store, signal) => store.put(NAME, streamOf(bytesOf(10, "x")), signal),
};

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The bytes, the last one of them only after `until`. */
async function* held(bytes: Uint8Array, until: Promise<void>): AsyncGenerator<Uint8Array> {
  yield* streamOf(bytes.subarray(0, -1));
  await until;
  yield bytes.subarray(-1);
}

/** The bytes, then an error. */
async function* failing(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield* streamOf(bytes);
  throw error;
}

/** The bytes, then nothing for ever. */
async function* hanging(bytes: Uint8Array, atEnd: () => void): AsyncGenerator<Uint8Array> {
  yield* streamOf(bytes);
  atEnd();
  await new Promise<never>(() => undefined);
}
