/** Random structural schemas, each with what is valid for it. */

import fc from "fast-check";
import {
  anyObject,
  anyValue,
  FLOAT,
  INT32,
  INT64,
  KEY,
  members,
  NUMBER,
  rawNumber,
  TEXT,
  TIME,
  toObject,
} from "./values.ts";

/** A schema, and values that it takes. */
export interface Shape {
  schema: Record<string, unknown>;
  values: fc.Arbitrary<unknown>;
}

const KEEP = { "x-kubernetes-preserve-unknown-fields": true };

const SCALARS: readonly Shape[] = [
  { schema: { type: "string" }, values: TEXT },
  { schema: { type: "string", format: "date-time" }, values: TIME },
  { schema: { type: "string", enum: ["", "no", "1"] }, values: fc.constantFrom("", "no", "1") },
  { schema: { type: "integer" }, values: INT64 },
  { schema: { type: "integer", format: "int32" }, values: INT32 },
  { schema: { type: "integer", format: "int64" }, values: INT64 },
  { schema: { type: "number" }, values: NUMBER },
  { schema: { type: "number", format: "double" }, values: NUMBER },
  { schema: { type: "number", format: "float" }, values: FLOAT },
  { schema: { type: "boolean" }, values: fc.boolean() },
  { schema: { "x-kubernetes-int-or-string": true }, values: fc.oneof(INT64, TEXT) },
];

/** Any shape of up to this depth. */
export function shapes(depth: number): fc.Arbitrary<Shape> {
  const scalar = fc.constantFrom(...SCALARS).chain(withDefault);
  if (depth <= 0) return scalar.chain(nullable);
  const below = shapes(depth - 1);
  return fc
    .oneof(
      { weight: 3, arbitrary: scalar },
      { weight: 3, arbitrary: objects(below) },
      { weight: 1, arbitrary: below.map(mapOf) },
      { weight: 1, arbitrary: below.map(listOf) },
      { weight: 1, arbitrary: fc.constantFrom(...SETS) },
      { weight: 1, arbitrary: below.map(keyedListOf) },
      { weight: 1, arbitrary: fc.constantFrom(anything(depth), openObject(depth), embedded(depth)) },
    )
    .chain(nullable);
}

/** An object of named fields, some of which must be there. */
export function objects(below: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc
    .uniqueArray(fc.tuple(KEY, below, fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 5,
      selector: ([name]) => name,
    })
    .map((fields) => {
      const required = fields.filter(([, , chance]) => chance === 0).map(([name]) => name);
      return {
        schema: {
          type: "object",
          properties: toObject(fields.map(([name, { schema }]) => [name, schema])),
          ...(required.length > 0 ? { required } : {}),
        },
        values: fc
          .tuple(
            ...fields.map(([, { values }, chance]) =>
              chance === 0 ? values.map(present) : fc.option(values.map(present), { nil: [] }),
            ),
          )
          .map((found) =>
            toObject(
              fields.flatMap(([name], index) => (found[index] ?? []).map((value) => [name, value] as const)),
            ),
          ),
      };
    });
}

/** Told apart from a field that is missing: it may itself be undefined nowhere, but null. */
function present(value: unknown): unknown[] {
  return [value];
}

function withDefault(shape: Shape): fc.Arbitrary<Shape> {
  return fc
    .option(shape.values, { freq: 3, nil: undefined })
    .map((value) =>
      value === undefined ? shape : { ...shape, schema: { ...shape.schema, default: value } },
    );
}

/** Null would have to be among the values of an enum as well. */
function nullable(shape: Shape): fc.Arbitrary<Shape> {
  if ("enum" in shape.schema) return fc.constant(shape);
  return fc.integer({ min: 0, max: 3 }).map((chance) =>
    chance > 0
      ? shape
      : {
          schema: { ...shape.schema, nullable: true },
          values: fc.option(shape.values, { freq: 3, nil: null }),
        },
  );
}

function mapOf({ schema, values }: Shape): Shape {
  return { schema: { type: "object", additionalProperties: schema }, values: members(values, 4) };
}

function listOf({ schema, values }: Shape): Shape {
  return {
    schema: { type: "array", "x-kubernetes-list-type": "atomic", items: schema },
    values: fc.array(values, { maxLength: 4 }),
  };
}

const SETS: readonly Shape[] = [
  {
    schema: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
    values: fc.uniqueArray(TEXT, { maxLength: 4 }),
  },
  {
    schema: { type: "array", "x-kubernetes-list-type": "set", items: { type: "integer", format: "int64" } },
    values: fc
      .uniqueArray(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 4 })
      .map((numbers) => numbers.map((each) => rawNumber(String(each)))),
  },
];

/** A list that is merged by keys, one of them with a default. */
function keyedListOf({ schema, values }: Shape): Shape {
  const properties = { name: { type: "string" }, port: { type: "integer", default: 80 }, value: schema };
  return {
    schema: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name", "port"],
      items: { type: "object", required: ["name"], properties },
    },
    values: fc.uniqueArray(
      fc.record(
        { name: TEXT, port: fc.integer({ min: 1, max: 3 }), value: values },
        { requiredKeys: ["name"] },
      ),
      { maxLength: 4, selector: ({ name, port = 80 }) => `${port} ${name}` },
    ),
  };
}

/** Any value but null, which needs no type to be refused. */
function anything(depth: number): Shape {
  return { schema: KEEP, values: anyValue(depth).filter((value) => value !== null) };
}

function openObject(depth: number): Shape {
  return { schema: { type: "object", ...KEEP }, values: anyObject(depth) };
}

/** A whole object of its own in another one. */
function embedded(depth: number): Shape {
  return {
    schema: { type: "object", "x-kubernetes-embedded-resource": true, ...KEEP },
    values: fc.record(
      {
        apiVersion: fc.constantFrom("v1", "apps/v1", "example.com/v1"),
        kind: fc.constantFrom("Pod", "Secret", "Deployment", "Service"),
        metadata: fc.record(
          {
            name: fc.stringMatching(/^[a-z]{1,8}$/),
            uid: fc.uuid(),
            resourceVersion: fc.constant("1"),
            labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{0,8}$/), {
              maxKeys: 3,
            }),
          },
          { requiredKeys: [] },
        ),
        spec: anyObject(depth),
        status: anyObject(depth),
      },
      { requiredKeys: ["apiVersion", "kind"] },
    ),
  };
}
