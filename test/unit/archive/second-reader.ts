import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";

/*
 * A reader written from docs/archive-format.md alone: it shares no line with src/archive, so that what
 * the document forgets shows here.
 */

/** An object as the second reader sees it. */
export interface ReadObject {
  resource: string;
  namespace: string | undefined;
  json: { kind: string; metadata: { name: string } };
  owners: unknown[];
  /** Undefined where the archive has none. */
  status: unknown;
}

interface File {
  path: string;
  content: string;
  bytes: number;
  sha256: string;
  resource: string;
  namespace?: string;
  objects: number;
}

interface ReadManifest {
  format: string;
  formatVersion: number;
  files: File[];
  resources: { group: string; resource: string; kind: string; objects: number }[];
  counts: Record<string, number>;
}

/**
 * Reads and checks a whole archive in memory.
 *
 * @throws {Error} naming the step of the document's chapter "Checking" that fails.
 */
export async function readByDocument(
  bytes: Uint8Array,
): Promise<{ manifest: unknown; objects: ReadObject[] }> {
  const texts = unzip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const manifest: ReadManifest = JSON.parse(texts.get("MANIFEST") ?? "null");
  check(0, manifest?.format === "kube-backup" && manifest.formatVersion === 1);
  check(2, texts.get("MANIFEST.sha256") === `${sha256(texts.get("MANIFEST") ?? "")}  MANIFEST\n`);
  const paths = ["MANIFEST", "MANIFEST.sha256", ...manifest.files.map((file) => file.path)];
  check(3, paths.length === texts.size && paths.every((path) => texts.has(path)));
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const objects: ReadObject[] = [];
  for (const file of manifest.files) {
    const text = texts.get(file.path) ?? "";
    check(4, Buffer.byteLength(text) === file.bytes && sha256(text) === file.sha256);
    if (file.content === "objects") objects.push(...readObjects(file, files, texts));
  }
  const titles = new Map<string, number>();
  const coreFirst = manifest.resources.toSorted((a, b) => Number(a.group !== "") - Number(b.group !== ""));
  for (const { group, resource, kind, objects: stated } of coreFirst) {
    const name = group === "" ? resource : `${resource}.${group}`;
    check(6, objects.filter((object) => object.resource === name).length === stated);
    titles.set(titles.has(kind) ? `${kind}.${group}` : kind, stated);
  }
  for (const [title, stated] of titles) check(6, (manifest.counts[title] ?? 0) === stated);
  for (const title of Object.keys(manifest.counts)) check(6, titles.has(title));
  return { manifest, objects };
}

/** The files of the zip. Each number is in the one place where the document has it. */
function unzip(zip: Buffer): Map<string, string> {
  const { entries, bytes, start } = findDirectory(zip);
  const texts = new Map<string, string>();
  let found = 0;
  for (let at = start; at < start + bytes; found += 1) {
    check(1, zip.readUInt32LE(at) === 0x02014b50);
    const [name = 0, extra = 0, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    check(1, comment === 0);
    const sums = [16, 20, 24].map((field) => zip.readUInt32LE(at + field));
    const path = zip.toString("latin1", at + 46, at + 46 + name);
    const local = offsetOf(
      zip.subarray(at + 42, at + 46),
      zip.subarray(at + 46 + name, at + 46 + name + extra),
    );
    if (!path.endsWith("/"))
      texts.set(path, unpack(zip.subarray(local, start), zip.readUInt16LE(at + 10), sums));
    at += 46 + name + extra;
  }
  check(1, found === entries);
  return texts;
}

function findDirectory(zip: Buffer): { entries: number; bytes: number; start: number } {
  const end = zip.subarray(-22);
  check(1, end.readUInt32LE(0) === 0x06054b50 && end.readUInt32LE(4) === 0 && end.readUInt16LE(20) === 0);
  check(1, end.readUInt16LE(8) === end.readUInt16LE(10));
  const stated = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  const limits = [0xffff, 0xffffffff, 0xffffffff];
  const isZip64 = stated.some((number, index) => number === limits[index]);
  const zip64 = isZip64 ? zip.subarray(zip.length - 98, zip.length - 22) : Buffer.alloc(0);
  const numbers = isZip64 ? [32, 40, 48].map((at) => Number(zip64.readBigUInt64LE(at))) : stated;
  const [entries = 0, bytes = 0, start = 0] = numbers;
  check(1, start + bytes === zip.length - (isZip64 ? 98 : 22));
  if (isZip64) {
    for (const [index, number] of numbers.entries())
      check(1, stated[index] === Math.min(number, limits[index] ?? 0));
    check(1, zip64.readUInt32LE(0) === 0x06064b50 && Number(zip64.readBigUInt64LE(4)) === 44);
    check(1, zip64.readUInt32LE(12) === 0x2d002d && zip64.readBigUInt64LE(16) === 0n);
    check(1, Number(zip64.readBigUInt64LE(24)) === entries);
    check(1, zip64.readUInt32LE(56) === 0x07064b50 && zip64.readUInt32LE(60) === 0);
    check(1, Number(zip64.readBigUInt64LE(64)) === start + bytes && zip64.readUInt32LE(72) === 1);
  }
  return { entries, bytes, start };
}

function offsetOf(field: Buffer, extra: Buffer): number {
  const offset = field.readUInt32LE(0);
  if (offset !== 0xffffffff) return offset;
  for (let at = 0; at < extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt32LE(at) === 0x00080001) return Number(extra.readBigUInt64LE(at + 4));
  }
  throw new Error("Step 1 of the check fails");
}

function unpack(entry: Buffer, method: number, [crc, packed = 0, size]: number[]): string {
  const start = 30 + entry.readUInt16LE(26) + entry.readUInt16LE(28);
  const data = entry.subarray(start, start + packed);
  check(1, method === 0 || method === 8);
  const content = method === 0 ? data : inflateRawSync(data);
  check(4, content.length === size && crc32(content) === crc);
  return content.toString();
}

function readObjects(file: File, files: Map<string, File>, texts: Map<string, string>): ReadObject[] {
  const lines = (texts.get(file.path) ?? "").split("\n");
  check(
    5,
    lines[0] === '{"apiVersion":"v1","kind":"List","items":[' && lines.at(-2) === "]}" && lines.at(-1) === "",
  );
  const items: ReadObject["json"][] = lines.slice(1, -2).map((line) => JSON.parse(line.replace(/,$/, "")));
  check(5, items.length === file.objects);

  const owners = new Map<string, unknown[]>();
  const ownersFile = files.get(file.path.replace(/\.json$/, ".owners.jsonl"));
  if (ownersFile !== undefined) {
    const ownersLines = (texts.get(ownersFile.path) ?? "").split("\n").slice(0, -1);
    check(5, ownersLines.length === ownersFile.objects);
    for (const line of ownersLines) owners.set(JSON.parse(line).name, JSON.parse(line).owners);
  }
  const statuses = new Map<string, unknown>();
  const statusFile = files.get(file.path.replace(/\.json$/, ".status.jsonl"));
  if (statusFile !== undefined) {
    check(5, statusFile.content === "status");
    const statusLines = (texts.get(statusFile.path) ?? "").split("\n").slice(0, -1);
    check(5, statusLines.length === statusFile.objects);
    for (const line of statusLines) statuses.set(JSON.parse(line).name, JSON.parse(line).status);
  }
  const { resource, namespace } = file;
  return items.map((json) => {
    const { name } = json.metadata;
    return { resource, namespace, json, owners: owners.get(name) ?? [], status: statuses.get(name) };
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function check(step: number, holds: boolean): void {
  if (!holds) throw new Error(`Step ${step} of the check fails`);
}
