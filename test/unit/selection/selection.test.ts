import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { compileSelection, EVERYTHING, type SelectionOptions } from "../../../src/selection/selection.ts";
import { RESOURCES, resource } from "./sample-resources.ts";

const compile = (options: SelectionOptions) => compileSelection(options, RESOURCES, "backup_1");

/** An object, as `kind namespace/name labels`. */
type Written = [
  resource: string,
  namespace: string | undefined,
  name: string,
  labels?: Record<string, string>,
];

const OBJECTS: Record<string, Written> = {
  web: ["deployments.apps", "shop", "web", { app: "web" }],
  api: ["deployments.apps", "team-a", "api", { app: "api" }],
  config: ["configmaps", "shop", "config", { app: "web" }],
  token: ["secrets", "team-b", "token"],
  shop: ["namespaces", undefined, "shop", { app: "web" }],
  teamA: ["namespaces", undefined, "team-a"],
  role: ["clusterroles.rbac.authorization.k8s.io", undefined, "reader", { app: "web" }],
};
const ALL = Object.keys(OBJECTS);

const CASES: [title: string, options: SelectionOptions, selected: string[]][] = [
  ["nothing said", {}, ALL],
  ["a namespace: itself and what is in it", { includeNamespaces: ["shop"] }, ["web", "config", "shop"]],
  ["a glob", { includeNamespaces: ["team-*"] }, ["api", "token", "teamA"]],
  ["a glob of one character", { includeNamespaces: ["team-?"] }, ["api", "token", "teamA"]],
  ["a set of characters", { includeNamespaces: ["team-[ac]"] }, ["api", "teamA"]],
  ["namespaces and globs", { includeNamespaces: ["shop", "*-b"] }, ["web", "config", "token", "shop"]],
  ["all namespaces but", { excludeNamespaces: ["team-*"] }, ["web", "config", "shop", "role"]],
  ["both", { includeNamespaces: ["team-*"], excludeNamespaces: ["team-b"] }, ["api", "teamA"]],
  ["no namespace at all", { includeNamespaces: [] }, []],
  ["a kind", { includeKinds: ["deploy"] }, ["web", "api"]],
  ["kinds by several names", { includeKinds: ["cm", "Secret"] }, ["config", "token"]],
  ["a category", { includeKinds: ["all"] }, ["web", "api"]],
  ["all kinds but", { excludeKinds: ["secrets", "ns"] }, ["web", "api", "config", "role"]],
  ["a kind taken out of a category", { includeKinds: ["all"], excludeKinds: ["deploy"] }, []],
  ["a kind in a namespace", { includeKinds: ["deploy"], includeNamespaces: ["shop"] }, ["web"]],
  [
    "cluster-scoped objects with a namespace, when their kind is named",
    { includeKinds: ["clusterroles", "cm"], includeNamespaces: ["shop"] },
    ["config", "role"],
  ],
  ["labels", { selector: "app=web" }, ["web", "config", "shop", "role"]],
  ["labels in a namespace", { selector: "app=web", includeNamespaces: ["shop"] }, ["web", "config", "shop"]],
  ["labels that are lacking", { selector: "!app" }, ["token", "teamA"]],
  ["fields", { fieldSelector: "metadata.name=web" }, ["web"]],
  [
    "labels and fields",
    { selector: "app", fieldSelector: "metadata.name!=web" },
    ["api", "config", "shop", "role"],
  ],
  ["an object", { objects: [{ kind: "deploy", name: "web" }] }, ["web"]],
  [
    "objects of several kinds",
    {
      objects: [
        { kind: "deploy", name: "api" },
        { kind: "clusterrole", name: "reader" },
      ],
    },
    ["api", "role"],
  ],
  [
    "an object that is not in the namespace",
    { objects: [{ kind: "deploy", name: "web" }], includeNamespaces: ["team-a"] },
    [],
  ],
  ["a Namespace by its name", { objects: [{ kind: "ns", name: "shop" }] }, ["shop"]],
  ["no object", { objects: [] }, []],
];

describe("a selection", () => {
  for (const [title, options, expected] of CASES) {
    it(title, () => {
      const selection = compile(options);
      const selected = ALL.filter((key) => {
        const [kind, namespace, name, labels] = OBJECTS[key] as Written;
        const metadata = {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          ...(labels && { labels }),
        };
        const taken = selection.object(resource(kind), { metadata });
        // Whole resources and namespaces are passed over by what these say.
        if (taken) assert.ok(selection.resource(resource(kind)), `${key}: its resource`);
        if (taken && namespace !== undefined)
          assert.ok(selection.namespace(namespace), `${key}: its namespace`);
        return taken;
      });
      assert.deepEqual(selected, expected);
    });
  }

  it("passes over resources and namespaces of which nothing can be asked for", () => {
    const selection = compile({ includeKinds: ["cm"], includeNamespaces: ["shop"] });
    assert.equal(selection.resource(resource("secrets")), false);
    assert.equal(selection.resource(resource("configmaps")), true);
    assert.equal(selection.namespace("team-a"), false);
    const named = compile({ includeNamespaces: ["shop"] });
    assert.equal(named.resource(resource("clusterroles.rbac.authorization.k8s.io")), false);
    assert.equal(named.resource(resource("namespaces")), true);
  });

  it("is whole where nothing narrows it", () => {
    for (const options of [{}, { excludeNamespaces: [] }, { excludeKinds: [] }])
      assert.equal(compile(options).whole, true, JSON.stringify(options));
    for (const [, options, selected] of CASES)
      if (selected.length < ALL.length) assert.equal(compile(options).whole, false, JSON.stringify(options));
    assert.equal(EVERYTHING.whole, true);
  });

  const wrong: [options: SelectionOptions, problem: RegExp][] = [
    [{ includeNamespaces: ["Shop"] }, /"Shop" is no namespace's name/],
    [{ includeNamespaces: ["a/b"] }, /"a\/b" is no namespace's name/],
    [{ includeNamespaces: ["!shop"] }, /"!shop" is no namespace's name/],
    [{ includeNamespaces: ["{a,b}"] }, /is no namespace's name/],
    [{ excludeNamespaces: [""] }, /"" is no namespace's name/],
    [{ includeKinds: ["pods"] }, /"pods" is no kind that backup_1 holds/],
    [{ excludeKinds: ["secretss"] }, /did you mean secrets\?/],
    [{ objects: [{ kind: "pod", name: "x" }] }, /"pod" is no kind/],
    [{ selector: "a b" }, /is no label selector/],
    [{ fieldSelector: "a" }, /is no field selector/],
  ];
  for (const [options, problem] of wrong) {
    it(`${JSON.stringify(options)} is none`, () => {
      assert.throws(
        () => compile(options),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, problem);
          return true;
        },
      );
    });
  }
});
