import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { assertDocument, SCHEMAS, schemaOf } from "../../support/program/json-document.ts";

const names = readdirSync(SCHEMAS)
  .filter((file) => file.endsWith(".schema.json"))
  .map((file) => file.replace(/\.schema\.json$/, ""));

interface Schema {
  [member: string]: unknown;
}

function read(name: string): Schema {
  return JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), "utf8"));
}

/** Every schema within a schema. */
function* within(value: unknown): Generator<Schema> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Schema;
  for (const each of Object.values(value)) yield* within(each);
}

for (const name of names) {
  test(`the schema of ${name} lets in nothing that it does not name`, () => {
    const schema = read(name);
    const { properties, required } = schema as { properties: Schema; required: string[] };
    assert.deepEqual(properties["schemaVersion"], { const: 1 });
    assert.ok(required.includes("schemaVersion"));
    for (const each of within(schema)) {
      if (!("properties" in each) || Array.isArray(each["properties"])) continue;
      if (typeof each["type"] !== "string") continue;
      assert.equal(each["additionalProperties"], false, JSON.stringify(each).slice(0, 200));
      for (const member of each["required"] as string[]) assert.ok(member in (each["properties"] as Schema));
    }
  });

  test(`docs/schemas/README.md names the schema of ${name}`, () => {
    assert.match(
      readFileSync(path.join(SCHEMAS, "README.md"), "utf8"),
      new RegExp(`\\]\\(${name}\\.schema\\.json\\)`),
    );
  });
}

test("what two schemas call by one name is one thing", () => {
  const known = new Map<string, { of: string; schema: unknown }>();
  for (const name of names) {
    for (const [title, schema] of Object.entries((read(name)["$defs"] ?? {}) as Schema)) {
      const other = known.get(title);
      if (other !== undefined) assert.deepEqual(schema, other.schema, `${title} in ${name} and ${other.of}`);
      known.set(title, { of: name, schema });
    }
  }
});

test("a member of one name has one type in all documents", () => {
  const types: Readonly<Record<string, RegExp>> = {
    sizeBytes: /"#\/\$defs\/count"/,
    ageSeconds: /"integer"/,
    time: /"#\/\$defs\/time"/,
    cluster: /"#\/\$defs\/cluster(?:Here)?"|"context"/,
    missing: /"#\/\$defs\/missing"/,
    notKept: /"#\/\$defs\/notKept"/,
    tags: /"#\/\$defs\/tags"/,
    namespace: /"null"/,
    reason: /"string"/,
    state: /"(?:enum|const)"/,
    gate: /"#\/\$defs\/gate"/,
  };
  for (const name of names) {
    for (const each of within(read(name))) {
      for (const [member, type] of Object.entries((each["properties"] ?? {}) as Schema)) {
        const expected = types[member];
        if (expected !== undefined) assert.match(JSON.stringify(type), expected, `${member} of ${name}`);
      }
    }
  }
});

const VERSION = { schemaVersion: 1, version: "1.0.0", commit: "abc", runtime: "Node 24" };
const WRONG: [title: string, document: object][] = [
  ["a member more", { ...VERSION, more: 1 }],
  ["a member less", { ...VERSION, commit: undefined }],
  ["another version of the schemas", { ...VERSION, schemaVersion: 2 }],
  ["an error after success", { schemaVersion: 1, error: "no", advice: null, exitStatus: 1 }],
];

test("a document is held to its schema", () => {
  const run = (document: object, status = 0) =>
    assertDocument(["version", "-o", "json"], { status, stdout: JSON.stringify(document) });
  run(VERSION);
  run({ schemaVersion: 1, error: "no", advice: null, exitStatus: 1 }, 1);
  for (const [title, document] of WRONG) assert.throws(() => run(document), /version -o json/, title);
  assert.throws(() => assertDocument(["version", "--output=json"], { status: 0, stdout: "no JSON" }));
});

test("times have no fractions, and no other zone than UTC", () => {
  const side = { kind: "cluster", name: "blue" };
  const diff = (time: string) =>
    schemaOf("diff").safeParse({
      ...{ schemaVersion: 1, left: { ...side, time }, right: { ...side, time }, items: [], notes: [] },
      summary: { added: 0, changed: 0, removed: 0, alike: 0 },
    }).success;
  assert.equal(diff("2026-01-31T12:00:00Z"), true);
  assert.equal(diff("2026-01-31T12:00:00.000Z"), false);
  assert.equal(diff("2026-01-31T13:00:00+01:00"), false);
});
