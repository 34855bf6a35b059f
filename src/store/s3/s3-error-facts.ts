/** What an error of the S3 SDK says, before it is explained. */

/** The fields of an error that are read. Not all errors are of the SDK's class. */
export interface Facts {
  name: string;
  message: string;
  code: string | undefined;
  status: number | undefined;
  /** Host and port of the proxy to which the request went. */
  proxy: string | undefined;
}

/** The facts of an error of the SDK, of Node, or of anything else that was thrown. */
export function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), code: undefined, status: undefined, proxy: undefined };
  const { code, $metadata, proxy } = error as {
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
    proxy?: string;
  };
  // A connection that was tried at several addresses fails with an AggregateError without a message.
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  const message = error.message === "" && first instanceof Error ? first.message : error.message;
  return {
    name: error.name,
    message,
    code: typeof code === "string" ? code : undefined,
    status: $metadata?.httpStatusCode,
    proxy,
  };
}

/** Whether a server has answered, and refused. */
export function isRefusal({ status }: Facts): boolean {
  return status !== undefined && status >= 300;
}

/** The server's own words about a refusal, to follow ours: ` (AccessDenied: no policy allows …)`. Empty for others. */
export function serverWords(error: unknown): string {
  const facts = factsOf(error);
  if (!isRefusal(facts)) return "";
  // Names and words that the SDK puts where the answer has none.
  const name = /^(\d+|Unknown(Error)?|Error)$/.test(facts.name) ? `HTTP status ${facts.status}` : facts.name;
  const words = /^(UnknownError|)$/.test(facts.message) || facts.message === facts.name ? "" : facts.message;
  return ` (${[name, oneLine(words)].filter((part) => part !== "").join(": ")})`;
}

/** Whether a server has refused a request because its path, and not its host, names the bucket. */
export function isPathStyleRefused(error: unknown): boolean {
  return wantsVirtualHost(factsOf(error));
}

/** Servers have several codes for it, and "virtual hosted style" or "virtual-styled" in their words. */
export function wantsVirtualHost({ name, message, status }: Facts): boolean {
  if (status === undefined || status < 300) return false;
  return (
    /^(SecondLevelDomain|PathStyleDomain)Forbidden$/.test(name) || /virtual[- ]?(host|style)/i.test(message)
  );
}

/** Whether the server does not support conditional writes (`If-None-Match`). */
export function isConditionUnknown(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "NotImplemented" || status === 501;
}

/** Whether the server refused a write because its precondition failed, or because another write is in flight. */
export function isConditionFailed(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return status === 412 || status === 409 || name === "PreconditionFailed";
}

/** Whether the range that was asked for lies behind the end: that of the first byte of an empty object. */
export function isRangeOfNothing(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "InvalidRange" || status === 416;
}

/** Whether the right to a request is missing. Answers without a code are meant so too. */
export function isDenied(error: unknown): boolean {
  const { name, status } = factsOf(error);
  if (/AccessDenied|AllAccessDisabled|^Forbidden$/.test(name)) return true;
  return (status === 401 || status === 403) && /^(\d+|Unknown(Error)?|Error)$/.test(name);
}

/** Whether an object, or an upload, does not exist. A bucket that does not exist is another error. */
export function isMissing(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "NoSuchKey" || name === "NoSuchUpload" || (status === 404 && name === "NotFound");
}

/** Whether the SDK could not parse an answer. */
export function isUnreadable({ message, status }: Facts): boolean {
  return (
    /Deserialization error|xml|Unexpected token|Unclosed|closing tag|char '/i.test(message) &&
    (status ?? 200) < 300
  );
}

/** A text on one line, without control characters: a server's words must not move the cursor of a terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 300);
}
