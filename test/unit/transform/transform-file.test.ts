import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { parseTransform } from "../../../src/transform/transform-file.ts";

const PATCH = "patch: [{op: remove, path: /spec/replicas}]";

function problemsOf(text: string): readonly string[] {
  try {
    parseTransform("t.yaml", text);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe("what is no file of patches", () => {
  const rows: [title: string, text: string, ...problems: RegExp[]][] = [
    ["nothing", "", /^t\.yaml: it has no patches$/],
    ["no YAML", "patches: [", /^t\.yaml: it is no YAML, from line 1 on/],
    [
      "an infinite number",
      "patches: [{target: {kind: A}, patch: {spec: {a: .inf}}}]",
      /a value that JSON has not/,
    ],
    [
      "a number that is too large",
      "patches: [{target: {kind: A}, patch: {spec: {a: 1e400}}}]",
      /JSON has not/,
    ],
    ["bytes", "patches: [{target: {kind: A}, patch: {data: {a: !!binary aGk=}}}]", /JSON has not/],
    [
      "bytes within text",
      'patches: [{target: {kind: A}, patch: "data: {a: !!binary aGk=}"}]',
      /patch: .*JSON has not/,
    ],
    ["a list", "- a", /^t\.yaml: it has no patches$/],
    ["no patches", "patches: []", /^t\.yaml: patches is no list of patches$/],
    [
      "another member of a kustomization",
      `images: []\npatches: [{target: {kind: A}, ${PATCH}}]`,
      /^t\.yaml: unknown field images$/,
    ],
    ["a typo", `patch: []`, /unknown field patch: did you mean patches\?/, /no list/],
    [
      "another kind",
      `kind: Deployment\npatches: [{target: {kind: A}, ${PATCH}}]`,
      /those of no Kustomization/,
    ],
    ["a file of its own", "patches: [{path: a.yaml}]", /^patch 1 of t\.yaml: path names another file/],
    [
      "an option of kustomize",
      `patches: [{target: {kind: A}, options: {allowNameChange: true}, ${PATCH}}]`,
      /unknown field options/,
    ],
    ["an empty target", `patches: [{target: {}, ${PATCH}}]`, /target names nothing/],
    [
      "an unknown field of a target",
      `patches: [{target: {names: a}, ${PATCH}}]`,
      /target: unknown field names: did you mean name/,
    ],
    [
      "no regular expression",
      `patches: [{target: {name: "a("}, ${PATCH}}]`,
      /target\.name is no regular expression: "a\("/,
    ],
    [
      "no selector",
      `patches: [{target: {labelSelector: "a=(b"}, ${PATCH}}]`,
      /target\.labelSelector is no label selector/,
    ],
    ["a number", `patches: [{target: {name: 1}, ${PATCH}}]`, /target\.name is no text/],
    ["no patch", "patches: [{target: {kind: A}}]", /patch is neither/],
    ["an empty patch", "patches: [{target: {kind: A}, patch: []}]", /patch is neither/],
    ["text that is no YAML", 'patches: [{target: {kind: A}, patch: "["}]', /patch: it is no YAML/],
    [
      "an operation that there is not",
      "patches: [{target: {kind: A}, patch: [{op: set, path: /a}]}]",
      /operation 1: op is none of/,
    ],
    [
      "no pointer",
      "patches: [{target: {kind: A}, patch: [{op: remove, path: a}]}]",
      /path is no JSON pointer/,
    ],
    [
      "the whole object",
      "patches: [{target: {kind: A}, patch: [{op: replace, path: '', value: {}}]}]",
      /path is no JSON pointer/,
    ],
    [
      "a bad escape",
      "patches: [{target: {kind: A}, patch: [{op: remove, path: /a~2}]}]",
      /path is no JSON pointer/,
    ],
    ["no value", "patches: [{target: {kind: A}, patch: [{op: add, path: /a}]}]", /add needs a value/],
    ["no from", "patches: [{target: {kind: A}, patch: [{op: move, path: /a}]}]", /from is no JSON pointer/],
    [
      "a member of an operation",
      "patches: [{target: {kind: A}, patch: [{op: remove, path: /a, val: 1}]}]",
      /unknown field val/,
    ],
    ["a JSON patch without a target", `patches: [{${PATCH}}]`, /it has no target, and does not name/],
    [
      "a merge patch without a target or name",
      "patches: [{patch: {spec: {a: 1}}}]",
      /it has no target, and does not name/,
    ],
    [
      "a directive",
      "patches: [{target: {kind: A}, patch: {spec: {$patch: delete}}}]",
      /\$patch is of strategic merge patches/,
    ],
    [
      "a directive of a list",
      "patches: [{target: {kind: A}, patch: {spec: {$setElementOrder/containers: []}}}]",
      /\$setElementOrder\/containers is of strategic/,
    ],
    [
      "a prototype in a merge patch",
      'patches: [{target: {kind: A}, patch: {"__proto__": {a: 1}}}]',
      /__proto__ is the name of no field/,
    ],
    [
      "a prototype in a value",
      'patches: [{target: {kind: A}, patch: [{op: add, path: /a, value: {b: {"__proto__": {a: 1}}}}]}]',
      /__proto__ is the name of no field/,
    ],
    [
      "a prototype in a path",
      "patches: [{target: {kind: A}, patch: [{op: add, path: /__proto__/a, value: 1}]}]",
      /leads to no field/,
    ],
    [
      "a constructor",
      "patches: [{target: {kind: A}, patch: [{op: add, path: /constructor/prototype/a, value: 1}]}]",
      /leads to no field/,
    ],
  ];
  for (const [title, text, ...problems] of rows) {
    test(title, () => {
      const found = problemsOf(text);
      assert.equal(found.length, problems.length, found.join("\n"));
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? "", problem);
    });
  }
});

test("all problems of a file are said at once", () => {
  assert.equal(
    problemsOf("patches: [{target: {kind: A}}, {target: {}, patch: {a: 1}}, {patch: {a: 1}}]").length,
    3,
  );
});

test("the file of docs/transform.md is one", () => {
  const text = readFileSync(path.join(import.meta.dirname, "../../../docs/transform.md"), "utf8");
  const [, yaml = ""] = /^```yaml\n(.*?)^```$/ms.exec(text) ?? [];
  assert.equal(parseTransform("new-cluster.yaml", yaml).patches.length, 5);
});

test("a Kustomization of patches alone is one, and a patch may be a text", () => {
  const { file, patches } = parseTransform(
    "dir/t.yaml",
    `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 12345678901234567890
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: a.b, namespace: shop}
      spec: {replicas: 1}
`,
  );
  assert.equal(file, "dir/t.yaml");
  assert.deepEqual(
    patches.map(({ title, names }) => [title, names]),
    [
      ["patch 1 of dir/t.yaml", undefined],
      ["patch 2 of dir/t.yaml", "Deployment shop/a.b"],
    ],
  );
  assert.match(JSON.stringify(patches[0]?.change), /"value":12345678901234567890/);
  const target = patches[1]?.target;
  assert.equal(target?.name?.test("a.b"), true);
  assert.equal(target?.name?.test("axb"), false);
});
