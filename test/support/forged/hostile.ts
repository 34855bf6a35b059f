import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";

/** Names that no object, file or resource has. */
export const HOSTILE_NAMES = [
  "",
  ".",
  "..",
  "../../etc/passwd",
  "a/b",
  "%2e%2e",
  "a\u0000b",
  "\u001b[31mred\u001b[0m",
  "$(touch /tmp/x)",
  "-rf",
  "con",
  "A:B*?",
  "__proto__",
  "constructor",
  "é😀\u202e",
  "x".repeat(300),
  "x".repeat(100_000),
  "kube-system",
  "backuprestore-donotuse",
  "ü",
] as const;

/** Values in place of any other. */
export function hostileValue(random: Random): unknown {
  const values: (() => unknown)[] = [
    () => null,
    () => true,
    () => -1,
    () => 1e308,
    () => "",
    () => [],
    () => ({}),
    () => [null],
    () => [[]],
    () => ({ "": null }),
    () => ({ a: { b: [1, { c: null }] } }),
    () => JSON.parse('{"__proto__":{"a":1}}'),
    () => ({ constructor: 1, toString: 2, length: -1 }),
    () => random.pick(HOSTILE_NAMES),
    () => "x".repeat(random.below(200_000)),
    () => Array.from({ length: random.below(3000) }, () => random.below(10)),
    () => nested(random.below(490)),
    () => Object.fromEntries(Array.from({ length: random.below(3000) }, (_, index) => [`k${index}`, index])),
  ];
  return random.pick(values)();
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Lines that are no object in the form of the writer. */
export function hostileLine(random: Random, line: string): string | Buffer {
  const lines: (() => string | Buffer)[] = [
    () => "null",
    () => "",
    () => "{}",
    () => "[]",
    () => "1",
    () => '"a"',
    () => `${line}${line}`,
    () => line.slice(0, random.below(line.length)),
    () => ` ${line}`,
    () => line.replace(":", ": "),
    () => line.replace("{", '{"a":1,"a":2,'),
    () => line.replace('"metadata":{', '"metadata":{"name":"x",'),
    () => `{"a":${"[".repeat(1 + random.below(200_000))}`,
    () => line.replace("{", `{"a":${"[".repeat(600)}${"]".repeat(600)},`),
    () => line.replace("{", `{"a":[${"0,".repeat(random.below(1_200_000))}0],`),
    () => line.replace("{", '{"a":"\\ud800",'),
    () => line.replace("{", '{"\\u0061":1,'),
    () => line.replace("{", '{"a":NaN,'),
    () =>
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc0]), Buffer.from(`",${line.slice(1)}`)]),
    () => line.replaceAll('"', "'"),
    () => `\ufeff${line}`,
    () => line.replace("{", '{"a":"\t",'),
  ];
  return random.pick(lines)();
}
