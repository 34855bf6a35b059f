import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ColorFacts, hasColors } from "../../../src/terminal/colors.ts";

describe("colors", () => {
  const rows: [
    choice: ColorFacts["choice"],
    terminal: boolean,
    environment: Record<string, string>,
    colors: boolean,
  ][] = [
    ["auto", true, {}, true],
    ["auto", false, {}, false],
    ["auto", true, { NO_COLOR: "1" }, false],
    ["auto", true, { NO_COLOR: "" }, true],
    ["auto", true, { TERM: "dumb" }, false],
    ["auto", false, { FORCE_COLOR: "1" }, true],
    ["auto", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["auto", true, { FORCE_COLOR: "0" }, false],
    ["auto", true, { FORCE_COLOR: "false" }, false],
    ["auto", false, { FORCE_COLOR: "" }, false],
    ["always", false, { NO_COLOR: "1", TERM: "dumb" }, true],
    ["never", true, { FORCE_COLOR: "1" }, false],
  ];
  for (const [choice, terminal, environment, colors] of rows) {
    it(`${choice}, ${terminal ? "terminal" : "pipe"}, ${JSON.stringify(environment)}: ${colors}`, () =>
      assert.equal(hasColors({ choice, terminal, environment }), colors));
  }
});
