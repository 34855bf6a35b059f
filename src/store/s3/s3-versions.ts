import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { request, type S3Access } from "./s3-access.ts";
import { isDenied, serverWords } from "./s3-error-facts.ts";
import { notS3 } from "./s3-errors.ts";

/** The newest version of an object that a delete marker hides. */
export interface HiddenVersion {
  key: string;
  versionId: string;
  /** Size in bytes. */
  size: number;
  lastModified: Date | undefined;
  /** Without quotes. */
  etag: string | undefined;
  /** When it was removed. */
  deleted: Date;
}

/** A version of an object, or a delete marker on top of others. */
export interface VersionEntry {
  key: string;
  versionId: string;
  kind: "version" | "marker";
  /** Whether it is the newest of its key: what a plain request sees. */
  latest: boolean;
  /** Size in bytes; 0 of a marker. */
  size: number;
  lastModified: Date | undefined;
  /** Without quotes. */
  etag: string | undefined;
}

/** Lists the versions and the delete markers of all objects below a prefix. */
export async function* listVersions(
  access: S3Access,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<VersionEntry> {
  const { bucket } = access.place;
  const task = `Cannot list what was removed from ${access.url}`;
  let position: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...position });
    const page = await request(access, task, signal, (options) =>
      access.client.send(command, options).catch(rejectDenied(task)),
    );
    for (const marker of page.DeleteMarkers ?? []) yield* entryOf(marker, "marker");
    for (const version of page.Versions ?? []) yield* entryOf(version, "version");
    if (page.IsTruncated !== true) return;
    if (
      page.NextKeyMarker === undefined ||
      (page.NextKeyMarker === position.KeyMarker && page.NextVersionIdMarker === position.VersionIdMarker)
    ) {
      throw new OperatorError(`${task}: ${notS3(access.place, "a list that goes on nowhere").reason}`);
    }
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** Says which rights on versions are missing: all else of the program does without them. */
export function rejectDenied(task: string): (error: unknown) => never {
  return (error) => {
    if (!isDenied(error)) throw error;
    throw new OperatorError(`${task}: access denied${serverWords(error)}`, {
      cause: error,
      advice:
        "Allow s3:ListBucketVersions on the bucket and s3:GetObjectVersion on its objects; delete --all-versions needs s3:DeleteObjectVersion on them too",
    });
  };
}

type Listed = NonNullable<ListObjectVersionsCommandOutput["Versions"]>[number];

function* entryOf(
  { Key: key, VersionId: versionId, IsLatest, Size, LastModified, ETag }: Listed,
  kind: VersionEntry["kind"],
): Generator<VersionEntry> {
  if (key === undefined || versionId === undefined) return;
  const [latest, size, etag] = [IsLatest === true, Size ?? 0, ETag?.replaceAll('"', "")];
  yield { key, versionId, kind, latest, size, lastModified: LastModified, etag };
}

/**
 * Lists the objects below a prefix whose latest version is a delete marker, in the order of their keys, each with the version
 * that was there before. An object of which no version is left is nothing.
 */
export async function listHidden(
  access: S3Access,
  prefix: string,
  signal: AbortSignal,
): Promise<HiddenVersion[]> {
  const markers = new Map<string, Date>();
  const newest = new Map<string, VersionEntry>();
  for await (const entry of listVersions(access, prefix, signal)) {
    if (entry.kind === "version") keepNewer(newest, entry);
    else if (entry.latest) markers.set(entry.key, entry.lastModified ?? new Date(0));
  }
  return [...newest.values()]
    .flatMap(({ kind: _, latest: __, ...version }) => {
      const deleted = markers.get(version.key);
      return deleted === undefined ? [] : [{ ...version, deleted }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The versions of a key come newest first, in one listing; a server that has them otherwise is not followed blindly. */
function keepNewer(newest: Map<string, VersionEntry>, version: VersionEntry): void {
  const known = newest.get(version.key);
  if (known !== undefined && (known.lastModified?.getTime() ?? 0) >= (version.lastModified?.getTime() ?? 0))
    return;
  newest.set(version.key, version);
}
