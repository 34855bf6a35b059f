import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApiError, ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import { findingOf, isNamespaceGone, servedResource } from "../../../src/rehearse/verdict.ts";

function answer(status: number, body: object, secret = false): ApiError {
  const text = JSON.stringify({ kind: "Status", ...body });
  return new ApiError("create configmap shop/a", { status, body: text, secret });
}

describe("the finding of an answer", () => {
  const noDryRun = { reason: "BadRequest", message: 'admission webhook "a.b.c" does not support dry run' };
  const cases: [string, ApiError, string, RegExp][] = [
    ["invalid", answer(422, { reason: "Invalid", message: "no" }), "refused", /^no \(HTTP 422\)$/],
    ["forbidden", answer(403, { reason: "Forbidden", message: "no" }), "refused", /^no/],
    ["a broken webhook", answer(500, { message: "failed calling webhook" }), "refused", /failed calling/],
    ["no dry run", answer(400, noDryRun), "notAsked", /webhook a\.b\.c does not support dry run$/],
    ["no dry run, of a Secret", answer(400, noDryRun, true), "notAsked", /webhook a\.b\.c does not support/],
    ["too busy", answer(429, {}), "notAsked", /429/],
    ["not available", answer(503, { message: "later" }), "notAsked", /later/],
    ["gone meanwhile", answer(404, { reason: "NotFound", message: "no such" }), "notAsked", /no such/],
  ];
  for (const [title, error, verdict, reason] of cases) {
    it(`${title}: ${verdict}`, () => {
      const finding = findingOf(error);
      assert.equal(finding.verdict, verdict);
      assert.match(finding.reason ?? "", reason);
      assert.equal(verdict === "notAsked" && finding.advice === undefined, false);
    });
  }

  it("is none where more is wrong than this object", () => {
    const unauthorized = answer(401, { message: "Unauthorized" });
    const lost = new ConnectionError("create", "https://x", new Error("refused"));
    for (const error of [unauthorized, lost, new Error("defect")]) {
      assert.throws(() => findingOf(error), error);
    }
  });

  it("never quotes a webhook that speaks in the API server's words of a Secret", () => {
    const message =
      'admission webhook "a" denied the request: admission webhook "TOP" does not support dry run';
    const finding = findingOf(answer(400, { reason: "BadRequest", message }, true));
    assert.deepEqual(finding, { verdict: "refused", reason: "BadRequest (HTTP 400)" });
  });
});

describe("a namespace that is gone", () => {
  it("shows in the answer, of Secrets too", () => {
    const causes = [{ reason: "NamespaceTerminating" }];
    assert.equal(isNamespaceGone(answer(403, { reason: "Forbidden", details: { causes } }, true)), true);
    assert.equal(isNamespaceGone(answer(404, { reason: "NotFound" })), true);
    assert.equal(isNamespaceGone(answer(403, { reason: "Forbidden" })), false);
    assert.equal(isNamespaceGone(new Error("other")), false);
  });
});

describe("a resource of the archive", () => {
  const archived = {
    group: "example.com",
    version: "v1",
    resource: "widgets",
    kind: "Widget",
    namespaced: true,
    objects: 1,
    revision: "1",
    sameMoment: true,
  };
  const served = { ...archived, version: "v2", versions: ["v2", "v1"], verbs: [] };
  it("is asked about in the version that it was archived in", () => {
    const found = servedResource(archived, [served]);
    assert.equal("version" in found && found.version, "v1");
  });
  it("is not asked about where the server has not that version, or not that resource", () => {
    for (const [here, reason] of [
      [[{ ...served, versions: ["v2"] }], /as example\.com\/v1, only as v2$/],
      [[], /does not serve widgets\.example\.com$/],
      [[{ ...served, group: "other.com" }], /does not serve widgets\.example\.com$/],
    ] as const) {
      const found = servedResource(archived, here);
      assert.ok("verdict" in found);
      assert.equal(found.verdict, "notAsked");
      assert.match(found.reason ?? "", reason);
    }
  });
});
