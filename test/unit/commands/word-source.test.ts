import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wordSource } from "../../../src/commands/complete/word-source.ts";

describe("what can stand at the cursor of restore, get and diff", () => {
  const names = (kinds: string[], given: string[] = []) => ({
    kind: "objects",
    kinds,
    slashed: false,
    given,
  });
  const rows: [line: string, source: object, backups?: number][] = [
    ["", { kind: "kinds", backups: true, slashed: false }],
    ["latest ", { kind: "kinds", backups: false, slashed: false }],
    ["latest ", { kind: "kinds", backups: true, slashed: false }, 2],
    ["latest dep", { kind: "kinds", backups: false, slashed: false }],
    ["deploy ", names(["deploy"])],
    ["deploy w", names(["deploy"])],
    ["latest deploy web ", names(["deploy"], ["web"])],
    ["deploy,svc ", names(["deploy", "svc"])],
    ["deploy/", { kind: "objects", kinds: ["deploy"], slashed: true, given: [] }],
    ["deploy/web svc/w", { kind: "objects", kinds: ["svc"], slashed: true, given: [] }],
    ["deploy/web ", { kind: "kinds", backups: true, slashed: true }],
    ["./back", { kind: "files" }],
    ["/var/", { kind: "files" }],
  ];
  for (const [line, source, backups = 1] of rows) {
    it(`${line}|`, () => {
      const words = line.split(" ");
      assert.deepEqual(wordSource(words.slice(0, -1), words.at(-1) ?? "", { backups }), source);
    });
  }
});
