import { Buffer } from "node:buffer";
import JSZip from "jszip";
import type { ManifestFacts, WholeManifest } from "../../../src/archive/format/manifest.ts";
import type { OwnedObjectEntry, StatusEntry } from "../../../src/archive/lines/parse-lines.ts";
import type { Archive } from "../../../src/archive/reader.ts";
import { type ArchiveObject, type ArchiveOptions, createArchive } from "../../../src/archive/writer.ts";
import type { RandomAccess } from "../../../src/store/contract/store.ts";

/** A signal that never aborts. */
export const NEVER = new AbortController().signal;

/** The moment of all samples. */
export const TIME = new Date("2026-01-02T03:04:06Z");

export const NAMESPACES = {
  group: "",
  version: "v1",
  resource: "namespaces",
  kind: "Namespace",
  namespaced: false,
};
export const SECRETS = { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true };
export const REPLICA_SETS = {
  group: "apps",
  version: "v1",
  resource: "replicasets",
  kind: "ReplicaSet",
  namespaced: true,
};

export const WIDGETS = {
  group: "example.com",
  version: "v1",
  resource: "widgets",
  kind: "Widget",
  namespaced: true,
};

/** An object whose text is in one piece. */
export type SampleObject = ArchiveObject & { text: string };

/** An object with a line of data. */
export function sampleObject(
  resource: ArchiveObject["resource"] & { version: string },
  namespace: string | undefined,
  name: string,
  data: unknown = name,
): SampleObject {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const text = JSON.stringify({ apiVersion, kind: resource.kind, metadata: { name, namespace }, data });
  return { resource, namespace, name, text };
}

/** A small archive's objects: two scopes, two groups, owners. */
export function sampleObjects(): SampleObject[] {
  const owner = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    name: "web",
    controller: true,
    blockOwnerDeletion: true,
  };
  return [
    sampleObject(NAMESPACES, undefined, "shop"),
    sampleObject(SECRETS, "shop", "login", { password: "c2VjcmV0" }),
    sampleObject(SECRETS, "shop", "größe", "ß😀\u2028\u0000"),
    { ...sampleObject(REPLICA_SETS, "shop", "web-1"), owners: [owner] },
    sampleObject(REPLICA_SETS, "shop", "orphan"),
  ];
}

/** What a caller would say of such objects. */
export function factsOf(objects: readonly ArchiveObject[]): ManifestFacts {
  const resources = new Map<string, ManifestFacts["resources"][number]>();
  for (const { resource } of objects) {
    const { group, resource: plural, kind, namespaced } = resource;
    const version = "version" in resource ? String(resource.version) : "v1";
    const key = `${plural}.${group}`;
    const known = resources.get(key);
    if (known !== undefined) known.objects += 1;
    else {
      const facts = { group, version, resource: plural, kind, namespaced };
      resources.set(key, { ...facts, objects: 1, revision: "42", sameMoment: true });
    }
  }
  return {
    missing: [],
    program: { version: "0.0.0", commit: "0000000" },
    cluster: { id: "8a1c2f0e-0000-4000-8000-000000000000", kubernetesVersion: "v1.36.3" },
    time: "2026-01-02T03:04:06Z",
    revision: "42",
    oneMoment: true,
    warnings: [],
    resources: [...resources.values()],
  };
}

/** Reads a stream to its end. */
export async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Writes a whole archive into memory. */
export async function writeSample(
  objects: readonly ArchiveObject[] = sampleObjects(),
  { facts: more, ...options }: Partial<ArchiveOptions> & { facts?: Partial<ManifestFacts> | undefined } = {},
): Promise<{ bytes: Buffer; manifest: WholeManifest }> {
  const archive = createArchive({ time: TIME, ...options });
  const collected = collect(archive.bytes);
  for (const object of objects) await archive.add(object, NEVER);
  const manifest = await archive.finish({ ...factsOf(objects), ...more }, NEVER);
  const bytes = await collected;
  const text = await (await JSZip.loadAsync(bytes)).file("MANIFEST")?.async("string");
  return { bytes, manifest: { ...manifest, files: JSON.parse(text ?? "").files } };
}

/** The whole manifest that a reader has of an archive. */
export function wholeManifest({ manifest, files }: Archive): WholeManifest {
  return { ...manifest, files: [...files] };
}

/** A backup in memory that counts its requests. */
export function memorySource(bytes: Uint8Array): RandomAccess & { requests: number } {
  return {
    name: "backup_20260102T030406Z",
    size: bytes.length,
    requests: 0,
    async read(start, end) {
      this.requests += 1;
      return bytes.subarray(start, end);
    },
    async close() {},
  };
}

/** What a reader gets out of an archive. */
export interface Contents {
  /** Texts by the path of their file. */
  objects: Record<string, string[]>;
  owners: Record<string, OwnedObjectEntry[]>;
  statuses: Record<string, StatusEntry[]>;
}

/** Reads everything that an archive gives. */
export async function readContents(archive: Archive): Promise<Contents> {
  const contents: Contents = { objects: {}, owners: {}, statuses: {} };
  for (const file of archive.files) {
    if (file.content !== "objects") continue;
    const objects: string[] = [];
    for await (const text of archive.objects(file, NEVER)) objects.push(text);
    contents.objects[file.path] = objects;
    const owners: OwnedObjectEntry[] = [];
    for await (const entry of archive.owners(file, NEVER)) owners.push(entry);
    contents.owners[file.path] = owners;
    contents.statuses[file.path] = await Array.fromAsync(archive.statuses(file, NEVER));
  }
  return contents;
}
