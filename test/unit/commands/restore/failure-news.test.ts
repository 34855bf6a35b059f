import assert from "node:assert/strict";
import { it } from "node:test";
import { FailureNews } from "../../../../src/commands/restore/failure-news.ts";

it("failures are told as they come, the first of each kind and reason, and no more than some", () => {
  const news = new FailureNews();
  const failure = (kind: string, name: string, reason: string) =>
    news.add({ kind, namespace: "shop", name, reason });
  assert.equal(failure("Ingress", "a", '"a" is odd (HTTP 422)'), 'Ingress shop/a failed: "a" is odd');
  assert.equal(failure("Ingress", "b", '"b" is odd (HTTP 422)'), undefined);
  assert.equal(failure("Service", "b", '"b" is odd (HTTP 422)'), 'Service shop/b failed: "b" is odd');
  for (let index = 0; index < 8; index += 1) assert.ok(failure("Ingress", "a", `reason ${index}`));
  assert.equal(failure("Ingress", "a", "one more"), undefined);
});
