import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { request, type S3Access } from "./s3-access.ts";
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

/**
 * Lists the objects below a prefix whose latest version is a delete marker, in the order of their keys, each with the version
 * that was there before. An object of which no version is left is nothing.
 */
export async function listHidden(
  access: S3Access,
  prefix: string,
  signal: AbortSignal,
): Promise<HiddenVersion[]> {
  const { bucket } = access.place;
  const task = `Cannot list what was removed from ${access.url}`;
  const markers = new Map<string, Date>();
  const newest = new Map<string, HiddenVersion>();
  let position: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...position });
    const page = await request(access, task, signal, (options) => access.client.send(command, options));
    for (const { Key: key, IsLatest, LastModified } of page.DeleteMarkers ?? []) {
      if (key !== undefined && IsLatest === true) markers.set(key, LastModified ?? new Date(0));
    }
    for (const version of page.Versions ?? []) keepNewer(newest, version);
    if (page.IsTruncated !== true) break;
    if (
      page.NextKeyMarker === undefined ||
      (page.NextKeyMarker === position.KeyMarker && page.NextVersionIdMarker === position.VersionIdMarker)
    ) {
      throw new OperatorError(`${task}: ${notS3(access.place, "a list that goes on nowhere").reason}`);
    }
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  return [...newest.values()]
    .flatMap((version) => {
      const deleted = markers.get(version.key);
      return deleted === undefined ? [] : [{ ...version, deleted }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The versions of a key come newest first, in one listing; a server that has them otherwise is not followed blindly. */
function keepNewer(
  newest: Map<string, HiddenVersion>,
  {
    Key: key,
    VersionId,
    Size,
    LastModified,
    ETag,
  }: NonNullable<ListObjectVersionsCommandOutput["Versions"]>[number],
): void {
  if (key === undefined || VersionId === undefined) return;
  const known = newest.get(key);
  if (known !== undefined && (known.lastModified?.getTime() ?? 0) >= (LastModified?.getTime() ?? 0)) return;
  newest.set(key, {
    key,
    versionId: VersionId,
    size: Size ?? 0,
    lastModified: LastModified,
    etag: ETag?.replaceAll('"', ""),
    deleted: new Date(0),
  });
}
