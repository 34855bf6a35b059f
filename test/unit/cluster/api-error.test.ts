import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApiError } from "../../../src/cluster/requests/api-error.ts";

describe("an answer that concerns every request", () => {
  const CASES: [status: number, concerns: boolean][] = [
    [400, false],
    [401, true],
    [403, false],
    [404, false],
    [429, false],
    [500, false],
  ];
  for (const [status, concerns] of CASES)
    it(`${status} is ${concerns ? "one" : "none"}`, () => {
      const error = new ApiError("read configmap shop/a", { status, body: "", secret: false });
      assert.equal(error.concernsEveryRequest, concerns);
    });
});
