import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ObjectGroup, type ObjectNames, searchNames } from "../../../../src/commands/ui/object-names.ts";

const GROUPS: [ObjectGroup, string[]][] = [
  [{ resource: "namespaces", kind: "Namespace", namespace: null, objects: 2 }, ["shop", "web"]],
  [{ resource: "deployments.apps", kind: "Deployment", namespace: "shop", objects: 2 }, ["api", "web"]],
  [{ resource: "configmaps", kind: "ConfigMap", namespace: "web", objects: 3 }, ["a", "b", "c"]],
];

/** The names, and which groups were read. */
function names(): { names: ObjectNames; read: string[] } {
  const read: string[] = [];
  return {
    read,
    names: {
      groups: async () => GROUPS.map(([group]) => group),
      of: async (group) => {
        read.push(group.resource);
        return GROUPS.find(([each]) => each === group)?.[1] ?? [];
      },
    },
  };
}

describe("a search among the names of a moment", () => {
  const cases: [string, string[], string[]][] = [
    ["by a name", ["api"], ["shop/api"]],
    ["by name and namespace, whatever the case", ["WEB"], ["/web", "shop/web", "web/a", "web/b", "web/c"]],
    ["by several words, all of which fit", ["shop", "web"], ["shop/web"]],
    ["by kind and name", ["deploy", "web"], ["shop/web"]],
    ["by the end of a namespace and the beginning of a name", ["shop/w"], ["shop/web"]],
    ["by words that are nowhere", ["api", "configmap"], []],
  ];
  for (const [title, words, expected] of cases)
    it(title, async () => {
      const found = await searchNames(names().names, { words }, { offset: 0, limit: 10 });
      assert.deepEqual(
        found.objects.map(({ namespace, name }) => `${namespace ?? ""}/${name}`),
        expected,
      );
      assert.equal(found.total, expected.length);
    });

  it("gives a part, and counts all", async () => {
    const found = await searchNames(names().names, { words: [] }, { offset: 3, limit: 2 });
    assert.deepEqual(
      found.objects.map(({ name }) => name),
      ["web", "a"],
    );
    assert.equal(found.total, 7);
  });

  it("reads no group of which nothing is shown and everything fits", async () => {
    const { names: of, read } = names();
    await searchNames(of, { words: [] }, { offset: 2, limit: 2 });
    assert.deepEqual(read, ["deployments.apps"]);
  });
});
