/** Reads as much of executables' formats as tells what they run on, and whether a signature fits. */

import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** What an executable runs on, `ELF aarch64`; undefined for anything else. */
export function formatOf(file: Buffer): string | undefined {
  if (file.readUInt32BE(0) === 0x7f454c46) {
    // e_machine, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
    return { 62: "ELF x86-64", 183: "ELF aarch64" }[file.readUInt16LE(18)];
  }
  if (file.readUInt32LE(0) === 0xfeedfacf) {
    return { 16777223: "Mach-O x86-64", 16777228: "Mach-O arm64" }[file.readUInt32LE(4)];
  }
  if (file.toString("latin1", 0, 2) === "MZ") {
    const header = file.readUInt32LE(0x3c);
    if (file.toString("latin1", header, header + 4) !== "PE\0\0") return undefined;
    return { 34404: "PE x86-64" }[file.readUInt16LE(header + 4)];
  }
  return undefined;
}

/** What a macOS executable's signature says. */
export interface MacSignature {
  identifier: string;
  adHoc: boolean;
  pages: number;
  /** Pages that are not as they were signed. */
  changedPages: number;
  /** Whether it covers everything before it, and ends where the file ends. */
  whole: boolean;
}

/** Reads a signature; undefined where there is none. */
export function macSignature(file: Buffer): MacSignature | undefined {
  let command = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    if (file.readUInt32LE(command) === 0x1d) return readSignature(file, command);
    command += file.readUInt32LE(command + 4);
  }
  return undefined;
}

function readSignature(file: Buffer, command: number): MacSignature | undefined {
  const start = file.readUInt32LE(command + 8);
  const blob = file.subarray(start, start + file.readUInt32LE(command + 12));
  const directory = blob.subarray(blob.readUInt32BE(16));
  if (blob.readUInt32BE(0) !== 0xfade0cc0 || directory.readUInt32BE(0) !== 0xfade0c02) return undefined;
  const [flags, hashes, name, , pages, limit] = [12, 16, 20, 24, 28, 32].map((at) =>
    directory.readUInt32BE(at),
  );
  const pageSize = 2 ** directory.readUInt8(39);
  let changedPages = 0;
  for (let page = 0; page < (pages ?? 0); page++) {
    const bytes = file.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit ?? 0));
    const at = (hashes ?? 0) + page * 32;
    if (
      !createHash("sha256")
        .update(bytes)
        .digest()
        .equals(directory.subarray(at, at + 32))
    )
      changedPages++;
  }
  return {
    identifier: directory.toString("latin1", name, directory.indexOf(0, name)),
    adHoc: ((flags ?? 0) & 2) !== 0,
    pages: pages ?? 0,
    changedPages,
    whole: limit === start && pages === Math.ceil(start / pageSize) && start + blob.length === file.length,
  };
}
