import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseAllowedSigners, parseSshTime } from "../../../src/signatures/allowed-signers.ts";
import { judgeSigner } from "../../../src/signatures/judge-signer.ts";
import { matchesPatterns } from "../../../src/signatures/patterns.ts";
import { publicKeyText } from "../../../src/signatures/public-key.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";

const { publicKey: ONE } = new SigningKey(new Uint8Array(32).fill(1));
const { publicKey: OTHER } = new SigningKey(new Uint8Array(32).fill(2));
const KEY = publicKeyText(ONE);

function signersOf(text: string) {
  const parsed = parseAllowedSigners(text);
  assert.ok("value" in parsed, "problem" in parsed ? parsed.problem : "");
  return parsed.value;
}

describe("allowed signers", () => {
  it("are read with their options", () => {
    const text = [
      "# who may sign",
      "",
      `blue ${KEY} the comment "may hold anything`,
      `  "blue,green cluster" ${KEY}`,
      `blue,*@example.com,!red Namespaces="kube-backup,git",valid-after="20260101Z",valid-before="202602011200Z" ${publicKeyText(OTHER)}\r`,
    ].join("\n");
    assert.deepEqual(signersOf(text), [
      { principals: "blue", key: ONE },
      { principals: "blue,green cluster", key: ONE },
      {
        principals: "blue,*@example.com,!red",
        key: OTHER,
        namespaces: "kube-backup,git",
        validAfter: new Date("2026-01-01T00:00:00Z"),
        validBefore: new Date("2026-02-01T12:00:00Z"),
      },
    ]);
  });

  const cases: [line: string, problem: RegExp][] = [
    ["", /^names nobody: write lines as/],
    ["# nobody", /^names nobody/],
    ["blue", /line 1 is none of PRINCIPALS \[OPTIONS\] ssh-ed25519 KEY$/],
    [KEY, /line 1 is none of/],
    [`blue ${KEY}\nred ssh-ed25519`, /line 2 is none of/],
    [`blue ${KEY.slice(0, -4)}`, /line 1 has a key that is a public key with a slip in it$/],
    ["blue ssh-rsa AAAAB3NzaC1yc2E", /has a key that is a key of the type ssh-rsa, and only ssh-ed25519 is/],
    ["blue ecdsa-sha2-nistp256 AAAA", /has a key that is a key of the type ecdsa-sha2-nistp256/],
    [`blue cert-authority ${KEY}`, /is about certificates \(cert-authority\), which are not supported/],
    [`blue no-touch-required ${KEY}`, /has an unknown option/],
    [`blue namespaces=git ${KEY}`, /has options that cannot be read/],
    [`blue namespaces="git"valid-after="2026" ${KEY}`, /has options that cannot be read/],
    [`blue namespaces ${KEY}`, /has the option namespaces without a value/],
    [`blue namespaces="" ${KEY}`, /has the option namespaces without a value/],
    [`blue namespaces="a",NAMESPACES="b" ${KEY}`, /has the option namespaces twice/],
    [`blue valid-after="2026" ${KEY}`, /has no time in valid-after: write YYYYMMDD/],
    [`blue valid-before="20260230Z" ${KEY}`, /has no time in valid-before/],
    [`"blue ${KEY}`, /is none of/],
  ];
  for (const [line, problem] of cases) {
    it(`of another form are a problem: ${line.slice(0, 50)}`, () => {
      const parsed = parseAllowedSigners(line);
      assert.ok("problem" in parsed);
      assert.match(parsed.problem, problem);
    });
  }

  it("are read from any text without an error", () => {
    const words = fc.constantFrom(
      "blue ",
      KEY,
      '"',
      "\n",
      'namespaces="a"',
      ",",
      " ",
      "=",
      "valid-after=",
      "#",
      "!",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
        const parsed = parseAllowedSigners(parts.join(""));
        assert.ok("value" in parsed || parsed.problem !== "");
      }),
    );
  });
});

describe("times of SSH", () => {
  const cases: [text: string, time: Date | undefined][] = [
    ["20260131Z", new Date("2026-01-31T00:00:00Z")],
    ["202601311234Z", new Date("2026-01-31T12:34:00Z")],
    ["20260131123456Z", new Date("2026-01-31T12:34:56Z")],
    ["20260131", new Date(2026, 0, 31)],
    ["202601311234", new Date(2026, 0, 31, 12, 34)],
    ["20260131123456", new Date(2026, 0, 31, 12, 34, 56)],
    ["20240229Z", new Date("2024-02-29T00:00:00Z")],
    ...[
      "20260229Z",
      "20261301",
      "20260100",
      "202601312400",
      "202601311260",
      "2026013112",
      "2026-01-31",
      "",
      "always",
    ].map((text): [string, undefined] => [text, undefined]),
  ];
  for (const [text, time] of cases) it(`are read: ${text}`, () => assert.deepEqual(parseSshTime(text), time));
});

describe("patterns of SSH", () => {
  const cases: [text: string, patterns: string, matches: boolean][] = [
    ["blue", "blue", true],
    ["blue", "Blue", false],
    ["blue", "red,blue", true],
    ["blue", "b*", true],
    ["blue", "b?ue", true],
    ["blue", "b?e", false],
    ["blue", "*,!blue", false],
    ["blue", "!blue,*", false],
    ["blue", "!red", false],
    ["blue", "*u*e", true],
    ["blue", "*u*", true],
    ["blue", "*u", false],
    ["blue", "bl", false],
    ["blue", "", false],
    ["", "*", true],
    ["aab", "*ab", true],
    ["b.ue", "b.ue", true],
    ["blue", "b.ue", false],
  ];
  for (const [text, patterns, matches] of cases) {
    it(`${patterns} ${matches ? "means" : "does not mean"} ${text}`, () =>
      assert.equal(matchesPatterns(text, patterns), matches));
  }

  it("take no time that grows without bounds", () => {
    assert.equal(matchesPatterns("a".repeat(5000), `${"*a".repeat(2000)}b`), false);
  });
});

describe("a signer is believed", () => {
  const time = new Date("2026-01-31T12:00:00Z");
  const cases: [name: string, text: string, reason: RegExp | undefined][] = [
    ["by name", `blue ${KEY}`, undefined],
    ["by a pattern", `* ${KEY}`, undefined],
    ["for this program", `blue namespaces="git,kube-*" ${KEY}`, undefined],
    ["from the first moment", `blue valid-after="202601311200Z" ${KEY}`, undefined],
    ["to the last moment", `blue valid-before="202601311200Z" ${KEY}`, undefined],
    ["by the second line of the key", `blue valid-before="20250101Z" ${KEY}\nblue ${KEY}`, undefined],
    [
      "not with another key",
      `blue ${publicKeyText(OTHER)}`,
      /^by the key SHA256:\S{43}, which ALLOWED_SIGNERS does not name$/,
    ],
    ["not under another name", `red,blue-2 ${KEY}`, /which ALLOWED_SIGNERS does not name for blue$/],
    ["not for another program", `blue namespaces="git" ${KEY}`, /is not for the namespace kube-backup$/],
    [
      "not too early",
      `blue valid-after="202601311201Z" ${KEY}`,
      /was not valid yet at 2026-01-31T12:00:00.000Z$/,
    ],
    [
      "not too late",
      `blue valid-before="202601311159Z" ${KEY}`,
      /was not valid any more at 2026-01-31T12:00:00.000Z$/,
    ],
  ];
  for (const [name, text, reason] of cases) {
    it(name, () => {
      const judgment = judgeSigner({ key: ONE, principal: "blue", time }, signersOf(text));
      if (reason === undefined) assert.deepEqual(judgment, { believed: true });
      else assert.ok(!judgment.believed && reason.test(judgment.reason), JSON.stringify(judgment));
    });
  }
});
