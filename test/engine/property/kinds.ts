/** Random kinds with random objects of theirs: custom ones, ConfigMaps and Secrets. */

import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Definition } from "../../support/engine/rig.ts";
import { objects, type Shape, shapes } from "./schemas.ts";
import { TEXT, toObject } from "./values.ts";

/** A definition with objects of it, less names. */
export interface Kind {
  definition: Definition;
  objects: fc.Arbitrary<Record<string, unknown>>;
}

const DEPTH = 3;
const VERSIONS = ["v1", "v1beta1", "v2alpha1", "v2"];

/** A custom kind; `index` tells it from the others. */
export function customKind(index: number): fc.Arbitrary<Kind> {
  return fc
    .record({
      shape: objects(shapes(DEPTH)),
      namespaced: fc.boolean(),
      status: fc.boolean(),
      scale: fc.boolean(),
      versions: fc.uniqueArray(fc.constantFrom(...VERSIONS), { minLength: 1, maxLength: 3 }),
      storage: fc.nat(),
      served: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    })
    .map(({ shape, namespaced, status, scale, versions, storage, served }) => {
      const { schema, values } = scale ? withReplicas(shape) : shape;
      const group = `property${index % 3}.example.com`;
      const properties = { spec: schema, ...(status || scale ? { status: STATUS } : {}) };
      const subresources = {
        ...(status ? { status: {} } : {}),
        ...(scale
          ? { scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" } }
          : {}),
      };
      return {
        definition: {
          group,
          plural: `kind${index}s`,
          kind: `Kind${index}`,
          namespaced,
          versions: versions.map((name, at) => ({
            name,
            // One at least has to be.
            served: at === 0 || served[at] === true,
            storage: at === storage % versions.length,
            schema: { openAPIV3Schema: { type: "object", properties } },
            ...(status || scale ? { subresources } : {}),
          })),
        },
        objects: fc.record({ metadata: METADATA, spec: values }).map((object) => ({
          apiVersion: `${group}/${versions[0]}`,
          kind: `Kind${index}`,
          ...object,
        })),
      };
    });
}

const STATUS = { type: "object", properties: { replicas: { type: "integer" } } };

function withReplicas({ schema, values }: Shape): Shape {
  const properties = { ...(schema["properties"] as object), replicas: { type: "integer", format: "int32" } };
  return {
    schema: { ...schema, properties },
    values: fc
      .tuple(values, fc.nat({ max: 9 }))
      .map(([spec, replicas]) => ({ ...(spec as object), replicas })),
  };
}

/** A qualified name, `example.com/part-of`. */
const QUALIFIED = fc
  .tuple(
    fc.constantFrom("", "", "example.com/", "a.b.c/"),
    fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/),
  )
  .map(([prefix, name]) => `${prefix}${name}`);

const LABELS = map(QUALIFIED, fc.stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?$/));

const METADATA = fc.record(
  {
    labels: LABELS,
    annotations: map(QUALIFIED, TEXT),
    finalizers: fc.constant(["example.com/keep"]),
  },
  { requiredKeys: [] },
);

const BYTES = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("base64"));

/** A key of a ConfigMap or a Secret. */
const DATA_KEY = fc.stringMatching(/^[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,20}$/);

export const CONFIG_MAPS: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      metadata: METADATA,
      data: map(
        DATA_KEY.map((key) => `${key}.t`),
        TEXT,
      ),
      binaryData: map(
        DATA_KEY.map((key) => `${key}.b`),
        BYTES,
      ),
      immutable: fc.boolean(),
    },
    { requiredKeys: ["metadata"] },
  )
  .map((object) => ({ apiVersion: "v1", kind: "ConfigMap", ...object }));

export const SECRETS: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      metadata: METADATA,
      data: map(DATA_KEY, BYTES),
      stringData: map(DATA_KEY, TEXT),
      type: fc.stringMatching(/^example\.com\/[a-z]{1,8}$/),
      immutable: fc.boolean(),
    },
    { requiredKeys: ["metadata"] },
  )
  .map((object) => ({ apiVersion: "v1", kind: "Secret", ...object }));

function map(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<string>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.uniqueArray(fc.tuple(keys, values), { maxLength: 4, selector: ([key]) => key }).map(toObject);
}
