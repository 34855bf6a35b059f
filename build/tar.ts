/** A tar archive whose bytes depend on names and contents alone: no times, no owners of this machine. */

const BLOCK = 512;

/** A file of an archive. */
export interface TarFile {
  /** At most 100 bytes. */
  name: string;
  content: Uint8Array;
  executable?: boolean;
}

/**
 * Writes files as a tar archive (ustar).
 *
 * @throws {Error} when a name is too long.
 */
export function tar(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const blocks = files.flatMap((file) => [
    header(file),
    file.content,
    new Uint8Array((BLOCK - (file.content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
}

function header({ name, content, executable = false }: TarFile): Uint8Array {
  if (Buffer.byteLength(name) > 100)
    throw new Error(`Cannot archive ${name}: its name is longer than 100 bytes`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, "0"), at);
  block.write(name, 0);
  octal(executable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  // The sum is taken with spaces in its own place.
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
