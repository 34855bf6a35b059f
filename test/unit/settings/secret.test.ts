import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { it } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "../../../src/settings/secret.ts";
import { importsWithin } from "../layers/imports.ts";

const SRC = path.resolve(import.meta.dirname, "../../../src");

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

it("each secret is kept from the programs that this one starts", async () => {
  const { files } = await importsWithin(SRC);
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(path.join(SRC, file), "utf8")]),
  );
  const reading = texts.filter(([, text]) => text?.includes("new Secret(")).map(([file]) => file);
  assert.deepEqual(
    reading,
    ["settings/access-key.ts", "settings/notification-urls.ts", "settings/second-store.ts"],
    "isOwnVariable (settings/variables.ts) must know the variable of a new secret; then add its file here",
  );
});
