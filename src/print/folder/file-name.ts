/**
 * File names for objects: reversible, unique, and valid on every file system. Kubernetes names may contain colons and
 * uppercase letters, which some file systems do not distinguish from lowercase, may have up to 253 characters, and
 * may be names that Windows reserves.
 */

import { Buffer } from "node:buffer";

/** The folder of cluster-scoped objects. No namespace can have this name. */
const CLUSTER_FOLDER = "_cluster";

const EXTENSION = ".yaml";

/** The maximum length of a path segment in characters. File systems allow 255 bytes. */
const MAX_SEGMENT_LENGTH = 200;

/** The suffix of a folder that holds only the beginning of a long name. */
const CONTINUED = "+";

/** Device names that Windows reserves, with any extension. */
const RESERVED_NAME = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;

/** The identity of an object in a folder. */
export interface ObjectFileParts {
  /** Undefined for cluster-scoped objects. */
  namespace: string | undefined;
  /** `deployments.apps`. */
  resource: string;
  name: string;
}

/** The path of an object's file, with `/` as separator: `shop/deployments.apps/web.yaml`. */
export function objectFile({ namespace, resource, name }: ObjectFileParts): string {
  const folder = namespace === undefined ? CLUSTER_FOLDER : encodeName(namespace);
  return `${folder}/${encodeName(resource)}/${encodeName(name)}${EXTENSION}`;
}

/** The inverse of {@link objectFile}. Undefined for a path that {@link objectFile} cannot return. */
export function parseObjectFile(path: string): ObjectFileParts | undefined {
  const [, folder, resource, name] = /^([^/]+)\/([^/]+)\/(.+)\.yaml$/.exec(path) ?? [];
  if (folder === undefined || resource === undefined || name === undefined) return undefined;
  const place = {
    namespace: folder === CLUSTER_FOLDER ? undefined : decodeName(folder),
    resource: decodeName(resource),
    name: decodeName(name),
  };
  return objectFile(place) === path ? place : undefined;
}

/**
 * Encodes a name as path segments. Lowercase letters, digits, `-` and `.` stay. Every other character is
 * percent-encoded. A long name is split into folders.
 */
export function encodeName(name: string): string {
  const encoded = [...Buffer.from(name)].map(encodeByte).join("");
  const parts = encoded.match(new RegExp(`.{1,${MAX_SEGMENT_LENGTH}}`, "g")) ?? ["%"];
  return parts
    .map((part, index) => (index < parts.length - 1 ? part + CONTINUED : part))
    .map(encodeFirst)
    .join("/");
}

function decodeName(encoded: string): string {
  const joined = encoded.replaceAll(`${CONTINUED}/`, "").replace(/^%$/, "");
  const bytes = [...joined.matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, character = ""]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  );
  return Buffer.from(bytes).toString();
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[-a-z0-9.]/.test(character) ? character : escaped(byte);
}

/** Prevents hidden segments, `.git`, `..` and device names. */
function encodeFirst(part: string): string {
  return part.startsWith(".") || RESERVED_NAME.test(part)
    ? escaped(part.charCodeAt(0)) + part.slice(1)
    : part;
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
