/**
 * The values of S3TARGET: `s3://BUCKET/PREFIX`, `s3://ACCESS-POINT-ARN/PREFIX`, `file:///FOLDER` or
 * `file:FOLDER`. Parsing does no I/O.
 */

/** A bucket or access point, and a key prefix. */
export interface S3Target {
  kind: "s3";
  /** Bucket name or access point ARN: the `Bucket` of S3 requests. */
  bucket: string;
  /** Key prefix without leading and trailing slash; empty for the root of the bucket. */
  prefix: string;
}

/** A folder of this machine. */
interface FileTarget {
  kind: "file";
  /** The folder, percent-decoded. A relative path starts at the working directory. */
  folder: string;
}

/** The location of backups. */
export type Target = S3Target | FileTarget;

/** The problem of an invalid target. */
export interface TargetProblem {
  /** A clause that follows the setting's name and value: "has no bucket: write s3://BUCKET/PREFIX". */
  problem: string;
  /** The value for messages, with passwords redacted. */
  shown: string;
}

const FORMS = "write s3://BUCKET/PREFIX or file:///FOLDER";

/** S3 limits keys to 1,024 bytes; 32 bytes are reserved for the slash and the backup's name. */
const MAX_PREFIX_BYTES = 992;

/**
 * The current rule is stricter (lower case, no underscore, at most 63 characters), but old buckets and
 * other servers use such names. The pattern only rejects names that are invalid on every server.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html */
const ACCESS_POINT =
  /^(arn:aws[a-z-]*:s3:([a-z0-9-]*):\d{12}:accesspoint[/:][a-z0-9][a-z0-9.-]*)(?:\/(.*))?$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Parses a target. Trims white space, which values of Secrets often contain. */
export function parseTarget(value: string): { target: Target } | TargetProblem {
  const text = value.trim();
  const parsed = parseText(text);
  return typeof parsed === "string" ? { problem: parsed, shown: withoutUserInfo(text) } : { target: parsed };
}

/** Returns the target, or the problem as text. */
function parseText(text: string): Target | string {
  if (text === "") return `is empty: ${FORMS}`;
  if (CONTROL_CHARACTER.test(text)) return `holds a line break or another control character: ${FORMS}`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return `is not a URL: ${FORMS}`;
  const rest = text.slice(scheme.length + 1);
  if (scheme === "s3") return parseS3(rest);
  if (scheme === "file") return parseFile(rest);
  if (scheme === "http" || scheme === "https") {
    return `has the scheme ${scheme}: write s3://BUCKET/PREFIX here and the server's address into ENDPOINT_URI`;
  }
  return `has the scheme ${scheme}, which is not known here: ${FORMS}`;
}

function parseS3(rest: string): S3Target | string {
  if (!rest.startsWith("//")) return "lacks the two slashes after s3: write s3://BUCKET/PREFIX";
  const path = rest.slice(2);
  if (path.startsWith("arn:")) return parseAccessPoint(path);
  const slash = path.indexOf("/");
  const bucket = slash < 0 ? path : path.slice(0, slash);
  if (bucket === "") return "has no bucket: write s3://BUCKET/PREFIX";
  if (path.includes("@") && bucket.includes(":")) {
    return "holds credentials: write s3://BUCKET/PREFIX here and them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  }
  if (!BUCKET.test(bucket) || bucket.includes("..")) {
    return "has no valid bucket name: it has 3 to 63 lower-case letters, digits, dots and hyphens";
  }
  // Listings of directory buckets are unordered and have no start key: the newest backup cannot be found.
  if (bucket.endsWith("--x-s3")) return "is a directory bucket (S3 Express): use a general purpose bucket";
  return withPrefix(bucket, slash < 0 ? "" : path.slice(slash + 1));
}

function parseAccessPoint(path: string): S3Target | string {
  const match = ACCESS_POINT.exec(path);
  const [, arn, region, prefix] = match ?? [];
  if (arn === undefined) {
    return "has no valid access point: write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/PREFIX";
  }
  // Multi-region access points require SigV4A signatures, which need native code.
  if (region === "") return "is a multi-region access point: use one of a single region";
  return withPrefix(arn, prefix ?? "");
}

function withPrefix(bucket: string, written: string): S3Target | string {
  const prefix = written.replace(/^\/+|\/+$/g, "");
  if (prefix.split("/").some((part) => part === "." || part === ".." || (part === "" && prefix !== ""))) {
    return 'has a prefix with an empty part, "." or "..": write s3://BUCKET/PREFIX, for example s3://my-bucket/clusters/blue';
  }
  if (new TextEncoder().encode(prefix).length > MAX_PREFIX_BYTES) {
    return `has a prefix longer than ${MAX_PREFIX_BYTES} bytes: choose a shorter one`;
  }
  return { kind: "s3", bucket, prefix };
}

function parseFile(rest: string): FileTarget | string {
  let path = rest;
  if (rest.startsWith("//")) {
    path = rest.slice(2).replace(/^localhost(?=\/)/i, "");
    if (path !== "" && !/^(\/|\.\.?(\/|$))/.test(path)) {
      return "has two slashes before a relative folder: write file:///FOLDER, or file:FOLDER for a relative one";
    }
  }
  if (path === "") return "has no folder: write file:///FOLDER, or file:FOLDER for a relative one";
  try {
    const folder = decodeURIComponent(path);
    if (folder.includes("\0")) return "has a zero byte in it: write file:///FOLDER";
    return { kind: "file", folder };
  } catch {
    return 'has a percent sign that starts no escape: write "%25" for a percent sign';
  }
}

/** Redacts credentials before an `@`. Secret keys may contain slashes. */
function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z0-9+.-]*:\/*).*@/is, "$1[redacted]@");
}
