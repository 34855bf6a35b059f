import * as z from "zod";
import { isGroup, isKind, isLabel, isResourceName } from "../../kubernetes/names.ts";
import { isClusterName } from "../../store/contract/cluster-name.ts";
import { isTag, MAX_TAGS } from "../../store/contract/tag-name.ts";
import { MAX_ELEMENTS, MAX_TEXT } from "./bounds.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";

const COUNT = z.int().nonnegative();
/** Text that only people read. */
const TEXT = z.string().max(MAX_TEXT);
/** Visible ASCII without spaces: versions and revisions. */
const WORD = z.string().regex(/^[\x21-\x7e]{0,256}$/);
const CLUSTER_ID = z.string().regex(/^[-A-Za-z0-9]{1,128}$/);
const BACKUP_NAME = /^backup_\d{8}T\d{6}Z$/;
const TIME = z.iso.datetime({ precision: 0 });
const LABEL = z.string().refine(isLabel);
const RESOURCE_NAME = z.string().refine(isResourceName);

const RESOURCE = z.object({
  group: z.string().refine(isGroup),
  version: LABEL,
  resource: LABEL,
  kind: z.string().refine(isKind),
  namespaced: z.boolean(),
  singular: LABEL.exactOptional(),
  shortNames: z.array(LABEL).exactOptional(),
  categories: z.array(LABEL).exactOptional(),
  objects: COUNT,
  revision: WORD,
  sameMoment: z.boolean(),
});

const PATH = z.string().regex(/^[\x20-\x7e]{1,1024}$/);
const SUMS = { bytes: COUNT, sha256: z.string().regex(/^[0-9a-f]{64}$/) };

/** Members in the order of the writer, so that a parsed manifest has the same JSON. */
const FILE = z.discriminatedUnion("content", [
  z.object({ path: PATH, content: z.literal("text"), ...SUMS }),
  z.object({
    path: PATH,
    content: z.enum(["objects", "owners", "managers", "status"]),
    resource: RESOURCE_NAME,
    namespace: LABEL.exactOptional(),
    objects: COUNT,
    manager: TEXT.exactOptional(),
    ...SUMS,
  }),
]);

/** A list that is parsed later, element by element: the errors of all elements at once can take more memory than the list. */
const LATER = z.array(z.unknown());

/** Unknown members are ignored: a later program may add members without a new format version. */
const MANIFEST = z.object({
  format: z.literal("kube-backup"),
  formatVersion: z.int().positive(),
  program: z.object({ version: TEXT, commit: TEXT }),
  cluster: z.object({
    id: CLUSTER_ID,
    name: z.string().refine(isClusterName).exactOptional(),
    kubernetesVersion: WORD,
  }),
  time: TIME,
  parent: z
    .object({ cluster: CLUSTER_ID, backup: z.string().regex(BACKUP_NAME), restored: TIME })
    .exactOptional(),
  intervalSeconds: COUNT.exactOptional(),
  tags: z.array(z.string().refine(isTag)).max(MAX_TAGS).exactOptional(),
  revision: WORD,
  oneMoment: z.boolean(),
  scope: z
    .object({
      includeNamespaces: z.array(TEXT).exactOptional(),
      excludeNamespaces: z.array(TEXT).exactOptional(),
    })
    .exactOptional(),
  missing: z.array(z.object({ resource: TEXT, reason: TEXT })).default([]),
  excluded: z.record(TEXT, COUNT).default({}),
  warnings: z.array(TEXT),
  lacking: z
    .array(
      z.object({
        resource: TEXT,
        why: z.enum(["kind", "token", "label"]),
        names: z.array(TEXT),
        count: COUNT,
        objects: COUNT,
      }),
    )
    .exactOptional(),
  notKept: z.array(z.object({ resource: TEXT, kind: TEXT, objects: COUNT.exactOptional() })).exactOptional(),
  leftOut: z.array(z.object({ resource: TEXT, objects: COUNT, why: TEXT })).exactOptional(),
  keepFinished: z.array(TEXT).exactOptional(),
  resources: LATER,
  counts: z.record(TEXT, COUNT),
  files: LATER,
});

/** Takes the form of a file: what it is, or the place where it is none. */
export function readFileForm(content: unknown): { file: ManifestFile } | { place: string } {
  const { success, data, error } = FILE.safeParse(content);
  return success ? { file: data as ManifestFile } : { place: error.issues[0]?.path.join(".") ?? "" };
}

/** Takes the form of a manifest: what the manifest is, and the files in it, or the places where it is none. */
export function readManifestForm(
  content: unknown,
): { manifest: Manifest; files: ManifestFile[] } | { places: string[] } {
  const long = tooLong(content, "");
  if (long !== undefined) return { places: [long] };
  const parsed = MANIFEST.safeParse(content);
  if (!parsed.success) return { places: parsed.error.issues.map(({ path }) => path.join(".")).slice(0, 3) };
  const { resources, files, ...rest } = parsed.data;
  const read = { resources: each(RESOURCE, resources), files: each(FILE, files) };
  for (const [member, { fault }] of Object.entries(read)) {
    if (fault !== undefined) return { places: [`${member}.${fault}`] };
  }
  const { counts, ...head } = rest;
  return {
    manifest: { ...head, resources: read.resources.values, counts } as Manifest,
    files: read.files.values as ManifestFile[],
  };
}

/** Parses elements up to the first that is none. */
function each<T>(form: z.ZodType<T>, elements: readonly unknown[]): { values: T[]; fault?: string } {
  const values: T[] = [];
  for (const [index, element] of elements.entries()) {
    const parsed = form.safeParse(element);
    if (!parsed.success)
      return { values: [], fault: [index, ...(parsed.error.issues[0]?.path ?? [])].join(".") };
    values.push(parsed.data);
  }
  return { values };
}

/** The place of a list or an object with too many elements; the files are counted by the zip. */
function tooLong(value: unknown, place: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (place === "files") return undefined;
  const keys = Array.isArray(value) ? value.length : Object.keys(value).length;
  if (keys > MAX_ELEMENTS) return place;
  for (const [key, element] of Object.entries(value)) {
    const found = tooLong(element, place === "" ? key : `${place}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
