import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coveredBy } from "../../../src/commands/export/covered-by.ts";
import type { Resource } from "../../../src/kubernetes/resource.ts";
import { parseObjectFile } from "../../../src/print/folder/file-name.ts";
import { compileSelection, type SelectionOptions } from "../../../src/selection/selection.ts";

const RESOURCES: Resource[] = [
  { group: "", version: "v1", resource: "namespaces", kind: "Namespace", namespaced: false },
  { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true },
  { group: "apps", version: "v1", resource: "deployments", kind: "Deployment", namespaced: true },
];
const FILES = [
  "_cluster/namespaces/shop.yaml",
  "_cluster/namespaces/data.yaml",
  "shop/configmaps/a.yaml",
  "shop/deployments.apps/a.yaml",
  "shop/widgets.example.com/a.yaml",
  "data/configmaps/a.yaml",
];

describe("of the files of an export before, this one covers", () => {
  const rows: [title: string, options: SelectionOptions, covered: number[]][] = [
    ["all without a selection", {}, [0, 1, 2, 3, 4, 5]],
    ["those of a namespace, of kinds that are gone too", { includeNamespaces: ["shop"] }, [0, 2, 3, 4]],
    ["those of all namespaces but one", { excludeNamespaces: ["shop"] }, [1, 5]],
    ["those of a kind", { includeKinds: ["configmaps"] }, [2, 5]],
    ["those of all kinds but one that the backup holds", { excludeKinds: ["configmaps"] }, [0, 1, 3]],
    ["none by labels", { selector: "app=web" }, []],
  ];
  for (const [title, options, covered] of rows) {
    it(title, () => {
      const byKind = (options.includeKinds ?? options.excludeKinds) !== undefined;
      const facts = {
        resources: RESOURCES,
        untold: new Set<string>(),
        byKind,
        byLabel: options.selector !== undefined,
      };
      const covers = coveredBy(compileSelection(options, RESOURCES, "backup"), facts);
      const found = FILES.filter((file) => covers(parseObjectFile(file) ?? assert.fail(file)));
      assert.deepEqual(
        found,
        covered.map((index) => FILES[index]),
      );
    });
  }
  for (const options of [{}, { includeNamespaces: ["shop"] }]) {
    it(`none of what the backup could not read, or is not written: ${JSON.stringify(options)}`, () => {
      const untold = new Set(["configmaps", "widgets.example.com"]);
      const facts = { resources: RESOURCES, untold, byKind: false, byLabel: false };
      const covers = coveredBy(compileSelection(options, RESOURCES, "backup"), facts);
      const found = FILES.filter((file) => covers(parseObjectFile(file) ?? assert.fail(file)));
      assert.ok(found.includes("shop/deployments.apps/a.yaml"));
      assert.deepEqual(
        found.filter((file) => /configmaps|widgets/.test(file)),
        [],
      );
    });
  }
});
