/** Archives with right checksums that this program never writes: as whoever can write to the store makes them. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import JSZip from "jszip";
import { countsByKind } from "../../../src/archive/format/counts.ts";
import {
  formatManifest,
  type ManifestFile,
  type WholeManifest,
} from "../../../src/archive/format/manifest.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import { assemble, layOut } from "../samples/plain-zip.ts";
import { type SampleObject, sampleObject, writeSample } from "../samples/sample-archive.ts";

const LIST_START = '{"apiVersion":"v1","kind":"List","items":[\n';
const LIST_END = "\n]}\n";

/** Nothing, deflated. */
const EMPTY = Buffer.from([3, 0]);

/** A resource of a forged archive, with its version. */
export const RESOURCES = {
  namespaces: { group: "", version: "v1", resource: "namespaces", kind: "Namespace", namespaced: false },
  configmaps: { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true },
  secrets: { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true },
  pods: { group: "", version: "v1", resource: "pods", kind: "Pod", namespaced: true },
  deployments: {
    group: "apps",
    version: "v1",
    resource: "deployments",
    kind: "Deployment",
    namespaced: true,
  },
  daemonsets: { group: "apps", version: "v1", resource: "daemonsets", kind: "DaemonSet", namespaced: true },
  clusterRoles: {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resource: "clusterroles",
    kind: "ClusterRole",
    namespaced: false,
  },
} as const;

type ForgedResource = (typeof RESOURCES)[keyof typeof RESOURCES];

/** An object of a forged archive. */
export function forgedObject(
  resource: ForgedResource,
  namespace: string | undefined,
  name: string,
  more: object = {},
): SampleObject {
  const object = sampleObject(resource, namespace, name);
  const { data: _, ...plain } = JSON.parse(object.text);
  const { metadata = {}, ...members } = more as { metadata?: object };
  return {
    ...object,
    text: JSON.stringify({ ...plain, metadata: { ...plain.metadata, ...metadata }, ...members }),
  };
}

/** What a small cluster holds. */
export function plainObjects(): SampleObject[] {
  return [
    forgedObject(RESOURCES.namespaces, undefined, "shop"),
    forgedObject(RESOURCES.configmaps, "shop", "a", { data: { a: "b" } }),
    forgedObject(RESOURCES.configmaps, "shop", "b", { data: { x: "y".repeat(500) } }),
    forgedObject(RESOURCES.secrets, "shop", "s", { type: "Opaque", data: { p: "c2VjcmV0" } }),
    {
      ...forgedObject(RESOURCES.deployments, "shop", "web", { spec: { replicas: 1 } }),
      owners: [{ apiVersion: "v1", kind: "ConfigMap", name: "a" }],
      managers: [{ manager: "kubectl", operation: "Apply", fieldsV1: { "f:spec": {} } }],
    },
  ];
}

/** An archive that is taken apart. What the manifest says of the files is set right by {@link seal}. */
export interface Forgery {
  texts: Map<string, Buffer | string>;
  manifest: WholeManifest;
  /** The bytes of the manifest where they are to be others. */
  manifestText?: string | Buffer;
}

/** Takes an archive of these objects apart. */
export async function forge(objects: readonly SampleObject[] = plainObjects()): Promise<Forgery> {
  const zip = await JSZip.loadAsync((await writeSample(objects)).bytes);
  const texts = new Map<string, Buffer | string>();
  for (const [path, file] of Object.entries(zip.files)) texts.set(path, await file.async("nodebuffer"));
  const manifest: WholeManifest = JSON.parse(String(texts.get("MANIFEST")));
  texts.delete("MANIFEST");
  texts.delete("MANIFEST.sha256");
  return { texts, manifest };
}

/** Takes an archive apart once, for copies that are changed each. */
export async function forgeMany(objects: readonly SampleObject[]): Promise<() => Forgery> {
  const { texts, manifest } = await forge(objects);
  return () => ({ texts: new Map(texts), manifest: structuredClone(manifest) });
}

/** The lines of a file of objects. */
export function linesOf({ texts }: Forgery, path: string): string[] {
  return String(texts.get(path)).slice(LIST_START.length, -LIST_END.length).split(",\n");
}

/** Gives a file of objects other lines, and sets the counts right. */
export function setLines({ texts, manifest }: Forgery, path: string, lines: readonly string[]): void {
  texts.set(path, `${LIST_START}${lines.join(",\n")}${LIST_END}`);
  for (const file of manifest.files) if (file.path === path) file.objects = lines.length;
  recount(manifest);
}

/** Adds a file, with what the manifest says of it. */
export function addFile(
  forgery: Forgery,
  file: Omit<ManifestFile, "bytes" | "sha256">,
  text: string | Buffer,
): void {
  forgery.texts.set(file.path, text);
  forgery.manifest.files.push({ ...file, bytes: 0, sha256: "" });
}

/** Sets the counts of a manifest right. */
export function recount(manifest: WholeManifest): void {
  for (const resource of manifest.resources) {
    resource.objects = manifest.files
      .filter(({ content, resource: name }) => content === "objects" && name === resourceName(resource))
      .reduce((sum, { objects = 0 }) => sum + objects, 0);
  }
  manifest.counts = countsByKind(manifest.resources);
}

/** Packs an archive, with right sizes and checksums. */
export function seal({ texts, manifest, manifestText }: Forgery): Buffer {
  const files = new Map<string, Buffer>();
  for (const [path, text] of texts) files.set(path, Buffer.from(text));
  for (const file of manifest.files) {
    const bytes = files.get(file.path);
    if (bytes === undefined) continue;
    file.bytes = bytes.length;
    file.sha256 = digestOf(bytes);
  }
  const text = Buffer.from(manifestText ?? [...formatManifest(manifest)].join(""));
  files.set("MANIFEST", text);
  files.set("MANIFEST.sha256", Buffer.from(`${digestOf(text)}  MANIFEST\n`));
  return assemble(
    layOut(files, {
      compress: (content) =>
        content.length === 0 ? EMPTY : deflateRawSync(content, { level: content.length > 1e6 ? 9 : 6 }),
    }),
  );
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
