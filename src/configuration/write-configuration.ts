/** Changes the configuration file. */

import { existsSync } from "node:fs";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { OperatorError, UsageError } from "../errors.ts";

/**
 * Replaces the text of the file by what `change` makes of it: all of it or nothing, whenever the program or the machine ends.
 * A link stays one, and the file keeps its mode.
 *
 * @param suffix makes the name of a file beside it that no other process uses.
 * @throws {UsageError} where there is no file.
 * @throws {OperatorError} where it cannot be read or written.
 */
export async function rewriteConfiguration(
  file: string,
  { change, suffix }: { change: (text: string) => string; suffix: string },
): Promise<void> {
  if (!existsSync(file))
    throw new UsageError([`There is no ${file}: write it first, with a map of profiles`]);
  let partial: string | undefined;
  try {
    const target = await realpath(file);
    const text = await readFile(target, "utf8");
    const changed = change(text);
    if (changed === text) return;
    const beside = `${target}.${suffix}`;
    const { mode } = await stat(target);
    const handle = await open(beside, "wx", mode & 0o777);
    partial = beside;
    try {
      // The mode of open() is less what the umask takes.
      await handle.chmod(mode & 0o777);
      await handle.writeFile(changed);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
  } catch (error) {
    if (partial !== undefined) await rm(partial, { force: true });
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`Cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}
