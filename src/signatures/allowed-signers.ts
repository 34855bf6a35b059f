/** Files of allowed signers: ssh-keygen(1), "ALLOWED SIGNERS". */

import { type Parsed, type PublicKey, parsePublicKey } from "./public-key.ts";

/** A line: who may sign with which key, what for, and when. */
export interface AllowedSigner {
  /** Patterns of the principals, separated by commas. */
  principals: string;
  key: PublicKey;
  /** Patterns of the namespaces; any by default. */
  namespaces?: string;
  /** The first and the last moment at which the key may have signed; without bounds by default. */
  validAfter?: Date;
  validBefore?: Date;
}

/** The most lines that are read. */
const MAX_LINES = 10_000;

/**
 * Reads ALLOWED_SIGNERS. A line that cannot be read is a problem, and never passed over: it may be what disowns a key.
 * Times without a "Z" are in the time zone of this machine, as ssh-keygen takes them.
 */
export function parseAllowedSigners(text: string): Parsed<AllowedSigner[]> {
  const signers: AllowedSigner[] = [];
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) return { problem: `has more than ${MAX_LINES} lines` };
  for (const [index, line] of lines.entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const signer = parseLine(line.trim());
    if ("problem" in signer)
      return { problem: `has a line that cannot be used: line ${index + 1} ${signer.problem}` };
    signers.push(signer.value);
  }
  if (signers.length > 0) return { value: signers };
  return { problem: 'names nobody: write lines as cluster-1 namespaces="kube-backup" ssh-ed25519 AAAA…' };
}

/** A word, parts of which may be in double quotes. */
const WORD = /^(?:"[^"]*"|[^\s"])+/;

function parseLine(line: string): Parsed<AllowedSigner> {
  const words: string[] = [];
  let rest = line;
  while (rest !== "" && words.length < 4) {
    const word = WORD.exec(rest)?.[0];
    // What follows the key is a comment, which may hold anything.
    if (word === undefined) break;
    words.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  const [principals = "", second = "", third = "", fourth = ""] = words;
  const hasOptions = !isKeyType(second);
  const [type, base64] = hasOptions ? [third, fourth] : [second, third];
  if (base64 === "") return { problem: "is none of PRINCIPALS [OPTIONS] ssh-ed25519 KEY" };
  const options = hasOptions ? parseOptions(second) : { value: {} };
  if ("problem" in options) return options;
  const key = parsePublicKey(type, base64);
  if ("problem" in key) return { problem: `has a key that ${key.problem}` };
  return { value: { principals: unquoted(principals), key: key.value, ...options.value } };
}

function isKeyType(word: string): boolean {
  return /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+$/.test(word);
}

function unquoted(word: string): string {
  return word.replaceAll('"', "");
}

type Options = Pick<AllowedSigner, "namespaces" | "validAfter" | "validBefore">;

/** An option: its name, and perhaps its value in quotes. */
const OPTION = /^([A-Za-z-]+)(?:="([^"]*)")?(?:,|$)/;

function parseOptions(text: string): Parsed<Options> {
  const options: Options = {};
  const seen = new Set<string>();
  for (let rest = text; rest !== ""; ) {
    const [whole, given = "", value] = OPTION.exec(rest) ?? [];
    if (whole === undefined)
      return { problem: 'has options that cannot be read: write NAME="VALUE",NAME="VALUE"' };
    rest = rest.slice(whole.length);
    const name = given.toLowerCase();
    if (seen.has(name)) return { problem: `has the option ${name} twice` };
    seen.add(name);
    const problem = setOption(options, name, value);
    if (problem !== undefined) return { problem };
  }
  return { value: options };
}

/** Sets an option. Returns the problem, if any. */
function setOption(options: Options, name: string, value: string | undefined): string | undefined {
  if (name === "cert-authority")
    return "is about certificates (cert-authority), which are not supported: name the keys";
  if (name !== "namespaces" && name !== "valid-after" && name !== "valid-before") {
    return "has an unknown option: known are namespaces, valid-after and valid-before";
  }
  if (value === undefined || value === "") return `has the option ${name} without a value in double quotes`;
  if (name === "namespaces") {
    options.namespaces = value;
    return undefined;
  }
  const time = parseSshTime(value);
  if (time === undefined) {
    return `has no time in ${name}: write YYYYMMDD or YYYYMMDDHHMM[SS], with a Z at its end for UTC`;
  }
  if (name === "valid-after") options.validAfter = time;
  else options.validBefore = time;
  return undefined;
}

const TIME = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/;

/** A time as ssh-keygen writes it: `20260131`, `202601311200`, `20260131120000Z`; undefined for any other text. */
export function parseSshTime(text: string): Date | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, ...rest] = match.slice(1, 7).map((part) => Number(part ?? "0"));
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date rolls 30 February over into March.
  const parts = [
    utc.getUTCMonth() + 1,
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
  ];
  if (parts.join() !== [month, day, hour, minute, second].join() || year < 1970) return undefined;
  return match[7] === "Z" ? utc : new Date(year, month - 1, day, hour, minute, second);
}
