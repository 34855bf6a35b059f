/** A lock between processes: one of them builds, the others wait for what it builds. */

import { link, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** The holder says every so often that it lives; in ms. */
const HEARTBEAT = 10_000;
/** A lock untouched for that long has no holder, whatever process bears its number now; in ms. */
const STALE_AFTER = 60_000;
const POLL = 250;

/**
 * Runs `work` while holding the lock file, waiting for another holder first.
 *
 * Taking a dead holder's lock over is not atomic: in the worst case two processes work at once. So
 * what `work` does must bear that, and be merely slower for it.
 *
 * @param onWait called once, with the holder's process id, when there is another holder.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void,
): Promise<T> {
  await acquire(file, onWait);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string, onWait: (holder: number) => void): Promise<void> {
  // Linked into place, the lock has its content from the first moment.
  const own = `${file}.${process.pid}`;
  await writeFile(own, `${process.pid}\n`);
  let told = false;
  try {
    while (!(await tryLink(own, file))) {
      const holder = await liveHolder(file);
      if (holder === undefined) {
        await rm(file, { force: true });
        continue;
      }
      if (!told) onWait(holder);
      told = true;
      await sleep(POLL);
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function tryLink(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The process that holds the lock, or undefined where it is free or its holder is dead. */
async function liveHolder(file: string): Promise<number | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    const holder = Number(text);
    process.kill(holder, 0);
    return Date.now() - mtimeMs > STALE_AFTER ? undefined : holder;
  } catch (error) {
    // EPERM: the process is there, of another user.
    if ((error as NodeJS.ErrnoException).code === "EPERM") return Number(await readFile(file, "utf8"));
    return undefined;
  }
}
