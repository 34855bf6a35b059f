/** The time that the comparison of one large object takes: it must not grow with the square of what differs. */

import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import type { Comparison } from "../../../src/compare/document.ts";
import { changesOf } from "../../../src/compare/field-changes.ts";
import { pageChunks } from "../../../src/compare/html/page.ts";
import { comparisonText } from "../../../src/compare/text/comparison-text.ts";

/** Processor time, in seconds, that is much for one object of 900 KB: hundreds of seconds were seen, and now about one. */
const MUCH = 8;

/** Texts and lists of words that differ nearly everywhere, the same in each run. */
class Words {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  word(): string {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.#seed.toString(36);
  }

  line(words: number): string {
    return Array.from({ length: words }, () => this.word()).join(" ");
  }

  text(lines: number, words: number): string {
    return Array.from({ length: lines }, () => this.line(words)).join("\n");
  }
}

type Data = Record<string, unknown>;
const keys = (count: number, value: () => unknown): Data =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, value()]));

const SHAPES: Record<string, (words: Words) => Data> = {
  "450 lines of 250 words": (words) => ({ text: words.text(450, 250) }),
  "one line of 100,000 words": (words) => ({ text: words.line(100_000) }),
  "100,000 lines of a word": (words) => ({ text: words.text(100_000, 1) }),
  "200 texts of 490 lines": (words) => keys(200, () => words.text(490, 1)),
  "100 texts of 990 lines": (words) => keys(100, () => words.text(990, 1)),
  "50 lists of 990 items": (words) => keys(50, () => words.line(990).split(" ")),
  "10,000 texts of ten words": (words) => keys(10_000, () => words.line(10)),
};

function compare(left: Data, right: Data): Comparison {
  const fields = changesOf({ data: left }, { data: right });
  const side = { kind: "backup", name: "left", time: "2026-01-31T12:00:00Z" } as const;
  return {
    left: side,
    right: { ...side, name: "right" },
    summary: { added: 0, changed: 1, removed: 0, alike: 0 },
    objects: [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        resource: "configmaps",
        namespace: "shop",
        name: "large",
        change: "changed",
        fields,
      },
    ],
    notes: [],
  };
}

const OUTPUTS: Record<string, (comparison: Comparison) => Iterable<unknown>> = {
  text: (comparison) => comparisonText(comparison, { colored: false, width: 120 }),
  html: (comparison) => pageChunks(comparison, { script: "" }),
};

for (const [output, write] of Object.entries(OUTPUTS)) {
  describe(`a large object as ${output}`, () => {
    for (const [shape, data] of Object.entries(SHAPES)) {
      it(`of ${shape} takes a few seconds at most`, () => {
        const before = process.cpuUsage();
        const written = [...write(compare(data(new Words(1)), data(new Words(2))))];
        const seconds = process.cpuUsage(before).user / 1e6;
        assert.ok(written.length > 0);
        assert.ok(seconds < MUCH, `${seconds} s`);
      });
    }
  });
}
