/**
 * Names of files for objects: reversible, never two alike, and good on every file system. Names in
 * Kubernetes may hold colons, capital letters, which some file systems do not tell from small ones, and
 * up to 253 characters, or be words that Windows keeps for itself.
 */

import { Buffer } from "node:buffer";

/** Where objects that belong to no namespace go; no namespace has such a name. */
export const CLUSTER_FOLDER = "_cluster";

const EXTENSION = ".yaml";

/** Characters of one part of a path; file systems take 255 bytes. */
const MOST_CHARACTERS = 200;

/** Ends a folder that only holds the beginning of a long name. */
const GOES_ON = "+";

/** Windows takes these for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;

/** Where an object is. */
export interface ObjectPlace {
  /** Undefined for a cluster-scoped one. */
  namespace: string | undefined;
  /** `deployments.apps`. */
  resource: string;
  name: string;
}

/** The path of an object's file, with `/`: `shop/deployments.apps/web.yaml`. */
export function objectFile({ namespace, resource, name }: ObjectPlace): string {
  const folder = namespace === undefined ? CLUSTER_FOLDER : encodeName(namespace);
  return `${folder}/${encodeName(resource)}/${encodeName(name)}${EXTENSION}`;
}

/** Which object's file that is; undefined for a path that {@link objectFile} does not make. */
export function placeOf(path: string): ObjectPlace | undefined {
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
 * A name as a part of a path: small letters, digits, `-` and `.` stay, all else is `%` and its bytes in
 * hexadecimal. A long name is divided into folders.
 */
export function encodeName(name: string): string {
  const encoded = [...Buffer.from(name)].map(encodeByte).join("");
  const parts = encoded.match(new RegExp(`.{1,${MOST_CHARACTERS}}`, "g")) ?? ["%"];
  return parts
    .map((part, index) => (index < parts.length - 1 ? part + GOES_ON : part))
    .map(encodeFirst)
    .join("/");
}

function decodeName(encoded: string): string {
  const joined = encoded.replaceAll(`${GOES_ON}/`, "").replace(/^%$/, "");
  const bytes = [...joined.matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, character = ""]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  );
  return Buffer.from(bytes).toString();
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[-a-z0-9.]/.test(character) ? character : escaped(byte);
}

/** No part is hidden, `.git`, `..` or a device. */
function encodeFirst(part: string): string {
  return part.startsWith(".") || DEVICE.test(part) ? escaped(part.charCodeAt(0)) + part.slice(1) : part;
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
