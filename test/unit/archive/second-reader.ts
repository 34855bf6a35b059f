import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import JSZip from "jszip";

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
  const zip = await JSZip.loadAsync(bytes, { checkCRC32: true });
  const texts = new Map<string, string>();
  for (const [path, entry] of Object.entries(zip.files)) {
    if (!path.endsWith("/")) texts.set(path, await entry.async("string"));
  }
  const manifest: ReadManifest = JSON.parse(texts.get("MANIFEST") ?? "null");
  check(0, manifest?.format === "kube-backup" && manifest.formatVersion === 1);
  check(2, texts.get("MANIFEST.sha256") === `${sha256(texts.get("MANIFEST") ?? "")}  MANIFEST\n`);
  const paths = ["MANIFEST", "MANIFEST.sha256", ...manifest.files.map((file) => file.path)];
  check(3, paths.length === texts.size && paths.every((path) => texts.has(path)));
  const objects: ReadObject[] = [];
  for (const file of manifest.files) {
    const text = texts.get(file.path) ?? "";
    check(4, Buffer.byteLength(text) === file.bytes && sha256(text) === file.sha256);
    if (file.content === "objects") objects.push(...readObjects(file, manifest.files, texts));
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

function readObjects(file: File, files: File[], texts: Map<string, string>): ReadObject[] {
  const lines = (texts.get(file.path) ?? "").split("\n");
  check(
    5,
    lines[0] === '{"apiVersion":"v1","kind":"List","items":[' && lines.at(-2) === "]}" && lines.at(-1) === "",
  );
  const items: ReadObject["json"][] = lines.slice(1, -2).map((line) => JSON.parse(line.replace(/,$/, "")));
  check(5, items.length === file.objects);

  const owners = new Map<string, unknown[]>();
  const ownersFile = files.find(({ path }) => path === file.path.replace(/\.json$/, ".owners.jsonl"));
  if (ownersFile !== undefined) {
    const ownersLines = (texts.get(ownersFile.path) ?? "").split("\n").slice(0, -1);
    check(5, ownersLines.length === ownersFile.objects);
    for (const line of ownersLines) owners.set(JSON.parse(line).name, JSON.parse(line).owners);
  }
  const statuses = new Map<string, unknown>();
  const statusFile = files.find(({ path }) => path === file.path.replace(/\.json$/, ".status.jsonl"));
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
