import { Buffer } from "node:buffer";

/**
 * Whether a listing answers what was asked. A listing that is taken for an empty one has the restore gate write the flag,
 * so that anything else than the answer must be told from "no backups". Decided without I/O.
 */

/** A listing, its texts decoded. A key that cannot be decoded is undefined. */
export interface Listing {
  /** The bucket; undefined where the answer does not name one. */
  bucket: string | undefined;
  /** Likewise. */
  prefix: string | undefined;
  /** The number of keys and groups, as the answer states it; older servers do not. */
  count: number | undefined;
  truncated: boolean | undefined;
  /** Where the next page begins. */
  token: string | undefined;
  keys: readonly (string | undefined)[];
  groups: readonly (string | undefined)[];
}

/** What was asked. */
export interface AskedListing {
  /** Bucket name or access point ARN. */
  bucket: string;
  prefix: string;
  /** Only keys after this one. */
  after: string | undefined;
  /** The token with which this page was asked for. */
  token: string | undefined;
}

/** Finds out why a listing is not the answer: it follows "it answers with ". Undefined where it is. */
export function listingProblem(listing: Listing, asked: AskedListing): string | undefined {
  const { bucket, prefix, count, truncated, token, keys, groups } = listing;
  // Through an access point, servers answer with the bucket behind it, the access point, or its alias.
  if (!isAccessPoint(asked.bucket) && bucket !== asked.bucket)
    return `a listing of ${named("bucket", bucket)}`;
  if (prefix !== asked.prefix) return `a listing of ${named("prefix", prefix)}`;
  const listed = keys.length + groups.length;
  if (count !== undefined && count !== listed) return `a listing of ${count} keys that holds ${listed}`;
  if (truncated === undefined) return "a listing that does not say whether more follows";
  if (truncated && (token === undefined || token === "" || token === asked.token)) {
    return "a listing that does not say where the next page begins";
  }
  const stray = [...keys, ...groups].find((key) => key !== undefined && !key.startsWith(asked.prefix));
  if (stray !== undefined) return `a listing with the key ${stray}, which is not below ${asked.prefix}`;
  let last = asked.after;
  for (const key of keys) {
    if (key === undefined) continue;
    if (last !== undefined && compareBytes(key, last) <= 0) return `a listing with ${key} after ${last}`;
    last = key;
  }
  return undefined;
}

/** An ARN, or the alias that an access point has as a bucket name. */
function isAccessPoint(bucket: string): boolean {
  return bucket.startsWith("arn:") || bucket.endsWith("-s3alias");
}

function named(what: string, name: string | undefined): string {
  return name === undefined || name === "" ? `no ${what}` : `the ${what} ${name}`;
}

/** S3 sorts keys by their bytes in UTF-8. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
