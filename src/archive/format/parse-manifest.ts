import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as z from "zod";
import { resourceName } from "../../kubernetes/resource.ts";
import { countsByKind } from "./counts.ts";
import { DamagedArchiveError } from "./damaged-archive-error.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH } from "./layout.ts";
import { FORMAT_VERSION, type Manifest } from "./manifest.ts";
import { NewerFormatError } from "./newer-format-error.ts";

const COUNT = z.int().nonnegative();

const RESOURCE = z.object({
  group: z.string(),
  version: z.string().min(1),
  resource: z.string().min(1),
  kind: z.string().min(1),
  namespaced: z.boolean(),
  singular: z.string().exactOptional(),
  shortNames: z.array(z.string()).exactOptional(),
  categories: z.array(z.string()).exactOptional(),
  objects: COUNT,
  revision: z.string(),
  sameMoment: z.boolean(),
});

const PATH = z.string().min(1);
const SUMS = { bytes: COUNT, sha256: z.string().regex(/^[0-9a-f]{64}$/) };

/** Members in the order of the writer, so that a parsed manifest has the same JSON. */
const FILE = z.discriminatedUnion("content", [
  z.object({ path: PATH, content: z.literal("text"), ...SUMS }),
  z.object({
    path: PATH,
    content: z.enum(["objects", "owners", "managers", "status"]),
    resource: z.string().min(1),
    namespace: z.string().min(1).exactOptional(),
    objects: COUNT,
    manager: z.string().exactOptional(),
    ...SUMS,
  }),
]);

/** Unknown members are ignored: a later program may add members without a new format version. */
const MANIFEST = z.object({
  format: z.literal("kube-backup"),
  formatVersion: z.int().positive(),
  program: z.object({ version: z.string(), commit: z.string() }),
  cluster: z.object({ id: z.string(), kubernetesVersion: z.string() }),
  time: z.iso.datetime(),
  revision: z.string(),
  oneMoment: z.boolean(),
  scope: z
    .object({
      includeNamespaces: z.array(z.string()).exactOptional(),
      excludeNamespaces: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  missing: z.array(z.object({ resource: z.string(), reason: z.string() })).default([]),
  excluded: z.record(z.string(), COUNT).default({}),
  warnings: z.array(z.string()),
  leftOut: z.array(z.object({ resource: z.string(), objects: z.number(), why: z.string() })).exactOptional(),
  keepFinished: z.array(z.string()).exactOptional(),
  resources: z.array(RESOURCE),
  counts: z.record(z.string(), COUNT),
  files: z.array(FILE),
});

/** The members of every format version, which distinguish a newer archive from a damaged one. */
const HEAD = z.object({ format: z.literal("kube-backup"), formatVersion: z.int().positive() });

/**
 * Parses a manifest, and checks it against its checksum and for consistency.
 *
 * @param sum contents of `MANIFEST.sha256`, or undefined where there is none.
 * @throws {NewerFormatError} where a later program wrote the manifest.
 * @throws {DamagedArchiveError} where the manifest differs from what was written, or is none of this program.
 */
export function parseManifest(
  backup: string,
  { text, sum }: { text: Buffer; sum: Buffer | undefined },
): Manifest {
  const digest = createHash("sha256").update(text).digest("hex");
  if (sum !== undefined && sum.toString() !== `${digest}  ${MANIFEST_PATH}\n`) {
    throw damaged(backup, `${MANIFEST_PATH} is not what ${MANIFEST_SUM_PATH} says`);
  }
  const content = parseJson(text);
  const head = HEAD.safeParse(content);
  if (!head.success) throw new DamagedArchiveError(backup, "it is no archive of kube-backup");
  if (head.data.formatVersion > FORMAT_VERSION) throw new NewerFormatError(backup, head.data.formatVersion);
  if (sum === undefined) throw damaged(backup, `${MANIFEST_SUM_PATH} is missing`);
  const parsed = MANIFEST.safeParse(content);
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path }) => path.join(".")).slice(0, 3);
    throw damaged(backup, `${MANIFEST_PATH} is not as the format says, at ${places.join(", ")}`);
  }
  const disagreement = findDisagreement(parsed.data);
  if (disagreement !== undefined) throw damaged(backup, `${MANIFEST_PATH} ${disagreement}`);
  return parsed.data;
}

function damaged(backup: string, what: string): DamagedArchiveError {
  return new DamagedArchiveError(backup, `it is damaged: ${what}`);
}

/** Parses JSON; undefined where the text is no JSON. V8's errors quote the text, so that they are dropped. */
function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

/** A contradiction within the manifest; undefined where there is none. */
function findDisagreement({ files, resources, counts }: Manifest): string | undefined {
  if (new Set(files.map(({ path }) => path)).size !== files.length) return "names a file twice";
  const inFiles = new Map<string, number>();
  for (const { content, resource = "", objects = 0 } of files) {
    if (content === "objects") inFiles.set(resource, (inFiles.get(resource) ?? 0) + objects);
  }
  for (const resource of resources) {
    const name = resourceName(resource);
    if (resource.objects !== (inFiles.get(name) ?? 0)) return `counts the objects of ${name} in two ways`;
    inFiles.delete(name);
  }
  for (const name of inFiles.keys()) return `has files of ${name}, which it does not know`;
  const byKind = new Map(Object.entries(countsByKind(resources)));
  const stated = new Map(Object.entries(counts));
  for (const kind of new Set([...byKind.keys(), ...stated.keys()])) {
    if ((byKind.get(kind) ?? 0) !== (stated.get(kind) ?? 0))
      return `counts the objects of kind ${kind} in two ways`;
  }
  return undefined;
}
