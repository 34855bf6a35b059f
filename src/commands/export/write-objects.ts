import PQueue from "p-queue";
import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { type ObjectFileParts, objectFile } from "../../print/folder/file-name.ts";
import type { FolderCounts } from "../../print/folder/object-folder.ts";
import { formatYamlObject } from "../../print/list-format.ts";
import type { Selection } from "../../selection/selection.ts";

/** Where an export goes: an `ObjectFolder`, or an `ObjectZip`. */
interface ExportTarget {
  /** Writes a file. Concurrent calls are allowed. */
  write(place: string, text: string, options: { secret: boolean }): Promise<void>;
  /** Completes the export. */
  finish(covers: (place: ObjectFileParts) => boolean): Promise<FolderCounts>;
  close(): Promise<void>;
}

/** Options of {@link exportObjects}. */
export interface ExportObjectsOptions {
  selection: Selection;
  /** Where the files are written to. It is closed in the end. */
  target: ExportTarget;
  includeSecrets: boolean;
  /** Whether the export covers the object of a file that an earlier export wrote, which is then removed. */
  covers: (place: ObjectFileParts) => boolean;
}

/** What an export wrote. */
export interface Exported extends FolderCounts {
  objects: number;
  /** By the title of the kind. */
  kinds: Record<string, number>;
  /** Number of selected Secrets that were not written. */
  secretsLeftOut: number;
}

/** The resource that is written only where somebody asks for it. */
export const SECRETS = "secrets";

/** Number of files written concurrently. */
const CONCURRENCY = 16;

/** Writes the objects of a backup, one file per object. The content depends on the objects alone. */
export async function exportObjects(
  archive: Archive,
  { selection, target, includeSecrets, covers }: ExportObjectsOptions,
  signal: AbortSignal,
): Promise<Exported> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const titles = kindTitles(archive.manifest.resources);
  const kinds: Record<string, number> = {};
  let objects = 0;
  let secretsLeftOut = 0;
  let failure: unknown;
  try {
    const parse = (text: string) => parseJson(text) as JsonObject;
    for await (const { resource, object } of selectObjects(archive, { selection, parse }, signal)) {
      signal.throwIfAborted();
      const name = resourceName(resource);
      const secret = name === SECRETS;
      if (secret && !includeSecrets) {
        secretsLeftOut += 1;
        continue;
      }
      const metadata = object["metadata"] as { namespace?: string; name: string };
      const place = objectFile({ namespace: metadata.namespace, resource: name, name: metadata.name });
      await queue.onSizeLessThan(CONCURRENCY);
      queue
        .add(() => target.write(place, formatYamlObject(object), { secret }))
        .catch((error) => {
          failure ??= error;
        });
      if (failure !== undefined) throw failure;
      const title = titles.get(name) ?? resource.kind;
      kinds[title] = (kinds[title] ?? 0) + 1;
      objects += 1;
    }
    await queue.onIdle();
    if (failure !== undefined) throw failure;
    return { objects, kinds, secretsLeftOut, ...(await target.finish(covers)) };
  } finally {
    queue.clear();
    await queue.onIdle();
    await target.close();
  }
}
