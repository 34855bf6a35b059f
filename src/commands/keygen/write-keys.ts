import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../../errors.ts";
import { someNames } from "../../words/some-names.ts";

/** The files that `keygen` writes. */
export const KEY_FILES = {
  identity: "age-key.txt",
  recipients: "age-recipients.txt",
  signingKey: "signing-key",
  allowedSigners: "allowed-signers",
} as const;

/** The texts of the files. */
export type KeyTexts = Record<keyof typeof KEY_FILES, string>;

/**
 * Writes keys into a folder, which is made where there is none. All files are there afterwards, which only their owner
 * can read, or none of them.
 *
 * @throws {OperatorError} where one of the files is there already: a key that is replaced is lost, and its backups with it.
 */
export async function writeKeys(folder: string, texts: KeyTexts): Promise<void> {
  const files = Object.entries(KEY_FILES).map(([name, file]) => ({
    file: path.join(folder, file),
    text: texts[name as keyof KeyTexts],
  }));
  const task = `Cannot write keys into ${folder}`;
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = await Promise.all(
      files.map(async ({ file }) => ((await exists(file)) ? [path.basename(file)] : [])),
    );
    if (there.flat().length > 0) throw existing(task, there.flat());
    for (const { file, text } of files) {
      await writeFile(file, text, { mode: 0o600, flag: "wx", flush: true });
      written.push(file);
    }
  } catch (error) {
    // Only what this call has made: nobody has seen these keys yet.
    await Promise.all(written.map((file) => rm(file, { force: true })));
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST") throw existing(task, [path.basename(files[written.length]?.file ?? folder)]);
    throw new OperatorError(`${task}: ${error.code}`, { cause: error });
  }
}

function existing(task: string, names: readonly string[]): OperatorError {
  return new OperatorError(
    `${task}: it holds ${someNames(names, names.length)} already, and no key is ever replaced`,
    {
      advice: "Name another folder",
    },
  );
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
