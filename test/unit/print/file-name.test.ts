import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  encodeName,
  type ObjectFileParts,
  objectFile,
  parseObjectFile,
} from "../../../src/print/folder/file-name.ts";

const place = (name: string, namespace: string | undefined = "shop"): ObjectFileParts => ({
  namespace,
  resource: "deployments.apps",
  name,
});

const FILES: [place: ObjectFileParts, file: string][] = [
  [place("web"), "shop/deployments.apps/web.yaml"],
  [place("a.b-c"), "shop/deployments.apps/a.b-c.yaml"],
  [
    { namespace: undefined, resource: "clusterroles.rbac.authorization.k8s.io", name: "system:node" },
    "_cluster/clusterroles.rbac.authorization.k8s.io/system%3Anode.yaml",
  ],
  [place("Team"), "shop/deployments.apps/%54eam.yaml"],
  [place("con"), "shop/deployments.apps/%63on.yaml"],
  [place("con.d"), "shop/deployments.apps/%63on.d.yaml"],
  [place("lpt1"), "shop/deployments.apps/%6Cpt1.yaml"],
  [place("console"), "shop/deployments.apps/console.yaml"],
  [place("web", "aux"), "%61ux/deployments.apps/web.yaml"],
  [place(".git"), "shop/deployments.apps/%2Egit.yaml"],
  [place(".."), "shop/deployments.apps/%2E..yaml"],
  [place("../../etc/passwd"), "shop/deployments.apps/%2E.%2F..%2Fetc%2Fpasswd.yaml"],
  [place("web", ".."), "%2E./deployments.apps/web.yaml"],
  [place("web", "_cluster"), "%5Fcluster/deployments.apps/web.yaml"],
  [place("a\\b"), "shop/deployments.apps/a%5Cb.yaml"],
  [place("a%3Ab"), "shop/deployments.apps/a%253%41b.yaml"],
  [place("ü"), "shop/deployments.apps/%C3%BC.yaml"],
  [place("a".repeat(253)), `shop/deployments.apps/${"a".repeat(200)}+/${"a".repeat(53)}.yaml`],
];

describe("an object's file", () => {
  for (const [object, file] of FILES) {
    it(`is ${file}`, () => {
      assert.equal(objectFile(object), file);
      assert.deepEqual(parseObjectFile(file), object);
    });
  }

  it("is one that every file system can have, and from which the name can be read", () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 400, unit: fc.constantFrom(..."aAbC.:/\\%+-_1ü😀\n ") }),
      fc.string({ minLength: 1, unit: "grapheme" }),
      fc.constantFrom("con", "nul.a", "com1", ".", "..", "+", "%", "a".repeat(1_000)),
    );
    fc.assert(
      fc.property(name, (original) => {
        const file = objectFile(place(original));
        assert.deepEqual(parseObjectFile(file), place(original));
        for (const part of file.split("/")) {
          assert.match(part, /^(?:[a-z0-9%+-]|%[0-9A-F]{2})[-a-z0-9.%A-F+]*$/);
          assert.ok(Buffer.byteLength(part) <= 255);
          assert.doesNotMatch(part, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/);
        }
      }),
      { numRuns: 1000, seed: 20260131 },
    );
  });

  it("is not another object's, in any case of letters", () => {
    const names = ["a", "A", "%41", "a:", "A:", "a%3a", "%61", "aa+", "+/", "con", "Con"];
    for (const length of [199, 200, 201, 400]) names.push("b".repeat(length));
    const files = names.map((name) => encodeName(name).toLowerCase());
    assert.equal(new Set(files).size, names.length, files.join("\n"));
  });

  it("is not what no export writes", () => {
    for (const path of [
      ...[
        "",
        "web.yaml",
        "shop/web.yaml",
        "../a/b.yaml",
        "shop/../b.yaml",
        ".git/a/b.yaml",
        "shop/a/.yaml",
        "shop/a/b.yml",
      ],
      ...[
        "/shop/a/b.yaml",
        "shop//b.yaml",
        "Shop/a/b.yaml",
        "shop/a/b/c.yaml",
        "shop/a/%62.yaml",
        "shop/a/../../x.yaml",
      ],
      ...["shop/a/b+/c.yaml", "shop/a/con.yaml", "shop/a/b.yaml ", "# shop/a/b.yaml"],
    ])
      assert.equal(parseObjectFile(path), undefined, path);
  });
});
