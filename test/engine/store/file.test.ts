import assert from "node:assert/strict";
import { execFile as execFileWithCallback } from "node:child_process";
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";
import { BackupExistsError } from "../../../src/store/contract/backup-exists-error.ts";
import { checkFolderAccess } from "../../../src/store/folder/check-folder-access.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import type { LinkFile } from "../../../src/store/folder/file-writing.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { type StoreFixture, storeContract } from "./contract.ts";

const execFile = promisify(execFileWithCallback);
const NAME = "backup_20260131T120000Z";
const { signal } = new AbortController();

/** What file systems without second names answer. */
const noLinks: LinkFile = async () => {
  throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
};

storeContract("file", () => startFolder());
storeContract("file (without hard links)", () => startFolder(noLinks));

async function startFolder(linkFile: LinkFile = link): Promise<StoreFixture> {
  const root = await mkdtemp(path.join(tmpdir(), "file store #%-"));
  return {
    open: async (place) => new FileStore({ folder: path.join(root, place), link: linkFile }),
    openMissing: async () => new FileStore({ folder: path.join(root, "missing") }),
    putForeign: async (place, file, bytes) => {
      await mkdir(path.join(root, place, path.dirname(file)), { recursive: true });
      await writeFile(path.join(root, place, file), bytes);
    },
    replace: async (place, name, bytes) => {
      const file = path.join(root, place, `${name}.zip`);
      await writeFile(`${file}.new`, bytes);
      await rename(`${file}.new`, file);
    },
    unfinished: async (place) =>
      (await readdir(path.join(root, place))).filter((file) => file.startsWith(".")),
    afterReplacement: "old bytes",
    stop: () => rm(root, { recursive: true }),
  };
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "file-store-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("A folder is made for the first backup, and only its owner can read either", async () => {
  await withFolder(async (root) => {
    const folder = path.join(root, "new", "folder");
    const store = new FileStore({ folder });
    await store.put(NAME, streamOf(bytesOf(10, "x")), signal);
    assert.equal((await stat(path.join(root, "new"))).mode & 0o777, 0o700);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(path.join(folder, `${NAME}.zip`))).mode & 0o777, 0o600);
  });
});

test("The folder that is missing is an error that says how to make it", async () => {
  const store = new FileStore({ folder: "/nowhere/backups" });
  await assert.rejects(store.newest({}, signal), {
    message: "Cannot list backups in file:///nowhere/backups: the folder does not exist",
    advice: "Mount or make it: mkdir -p /nowhere/backups",
  });
});

test("A file in the folder's place is an error", async () => {
  await withFolder(async (root) => {
    const folder = path.join(root, "file");
    await writeFile(folder, "");
    const store = new FileStore({ folder });
    await assert.rejects(store.newest({}, signal), /Cannot list backups in file:.*: it is not a folder/);
    await assert.rejects(
      store.put(NAME, streamOf(bytesOf(1, "x")), signal),
      /Cannot store backup_.*: it is not a folder/,
    );
  });
});

test("A file that is changed while it is open is not read on", async () => {
  await withFolder(async (folder) => {
    const store = new FileStore({ folder });
    await store.put(NAME, streamOf(bytesOf(100, "old")), signal);
    const opened = await store.open(NAME, signal);
    await writeFile(path.join(folder, `${NAME}.zip`), bytesOf(100, "other"));
    await assert.rejects(opened.read(0, 50, signal), /: the file has changed since it was opened/);
    await writeFile(path.join(folder, `${NAME}.zip`), "short");
    await assert.rejects(opened.read(50, 100, signal), /: the file has changed since it was opened/);
    await opened.close();
  });
});

test("What a killed process left behind disturbs nobody", async () => {
  await withFolder(async (folder) => {
    await writeFile(path.join(folder, `.${NAME}.zip.0b0e.partial`), "half");
    const store = new FileStore({ folder });
    assert.equal(await store.newest({}, signal), undefined);
    await store.put(NAME, streamOf(bytesOf(10, "x")), signal);
    assert.equal((await store.newest({}, signal))?.name, NAME);
  });
});

test("A name that comes while the content is written is not replaced", async () => {
  for (const linkFile of [link, noLinks]) {
    await withFolder(async (folder) => {
      const store = new FileStore({ folder, link: linkFile });
      const content = async function* () {
        yield bytesOf(10, "ours");
        await writeFile(path.join(folder, `${NAME}.zip`), "theirs");
      };
      await assert.rejects(store.put(NAME, content(), signal), BackupExistsError);
      assert.equal(await readFile(path.join(folder, `${NAME}.zip`), "utf8"), "theirs");
      assert.deepEqual(await readdir(folder), [`${NAME}.zip`]);
    });
  }
});

test("A folder that may not be read or written is an error", { skip: process.getuid?.() === 0 }, async () => {
  await withFolder(async (folder) => {
    const store = new FileStore({ folder });
    await chmod(folder, 0o000);
    await assert.rejects(store.newest({}, signal), /Cannot list backups in file:.*: permission denied/);
    await chmod(folder, 0o500);
    await assert.rejects(
      store.put(NAME, streamOf(bytesOf(1, "x")), signal),
      /Cannot store .*: permission denied/,
    );
    await chmod(folder, 0o700);
  });
});

test("A full device is an error, and nothing is left behind", async (t) => {
  await withFolder(async (folder) => {
    const mount = await execFile("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).catch(
      () => undefined,
    );
    if (mount === undefined) return t.skip("this user cannot mount a small file system");
    try {
      const store = new FileStore({ folder });
      const put = store.put(NAME, streamOf(bytesOf(2_000_000, "x")), signal);
      await assert.rejects(put, /^OperatorError: Cannot store .*: no space is left on the device$/);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await execFile("umount", [folder]);
    }
  });
});

test("What is no file and has a backup's name is an error that does not wait", async (t) => {
  await withFolder(async (folder) => {
    const store = new FileStore({ folder });
    const [pipe, directory, socket, linked] = [1, 2, 3, 4].map((second) => `backup_20260131T12000${second}Z`);
    const file = (name = "") => path.join(folder, `${name}.zip`);
    await execFile("mkfifo", [file(pipe)]);
    await mkdir(file(directory));
    const server = createServer().listen(file(socket));
    t.after(() => server.close());
    await store.put(NAME, streamOf(bytesOf(10, "x")), signal);
    await symlink(`${NAME}.zip`, file(linked));
    assert.deepEqual(
      (await Array.fromAsync(store.list({}, signal))).map(({ name }) => name),
      [NAME, linked],
    );
    for (const name of [pipe, directory, socket]) {
      await assert.rejects(
        store.open(name ?? "", signal),
        /^NotAFileError: Cannot read backup_.*: it is not a file$/,
      );
      await assert.rejects(store.put(name ?? "", streamOf(bytesOf(1, "x")), signal), BackupExistsError);
    }
    await (await store.open(linked ?? "", signal)).close();
    await Promise.all([linked, socket, directory].map((name) => rm(file(name), { recursive: true })));
    const { rights } = await checkFolderAccess(folder, ["restore"], signal);
    assert.deepEqual(
      rights.map(({ allowed }) => allowed),
      [true, true],
    );
  });
});
