import { Buffer } from "node:buffer";

/** A random number generator. The same seed fills a cluster with the same objects. */
export type Random = () => number;

/**
 * Numbers from 0 (inclusive) to 1 (exclusive) from mulberry32: small, fast, and good enough to fill objects.
 * https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Incompressible bytes in base64, like the keys and certificates in Secrets. */
export function randomBase64(random: Random, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index += 1) buffer[index] = Math.floor(random() * 256);
  return buffer.toString("base64");
}

const WORDS =
  "server listen timeout upstream proxy cache limit buffer worker log level info warn debug path host port retry pool size max min user group secret key value true false enable disable region zone".split(
    " ",
  );

/** Lines of settings with about `characters` characters, which compress as configuration does. */
export function settingsText(random: Random, characters: number): string {
  let text = "";
  while (text.length < characters) {
    const word = () => WORDS[Math.floor(random() * WORDS.length)];
    text += `${word()}.${word()}.${word()} = ${Math.floor(random() * 100_000)}\n`;
  }
  return text.slice(0, characters);
}
