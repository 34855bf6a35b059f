import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type Archive, openArchive } from "../../../../src/archive/reader.ts";
import type { RestoreFlags } from "../../../../src/commands/restore/flags.ts";
import { readRestoreOptions } from "../../../../src/commands/restore/restore-request.ts";
import { type RestoreScope, resolveScope } from "../../../../src/commands/restore/scope.ts";
import { OperatorError, UsageError } from "../../../../src/errors.ts";
import {
  memorySource,
  NAMESPACES,
  NEVER,
  REPLICA_SETS,
  SECRETS,
  sampleObject,
  writeSample,
} from "../../../support/samples/sample-archive.ts";

let archive: Archive;

before(async () => {
  const red = sampleObject(SECRETS, "shop", "red");
  const { bytes } = await writeSample([
    sampleObject(NAMESPACES, undefined, "data"),
    sampleObject(NAMESPACES, undefined, "empty"),
    sampleObject(NAMESPACES, undefined, "shop"),
    sampleObject(SECRETS, "data", "login"),
    sampleObject(SECRETS, "shop", "login"),
    { ...red, text: red.text.replace('"name":"red"', '"name":"red","labels":{"color":"red"}') },
    sampleObject(REPLICA_SETS, "shop", "web"),
  ]);
  archive = await openArchive(memorySource(bytes), NEVER);
});

async function scope(flags: Partial<RestoreFlags>, home = "default"): Promise<RestoreScope> {
  const all = {
    "all-namespaces": false,
    existing: "skip",
    paused: false,
    "restore-status": false,
    prune: false,
    undo: false,
    wait: false,
    "wait-for-jobs": false,
    lock: true,
    unencrypted: false,
    yes: true,
    flag: true,
    deleted: false,
    ...flags,
  };
  const request = readRestoreOptions(all, { now: new Date("2026-01-31T12:00:00Z") });
  const { namespaces = [home] } = request;
  return await resolveScope(
    archive,
    { request, homes: namespaces === "all" ? undefined : namespaces },
    NEVER,
  );
}

describe("what of a backup is asked for", () => {
  const rows: [
    title: string,
    flags: Partial<RestoreFlags>,
    objects: number,
    namespaces: string[],
    whole?: true,
  ][] = [
    ["nothing said", {}, 7, ["data", "empty", "shop"], true],
    ["a namespace", { namespace: ["shop"] }, 4, ["shop"]],
    ["a namespace that is empty", { namespace: ["empty"] }, 1, ["empty"]],
    ["patterns of namespaces", { "include-namespaces": ["*a*", "shop"] }, 6, ["data", "shop"]],
    ["namespaces but one", { "exclude-namespaces": ["shop"] }, 3, ["data", "empty"]],
    ["what is mapped", { "namespace-mapping": ["shop=shop-2"] }, 4, ["shop"]],
    [
      "an object of what is mapped",
      { words: ["secret/login"], "namespace-mapping": ["data=x"] },
      1,
      ["data"],
    ],
    ["a kind", { "include-kinds": ["secret"] }, 3, ["data", "empty", "shop"]],
    ["all kinds but one", { "exclude-kinds": ["secrets"] }, 4, ["data", "empty", "shop"]],
    ["a label", { selector: "color=red" }, 1, ["data", "empty", "shop"]],
    ["an object where the context points", { words: ["secret/login"] }, 1, ["shop"]],
    ["an object in a namespace", { words: ["secret/login"], namespace: ["data"] }, 1, ["data"]],
    [
      "an object in two namespaces",
      { words: ["secret/login"], namespace: ["data", "shop"] },
      2,
      ["data", "shop"],
    ],
    ["an object by pattern", { words: ["secret", "login"], namespace: ["d*"] }, 1, ["data"]],
    ["a kind where the context points", { words: ["secrets"] }, 2, ["shop"]],
    ["a kind everywhere", { words: ["secrets"], "all-namespaces": true }, 3, ["data", "empty", "shop"]],
    ["a kind by label", { words: ["secrets"], selector: "color=red" }, 1, ["shop"]],
    [
      "all Namespaces as a kind, wherever the context points",
      { words: ["namespaces"] },
      3,
      ["data", "empty", "shop"],
    ],
    ["objects of two kinds", { words: ["secret/login", "replicaset/web"] }, 2, ["shop"]],
    ["a namespace by name, wherever the context points", { words: ["namespace/data"] }, 1, ["data"]],
    [
      "a namespace, and what is in another",
      { words: ["namespace/data", "secret/login"] },
      2,
      ["data", "shop"],
    ],
  ];
  for (const [title, flags, objects, namespaces, whole = false] of rows) {
    it(title, async () => {
      const found = await scope(flags, "shop");
      assert.deepEqual([found.objects, [...found.namespaces], found.whole], [objects, namespaces, whole]);
    });
  }

  it("a mapped restore of everything is no restore of the whole", async () => {
    const found = await scope({ "namespace-mapping": ["shop=shop-2"], "all-namespaces": true });
    assert.deepEqual([...found.namespaces], ["data", "empty", "shop"]);
    assert.equal(found.whole, false);
    assert.deepEqual([...found.namespaceMapping], [["shop", "shop-2"]]);
  });
});

describe("what a backup does not hold is refused by name", () => {
  const rows: [
    title: string,
    flags: Partial<RestoreFlags>,
    status: 1 | 2,
    message: RegExp,
    advice?: RegExp,
  ][] = [
    [
      "a namespace that is a slip",
      { namespace: ["shpo"] },
      2,
      /^"shpo" is no namespace that backup_20260102T030406Z holds: did you mean shop\?$/,
      /^It holds data, empty, shop$/,
    ],
    [
      "one of several",
      { "include-namespaces": ["shop", "web"] },
      2,
      /^"web" is no namespace that backup_\w+ holds$/,
    ],
    ["a kind", { "include-kinds": ["sercets"] }, 2, /^"sercets" is no kind .* did you mean secrets\?$/],
    ["a named kind", { words: ["widget/a"] }, 2, /^"widget" is no kind/],
    [
      "a pattern that fits nothing",
      { "include-namespaces": ["x*"] },
      1,
      /holds nothing of what is asked for$/,
    ],
    ["a label that nothing has", { selector: "color=blue" }, 1, /holds nothing of what is asked for$/],
    [
      "an object that is elsewhere",
      { words: ["secret/login"] },
      1,
      /^Cannot restore secret\/login: backup_\w+ holds none such in the namespace default$/,
      /^Say where it is with --namespace: data, shop$/,
    ],
    [
      "one object of two",
      { words: ["secret/login", "secret/nobody"], namespace: ["shop"] },
      1,
      /^Cannot restore secret\/nobody: /,
      /^No namespace of it holds one/,
    ],
    ["a namespace by name", { words: ["ns/nowhere"] }, 2, /"ns" is no kind/],
    ["a mapping of nothing", { "namespace-mapping": ["web=web-2"] }, 2, /^"web" is no namespace that /],
    [
      "two namespaces into one",
      { "namespace-mapping": ["shop=data"], "all-namespaces": true },
      2,
      /both end in data/,
    ],
    [
      "a mapping of what is not asked for",
      { namespace: ["data"], "namespace-mapping": ["shop=shop-2"] },
      2,
      /nothing of shop is to be restored/,
    ],
  ];
  for (const [title, flags, status, message, advice = /^/] of rows) {
    it(title, async () => {
      await assert.rejects(scope(flags), (error) => {
        assert.ok(error instanceof OperatorError, String(error));
        assert.equal(error instanceof UsageError, status === 2);
        assert.match(error.message, message);
        assert.match(error.advice ?? "", advice);
        return true;
      });
    });
  }
});
