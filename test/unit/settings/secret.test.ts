import assert from "node:assert/strict";
import { it } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "../../../src/settings/secret.ts";

it("a Secret gives its value to reveal() and to nothing else", () => {
  const secret = new Secret("hunter2");
  assert.equal(secret.reveal(), "hunter2");
  const texts = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }, { depth: null, showHidden: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify({ ...secret }),
    new Error("failed", { cause: secret }).cause?.toString() ?? "",
    structuredCloneText(secret),
  ];
  for (const text of texts) assert.ok(!text.includes("hunter2"), text);
});

function structuredCloneText(value: object): string {
  return inspect(structuredClone(value));
}
