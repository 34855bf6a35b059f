/**
 * What an answer of S3 must look like before the SDK reads it. The SDK takes any XML for any answer: a login page, or an
 * error that arrives with status 200, becomes a listing without objects. Decided without I/O.
 */

/** An answer with a status of 200 to 299. */
export interface Answer {
  status: number;
  /** The headers, their names in small letters. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

/** Whether an answer is S3's to this request. */
export type AnswerForm =
  | { kind: "s3" }
  /** An error that S3 sends after it has begun an answer with status 200. */
  | { kind: "error" }
  /** `what` follows "it answers with ": "an element html". */
  | { kind: "foreign"; what: string };

const S3: AnswerForm = { kind: "s3" };

/** The root elements, by the SDK's names of the commands. */
const ROOTS: Readonly<Record<string, string>> = {
  ListObjectsV2Command: "ListBucketResult",
  ListObjectVersionsCommand: "ListVersionsResult",
  ListMultipartUploadsCommand: "ListMultipartUploadsResult",
  ListPartsCommand: "ListPartsResult",
  CreateMultipartUploadCommand: "InitiateMultipartUploadResult",
  CompleteMultipartUploadCommand: "CompleteMultipartUploadResult",
};

const LISTINGS = new Set([
  "ListObjectsV2Command",
  "ListObjectVersionsCommand",
  "ListMultipartUploadsCommand",
  "ListPartsCommand",
]);

/** Answers without a body. */
const EMPTY = new Set(["DeleteObjectCommand", "AbortMultipartUploadCommand"]);

/** Answers that carry the ETag of what was stored, and no body. */
const STORED = new Set(["PutObjectCommand", "UploadPartCommand"]);

/** The namespace of the API's only version, as Amazon and as Google write it. Some servers write none. */
const NAMESPACE = /^https?:\/\/(?:s3\.amazonaws\.com\/doc|doc\.s3\.amazonaws\.com)\/2006-03-01\/?$/;

/** Whether the form of the answers to a command is known, so that the whole body must be read to judge it. */
export function isJudgedByBody(command: string): boolean {
  return command in ROOTS || EMPTY.has(command) || STORED.has(command);
}

/** Judges an answer to a command by its form. */
export function answerForm(command: string, { status, headers, body }: Answer): AnswerForm {
  const root = rootOf(body);
  if (root?.name === "Error" && namespaceFits(root)) return { kind: "error" };
  const expected = ROOTS[command];
  if (expected !== undefined) return xmlForm(root, { expected, body, listing: LISTINGS.has(command) });
  if (body.trim() !== "") return foreign(root === undefined ? "a text" : `an element ${root.name}`);
  if (EMPTY.has(command) && status !== 200 && status !== 204) return foreign(`the HTTP status ${status}`);
  if (STORED.has(command) && !hasEtag(headers["etag"])) return foreign("no ETag");
  return S3;
}

/** Whether a header is an ETag of something. */
export function hasEtag(etag: string | undefined): etag is string {
  return etag !== undefined && etag.replaceAll('"', "").trim() !== "";
}

function xmlForm(
  root: Root | undefined,
  { expected, body, listing }: { expected: string; body: string; listing: boolean },
): AnswerForm {
  if (root === undefined) return foreign(body.trim() === "" ? "nothing" : "something that is no XML");
  if (root.name !== expected || !namespaceFits(root)) {
    return foreign(`an element ${root.name}${root.namespace === undefined ? "" : ` of ${root.namespace}`}`);
  }
  if (!body.trimEnd().endsWith(`</${expected}>`)) return foreign(`half of an element ${expected}`);
  if (!listing) return S3;
  // The SDK reads every other text, and none, as false: the listing would end here. Keys cannot hold an unescaped "<".
  const ends = [...body.matchAll(/<IsTruncated\b[^>]*?(?:\/>|>([^<]*)<)/g)].map(([, text]) => text);
  const [end] = ends;
  if (ends.length === 1 && (end === "true" || end === "false")) return S3;
  return foreign(`a listing that does not say whether more follows`);
}

interface Root {
  name: string;
  namespace: string | undefined;
}

/** The root element, after what may stand before one: a byte order mark, a declaration, comments, a doctype. */
function rootOf(text: string): Root | undefined {
  const start = text.replace(
    /^\uFEFF?(?:\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>)*/i,
    "",
  );
  const match = /^<([A-Za-z_][\w.:-]*)((?:\s[^<>]*)?)\/?>/.exec(start);
  if (match === null) return undefined;
  const [, name = "", attributes = ""] = match;
  const [, double, single] = /\sxmlns\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes) ?? [];
  return { name: shortened(name), namespace: shortened(double ?? single) || undefined };
}

function namespaceFits({ namespace }: Root): boolean {
  return namespace === undefined || NAMESPACE.test(namespace);
}

/** A name for a message: of a strange answer, it may be of any length. */
function shortened<T extends string | undefined>(text: T): T {
  return text?.slice(0, 80) as T;
}

function foreign(what: string): AnswerForm {
  return { kind: "foreign", what };
}
