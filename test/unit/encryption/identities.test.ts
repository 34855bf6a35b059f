import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { parseIdentities } from "../../../src/encryption/identities.ts";
import { type KeyPair, keyPair } from "../../support/encryption/age-files.ts";

let one: KeyPair;
let quantum: KeyPair;

before(async () => {
  [one, quantum] = await Promise.all([keyPair(), keyPair("post-quantum")]);
});

describe("private keys", () => {
  it("are read as age-keygen writes them, of both types together", async () => {
    const file = [
      "# created: 2026-01-31T12:00:00Z",
      `# public key: ${one.recipient}`,
      one.identity,
      "",
      quantum.identity.toLowerCase(),
      one.identity,
    ].join("\r\n");
    const parsed = parseIdentities(file);
    assert.ok("value" in parsed);
    assert.equal(parsed.value.count, 2);
    assert.deepEqual(await parsed.value.recipients(), [one.recipient, quantum.recipient]);
  });

  it("are shown by no conversion to text", () => {
    const parsed = parseIdentities(one.identity);
    assert.ok("value" in parsed);
    for (const text of [
      inspect(parsed, { showHidden: true, depth: 9 }),
      JSON.stringify(parsed),
      `${parsed.value}`,
    ])
      assert.doesNotMatch(text, /AGE-SECRET/i);
  });

  const cases: [text: () => string, problem: RegExp][] = [
    [() => "", /^holds no private key: give lines that begin with AGE-SECRET-KEY-/],
    [() => "# public key: age1…", /^holds no private key/],
    [() => one.recipient, /^holds a public key, which opens nothing \(its word 1\)/],
    [() => `${one.identity}\nword`, /^has something in it that is no private key of age \(its word 2\)/],
    [() => one.identity.replace(/.$/, (last) => (last === "Q" ? "P" : "Q")), /with a slip in it/],
    [() => one.identity.slice(0, -2), /with a slip in it/],
    [() => quantum.identity.replace("-PQ-", "-PX-"), /with a slip in it/],
    [() => "AGE-PLUGIN-YUBIKEY-1QQQQQQQ", /^holds a key of a plug-in/],
    [() => "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", /^is a private key of another program/],
    [() => "age-encryption.org/v1\n-> scrypt x 18\n", /^is protected by a passphrase/],
    [() => "\n-----BEGIN AGE ENCRYPTED FILE-----\n", /^is protected by a passphrase/],
    [() => Array.from({ length: 101 }, (_, index) => KEYS[index]).join(" "), /^holds 101 private keys/],
  ];
  for (const [index, [text, problem]] of cases.entries()) {
    it(`of another kind are a problem, which shows no key: ${index + 1}`, () => {
      const parsed = parseIdentities(text());
      assert.ok("problem" in parsed);
      assert.match(parsed.problem, problem);
      assert.doesNotMatch(parsed.problem, /[a-z0-9]{30}/i);
    });
  }

  it("are read from any text without an error", () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom("AGE-SECRET-KEY-", "AGE-SECRET-KEY-PQ-1", "#", "\n", "1"),
      fc.nat(74).map((at) => one.identity.slice(at)),
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const parsed = parseIdentities(parts.join(""));
        assert.ok("value" in parsed || parsed.problem !== "");
      }),
    );
  });
});

let KEYS: string[] = [];
before(async () => {
  KEYS = await Promise.all(Array.from({ length: 101 }, async () => (await keyPair()).identity));
});
