import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseReadVersion } from "../../../src/backup/choose-read-version.ts";
import { lostFields } from "../../../src/backup/lost-fields.ts";

const RESOURCE = { group: "kabanero.io", resource: "kabaneros", version: "v1alpha2" };

const text = { type: "string" };
const spec = (properties: object) => ({
  type: "object",
  properties: { spec: { type: "object", properties } },
});
const STACKS = spec({ stacks: { type: "array", items: text } });
const COLLECTIONS = spec({ collections: { type: "array", items: text } });
const BOTH = spec({ stacks: { type: "array", items: text }, collections: { type: "array", items: text } });

interface Version {
  name: string;
  served?: boolean;
  storage?: boolean;
  schema: object;
}

function crd(versions: readonly Version[], more: { strategy?: string; storedVersions?: string[] } = {}) {
  return {
    spec: {
      conversion: { strategy: more.strategy ?? "None" },
      versions: versions.map(({ schema, served = true, storage = false, name }) => ({
        name,
        served,
        storage,
        schema: { openAPIV3Schema: schema },
      })),
    },
    status: { storedVersions: more.storedVersions ?? versions.filter((v) => v.storage).map((v) => v.name) },
  };
}

const PREFERRED = { name: "v1alpha2", schema: STACKS };
const STORED = { name: "v1alpha1", storage: true, schema: COLLECTIONS };

interface Case {
  what: string;
  crd: ReturnType<typeof crd>;
  version: string;
  warning?: RegExp;
}

const CASES: readonly Case[] = [
  { what: "the stored version is served", crd: crd([PREFERRED, STORED]), version: "v1alpha1" },
  {
    what: "the preferred version is the stored one",
    crd: crd([
      { ...PREFERRED, storage: true },
      { name: "v1alpha1", schema: COLLECTIONS },
    ]),
    version: "v1alpha2",
  },
  {
    what: "the stored version is not served",
    crd: crd([PREFERRED, { ...STORED, served: false }]),
    version: "v1alpha2",
    warning:
      /^kabaneros\.kabanero\.io are stored as v1alpha1, which the API server does not serve, and read as v1alpha2, which has no spec\.collections: .*; set served: true for v1alpha1/,
  },
  {
    what: "the stored version is not served, and is the same but for its name",
    crd: crd([PREFERRED, { ...STORED, served: false, schema: STACKS }]),
    version: "v1alpha2",
  },
  {
    what: "a webhook converts",
    crd: crd([PREFERRED, STORED], { strategy: "Webhook" }),
    version: "v1alpha2",
    warning: /has no spec\.collections: .* what the conversion webhook makes of them/,
  },
  {
    what: "a webhook converts, and the preferred version knows all fields",
    crd: crd([{ ...PREFERRED, schema: BOTH }, STORED], { strategy: "Webhook" }),
    version: "v1alpha2",
  },
  {
    what: "objects of a version that was stored before",
    crd: crd(
      [
        { ...PREFERRED, storage: true },
        { name: "v1alpha1", schema: COLLECTIONS },
      ],
      {
        storedVersions: ["v1alpha1", "v1alpha2"],
      },
    ),
    version: "v1alpha2",
    warning:
      /last written when v1alpha1 was the stored version may have spec\.collections, which v1alpha2 has not/,
  },
  {
    what: "objects of a version that was stored before, of which the new one knows all fields",
    crd: crd(
      [
        { ...PREFERRED, storage: true, schema: BOTH },
        { name: "v1alpha1", schema: COLLECTIONS },
      ],
      {
        storedVersions: ["v1alpha1", "v1alpha2"],
      },
    ),
    version: "v1alpha2",
  },
];

describe("the version in which custom resources are read", () => {
  for (const { what, crd, version, warning } of CASES)
    it(what, () => {
      const chosen = chooseReadVersion(RESOURCE, crd);
      assert.equal(chosen.version, version);
      if (warning === undefined) assert.equal(chosen.warning, undefined);
      else assert.match(chosen.warning ?? "", warning);
    });
});

describe("fields that another schema does not know", () => {
  const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
  const open = { "x-kubernetes-preserve-unknown-fields": true };
  const SCHEMAS: readonly (readonly [what: string, stored: object, read: object, lost: string[]])[] = [
    ["none", object({ a: text }), object({ a: text, b: text }), []],
    ["one, by its path", object({ a: object({ b: text }) }), object({ a: object({}) }), ["a.b"]],
    ["what every object has", object({ metadata: { type: "object" }, kind: text }), object({}), []],
    ["none where all is kept", object({ a: text }), object({}, open), []],
    ["none in a member where all is kept", object({ a: object({ b: text }) }), object({ a: open }), []],
    [
      "of the items of a list",
      object({ a: { type: "array", items: object({ b: text }) } }),
      object({ a: { type: "array", items: object({}) } }),
      ["a[].b"],
    ],
    [
      "of the values of a map",
      object({ a: { additionalProperties: object({ b: text }) } }),
      object({ a: { additionalProperties: object({ c: text }) } }),
      ["a.*.b"],
    ],
    ["a map", object({ a: { additionalProperties: text } }), object({ a: object({}) }), ["a.*"]],
    [
      "a name within a map",
      object({ a: object({ b: text }) }),
      object({ a: { additionalProperties: text } }),
      [],
    ],
    ["any", object({ a: open }), object({ a: object({ b: text }) }), ["a.*"]],
    ["any at all", open, object({ a: text }), ["*"]],
  ];
  for (const [what, stored, read, lost] of SCHEMAS)
    it(what, () => assert.deepEqual(lostFields(stored as never, read as never), lost));
});
