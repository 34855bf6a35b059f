import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeSkew, refuseClock } from "../../../src/restore-gate/clock-difference.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe("a store's clock that is", () => {
  const rows: [skew: number | undefined, warning: RegExp | undefined, refusal: RegExp | undefined][] = [
    [undefined, undefined, undefined],
    [0, undefined, undefined],
    [-MINUTE, undefined, undefined],
    [MINUTE, undefined, undefined],
    [
      61 * SECOND,
      /^The clock of this machine is 1m 1s behind the store's: .* from 5 minutes on, .*NTP$/,
      undefined,
    ],
    [-90 * SECOND, /^The clock of this machine is 1m 30s ahead of the store's/, undefined],
    [5 * MINUTE, /5m behind/, undefined],
    [
      5 * MINUTE + 1,
      /the restore gate refuses to decide by it/,
      /^Cannot decide whether to restore: the clock of this machine is 5m behind the store's, and ages go by the clock$/,
    ],
    [
      -26 * 60 * MINUTE,
      /is 1d 2h ahead of the store's/,
      /: the clock of this machine is 1d 2h ahead of the store's/,
    ],
  ];
  for (const [skew, warning, refusal] of rows) {
    it(`${skew ?? "unknown"} ms ahead`, () => {
      const told = describeSkew(skew);
      const refused = refuseClock(skew);
      if (warning === undefined) assert.equal(told, undefined);
      else assert.match(told ?? "", warning);
      if (refusal === undefined) assert.equal(refused, undefined);
      else {
        assert.match(refused?.message ?? "", refusal);
        assert.equal(refused?.advice, "Set the clock of this machine, for example by NTP");
      }
    });
  }
});
