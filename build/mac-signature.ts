/**
 * Ad-hoc signatures of macOS executables: page hashes without an identity. On arm64, macOS kills unsigned
 * executables. The format is that of Apple's linker and of Go's linker:
 * https://cs.opensource.google/go/go/+/master:src/cmd/internal/codesign/codesign.go
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const PAGE = 4096;
const HASH_BYTES = 32;
/** The alignment of segments in memory on arm64. x64 accepts this alignment too. */
const SEGMENT_ALIGNMENT = 0x4000;

const MACH_O_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const SEGMENT_BYTES = 72;
const SECTION_BYTES = 80;
const LC_CODE_SIGNATURE = 0x1d;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_VERSION = 0x20400;
const CODE_DIRECTORY_BYTES = 88;
const BLOB_INDEX_BYTES = 20;
/** CS_ADHOC and CS_LINKER_SIGNED: no identity; anyone with an identity may replace the signature. */
const FLAGS = 0x20002;
const SHA256 = 2;
const PAGE_BITS = 12;
const MAIN_BINARY = 1n;

const SIGNATURE_COMMAND_BYTES = 16;

/** Offsets in a Mach-O file. */
interface Layout {
  /** Offsets of the load commands of these segments. */
  text: number;
  linkedit: number;
  /** The end of the load commands, and the start of the first section. */
  commandsEnd: number;
  firstSection: number;
}

/**
 * Signs a 64-bit executable for one architecture.
 *
 * @returns the signed executable.
 * @throws {Error} when the file is no such executable, is signed already, or has no room for the load command.
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  const { text, linkedit, commandsEnd, firstSection } = layoutOf(executable);
  if (commandsEnd + SIGNATURE_COMMAND_BYTES > firstSection) {
    throw new Error("Cannot sign: the executable has no room for the load command");
  }
  const codeLimit = roundUp(executable.length, 16);
  const size = signatureBytes(codeLimit, identifier);
  const signed = Buffer.alloc(codeLimit + size);
  executable.copy(signed);

  // The hashes cover the load commands, so the load commands are updated first.
  signed.writeUInt32LE(executable.readUInt32LE(16) + 1, 16);
  signed.writeUInt32LE(executable.readUInt32LE(20) + SIGNATURE_COMMAND_BYTES, 20);
  [LC_CODE_SIGNATURE, SIGNATURE_COMMAND_BYTES, codeLimit, size].forEach((value, index) => {
    signed.writeUInt32LE(value, commandsEnd + 4 * index);
  });
  const linkeditSize = signed.length - Number(signed.readBigUInt64LE(linkedit + 40));
  signed.writeBigUInt64LE(BigInt(roundUp(linkeditSize, SEGMENT_ALIGNMENT)), linkedit + 32);
  signed.writeBigUInt64LE(BigInt(linkeditSize), linkedit + 48);

  writeSignature(signed, codeLimit, {
    identifier,
    textOffset: signed.readBigUInt64LE(text + 40),
    textSize: signed.readBigUInt64LE(text + 48),
  });
  return signed;
}

function layoutOf(executable: Buffer): Layout {
  if (executable.length < HEADER_BYTES || executable.readUInt32LE(0) !== MACH_O_64) {
    throw new Error("Cannot sign: this is no Mach-O executable of 64 bits");
  }
  const segments = new Map<string, number>();
  let firstSection = executable.length;
  let at = HEADER_BYTES;
  for (let left = executable.readUInt32LE(16); left > 0; left--) {
    const command = executable.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) throw new Error("Cannot sign: the executable is signed already");
    if (command === LC_SEGMENT_64) {
      segments.set(executable.toString("latin1", at + 8, at + 24).replace(/\0+$/, ""), at);
      for (let section = 0; section < executable.readUInt32LE(at + 64); section++) {
        const offset = executable.readUInt32LE(at + SEGMENT_BYTES + section * SECTION_BYTES + 48);
        // Sections without bytes in the file have the offset 0.
        if (offset > 0) firstSection = Math.min(firstSection, offset);
      }
    }
    at += executable.readUInt32LE(at + 4);
  }
  const text = segments.get("__TEXT");
  const linkedit = segments.get("__LINKEDIT");
  if (text === undefined || linkedit === undefined) {
    throw new Error("Cannot sign: the executable lacks a segment");
  }
  return { text, linkedit, commandsEnd: at, firstSection };
}

function signatureBytes(codeLimit: number, identifier: string): number {
  const directory = CODE_DIRECTORY_BYTES + identifier.length + 1 + Math.ceil(codeLimit / PAGE) * HASH_BYTES;
  return roundUp(BLOB_INDEX_BYTES + directory, 16);
}

interface CodeDirectory {
  identifier: string;
  textOffset: bigint;
  textSize: bigint;
}

/** Writes the signature after the code. All numbers are big-endian. */
function writeSignature(signed: Buffer, codeLimit: number, directory: CodeDirectory): void {
  const { identifier, textOffset, textSize } = directory;
  const pages = Math.ceil(codeLimit / PAGE);
  const hashes = CODE_DIRECTORY_BYTES + identifier.length + 1;
  const length = hashes + pages * HASH_BYTES;
  let at = codeLimit;
  const u32 = (...values: number[]) => {
    for (const value of values) at = signed.writeUInt32BE(value, at);
  };
  const u64 = (...values: bigint[]) => {
    for (const value of values) at = signed.writeBigUInt64BE(value, at);
  };
  // The index: one blob of type CodeDirectory (0), directly after the index.
  u32(EMBEDDED_SIGNATURE, BLOB_INDEX_BYTES + length, 1, 0, BLOB_INDEX_BYTES);
  u32(CODE_DIRECTORY, length, CODE_DIRECTORY_VERSION, FLAGS);
  // Offsets of the hashes and the identifier, no special slots, the number of pages, and the end of the code.
  u32(hashes, CODE_DIRECTORY_BYTES, 0, pages, codeLimit);
  at = signed.writeUInt8(HASH_BYTES, at);
  at = signed.writeUInt8(SHA256, at);
  at = signed.writeUInt8(0, at);
  at = signed.writeUInt8(PAGE_BITS, at);
  // Unused fields: spare, scatter, team, spare, and the 64-bit code limit.
  u32(0, 0, 0, 0);
  u64(0n, textOffset, textSize, MAIN_BINARY);
  at += signed.write(`${identifier}\0`, at, "latin1");
  for (let page = 0; page < codeLimit; page += PAGE) {
    const hash = createHash("sha256").update(signed.subarray(page, Math.min(page + PAGE, codeLimit)));
    at += hash.digest().copy(signed, at);
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
