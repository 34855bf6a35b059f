/** Random JSON values, numbers among them that JavaScript cannot hold, and texts of every sort. */

import fc from "fast-check";

const RAW_JSON = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** A number as it is written. */
export function rawNumber(text: string): unknown {
  return RAW_JSON.rawJSON(text);
}

/** Any text, with a liking for what looks like something else. */
export const TEXT: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 20 }) },
  fc.constantFrom(
    "true",
    "null",
    "~",
    "no",
    "1e3",
    "0x1F",
    "010",
    "1.0",
    "2026-01-02",
    "12:30",
    "\ufeff",
    "a\nb\r\n",
  ),
);

/** A key of a map. */
export const KEY: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,7}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[-a-z0-9._/:@$~ ]{1,12}$/) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  fc.constantFrom(
    "",
    "1",
    "10",
    "2",
    "__proto__",
    "constructor",
    "toString",
    "a.b/c",
    "metadata",
    "status",
    "uid",
  ),
);

/** An integer of 64 bits, often near an end of what 32, 53 and 64 bits hold. */
export const INT64: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc
      .tuple(
        fc.constantFrom(0n, 2n ** 31n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 10n, 10n - 2n ** 63n),
        fc.integer({ min: -9, max: 9 }),
      )
      .map(([near, more]) => near + BigInt(more)),
  )
  .map((value) => rawNumber(String(value)));

/** An integer of 32 bits. */
export const INT32: fc.Arbitrary<unknown> = fc.integer();

/** A number that the API server takes, in one of the forms in which people write it. */
export const NUMBER: fc.Arbitrary<unknown> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => rawNumber(JSON.stringify(value))),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => rawNumber(value.toExponential())),
  fc
    .constantFrom("1.0", "-0.0", "-0", "1e21", "1E+21", "0.30000000000000004", "1.50", "100e-2")
    .map(rawNumber),
  INT64,
);

/** A number of 32 bits. */
export const FLOAT: fc.Arbitrary<unknown> = fc.float({ noNaN: true, noDefaultInfinity: true });

/** Time with any fraction of a second and any zone, as the API server's date-time takes it. */
export const TIME: fc.Arbitrary<string> = fc
  .tuple(
    fc.date({
      min: new Date("1970-01-01T00:00:00Z"),
      max: new Date("2099-12-31T00:00:00Z"),
      noInvalidDate: true,
    }),
    fc.constantFrom("", ".1", ".000000", ".123456", ".120"),
    fc.constantFrom("Z", "+00:00", "+02:00", "-11:30"),
  )
  .map(([date, fraction, zone]) => `${date.toISOString().slice(0, 19)}${fraction}${zone}`);

/** An object of these members; `__proto__` is a name like any other. */
export function toObject(members: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(members);
}

/** Any JSON object, up to a depth. */
export function anyObject(depth: number): fc.Arbitrary<Record<string, unknown>> {
  return members(anyValue(depth - 1), 4);
}

/** A map of up to so many members. */
export function members(
  values: fc.Arbitrary<unknown>,
  maxLength: number,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.uniqueArray(fc.tuple(KEY, values), { maxLength, selector: ([key]) => key }).map(toObject);
}

/** Any JSON value, up to a depth. */
export function anyValue(depth: number): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(TEXT, NUMBER, fc.boolean(), fc.constant(null), fc.constantFrom({}, []));
  if (depth <= 0) return leaf;
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: anyObject(depth) },
    { weight: 1, arbitrary: fc.array(anyValue(depth - 1), { maxLength: 4 }) },
  );
}
