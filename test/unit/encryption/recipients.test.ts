import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { fingerprintOf, parseRecipients } from "../../../src/encryption/recipients.ts";
import { type KeyPair, keyPair } from "../../support/encryption/age-files.ts";

let one: KeyPair;
let other: KeyPair;
let quantum: KeyPair;

before(async () => {
  [one, other, quantum] = await Promise.all([keyPair(), keyPair(), keyPair("post-quantum")]);
});

describe("recipients", () => {
  it("are read between commas, spaces and line breaks, each once", () => {
    const text = `# the cluster\n${one.recipient}, ${other.recipient.toUpperCase()} # offline\n\n${one.recipient}\r\n`;
    assert.deepEqual(parseRecipients(text), {
      value: { type: "X25519", keys: [one.recipient, other.recipient] },
    });
    assert.deepEqual(parseRecipients(quantum.recipient), {
      value: { type: "post-quantum", keys: [quantum.recipient] },
    });
  });

  it("are not mixed with post-quantum ones", () => {
    assert.match(
      problemOf(`${one.recipient},${quantum.recipient}`),
      /^mixes post-quantum keys .* keys of one type$/,
    );
  });

  it("are at most 20", () => {
    assert.match(problemOf(Array.from({ length: 21 }, (_, index) => KEYS[index]).join()), /^names 21 keys: /);
    assert.ok("value" in parseRecipients(KEYS.slice(0, 20).join()));
  });

  const cases: [text: () => string, problem: RegExp][] = [
    [() => "", /^names no key: write keys that begin with age1/],
    [() => " # nothing\n", /^names no key/],
    [() => `${one.recipient} nonsense`, /^has something in it that is no key of age \(its key 2\)/],
    [
      () => one.recipient.replace(/.$/, (last) => (last === "q" ? "p" : "q")),
      /with a slip in it \(its key 1: /,
    ],
    [() => one.recipient.slice(0, -1), /with a slip in it/],
    [() => one.recipient.replace("age", "Age"), /with a slip in it/],
    [() => quantum.recipient.slice(0, 100), /with a slip in it/],
    [() => one.identity, /^holds a private key \(its key 1\): here only public keys belong/],
    [() => quantum.identity.toLowerCase(), /^holds a private key/],
    [() => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPY", /^names an SSH key/],
    [() => "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", /hardware token/],
    [() => "age1tag1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", /hardware token/],
  ];
  for (const [index, [text, problem]] of cases.entries()) {
    it(`of another kind are a problem, which shows no key: ${index + 1}`, () => {
      assert.match(problemOf(text()), problem);
      assert.doesNotMatch(problemOf(text()), /[a-z0-9]{30}/i);
    });
  }

  it("are read from any text without an error", () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom("age1", "age1pq1", "AGE-SECRET-KEY-1", "#", "\n", ",", "1"),
      fc.nat(200).map((at) => one.recipient.slice(at % 62)),
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const parsed = parseRecipients(parts.join(""));
        assert.ok("value" in parsed || parsed.problem !== "");
      }),
    );
  });
});

describe("the fingerprint of a recipient", () => {
  it("is what sha256sum says of it", () => {
    const digits = createHash("sha256").update(one.recipient).digest("hex");
    assert.equal(fingerprintOf(one.recipient), digits.slice(0, 32));
    assert.notEqual(fingerprintOf(other.recipient), fingerprintOf(one.recipient));
  });
});

function problemOf(text: string): string {
  const parsed = parseRecipients(text);
  assert.ok("problem" in parsed);
  return parsed.problem;
}

let KEYS: string[] = [];
before(async () => {
  KEYS = await Promise.all(Array.from({ length: 21 }, async () => (await keyPair()).recipient));
});
