import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import {
  decodePublicKey,
  keyFingerprint,
  parsePublicKey,
  publicKeyText,
} from "../../../src/signatures/public-key.ts";
import { formatSigningKey, parseSigningKey, SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage, verifyMessage } from "../../../src/signatures/sshsig.ts";

/** Of a key that everybody knows. */
const FILE = formatSigningKey({ seed: Buffer.alloc(32, 7), check: Buffer.alloc(4, 9) }, "test");
const PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const FINGERPRINT = "SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE";

const MESSAGE = Buffer.from("a note\n");

function keyOf(file: string): SigningKey {
  const parsed = parseSigningKey(file);
  assert.ok("value" in parsed, "problem" in parsed ? parsed.problem : "");
  return parsed.value;
}

/** Each bit of some bytes flipped, one at a time. */
function* flips(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    yield flipped;
  }
}

/** What an armored text holds, and the text of other bytes. */
function dearmored(text: string): { bytes: Buffer; armored: (bytes: Uint8Array) => string } {
  const lines = text.trim().split("\n");
  const armored = (bytes: Uint8Array) =>
    [lines[0], Buffer.from(bytes).toString("base64"), lines.at(-1)].join("\n");
  return { bytes: Buffer.from(lines.slice(1, -1).join(""), "base64"), armored };
}

describe("a signing key", () => {
  it("is what ssh-keygen has written", () => {
    for (const file of [FILE, FILE.replaceAll("\n", "\r\n"), `\n${FILE.trim()}`]) {
      const { publicKey } = keyOf(file);
      assert.equal(publicKeyText(publicKey), PUBLIC);
      assert.equal(keyFingerprint(publicKey), FINGERPRINT);
    }
  });

  it("is made and read again", () => {
    for (const comment of ["", "a", "kube-backup", "blue cluster"]) {
      const seed = randomBytes(32);
      const made = keyOf(formatSigningKey({ seed, check: randomBytes(4) }, comment));
      assert.deepEqual(made.publicKey.blob, new SigningKey(seed).publicKey.blob);
    }
  });

  it("is shown by no conversion to text", () => {
    const seed = Buffer.alloc(32, "secret seed");
    const key = new SigningKey(seed);
    for (const text of [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key), `${key}`]) {
      assert.doesNotMatch(text, /secret seed/);
      assert.ok(!text.includes(seed.toString("hex").slice(0, 20)));
    }
  });

  const cases: [name: string, file: string, problem: RegExp][] = [
    ["a public key", PUBLIC, /^is a public key, which cannot sign/],
    ["nothing", "", /^is no private key of OpenSSH/],
    [
      "PEM",
      "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----",
      /^is no private key of OpenSSH/,
    ],
    [
      "a protected key",
      beginningOf("aes256-ctr", "ssh-ed25519"),
      /^is protected by a passphrase, .* ssh-keygen -p -N '' -f COPY/,
    ],
    [
      "an RSA key",
      beginningOf("none", "ssh-rsa"),
      /^is a key of the type ssh-rsa, and only ssh-ed25519 is supported/,
    ],
    ["a short key", FILE.replace(/\n.*\n-----END/, "\n-----END"), /^is a private key with a slip in it/],
    ["no key", "-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----", /with a slip in it/],
  ];
  for (const [name, file, problem] of cases) {
    it(`of another kind is a problem: ${name}`, () => {
      const parsed = parseSigningKey(file);
      assert.ok("problem" in parsed);
      assert.match(parsed.problem, problem);
      assert.doesNotMatch(parsed.problem, /[A-Za-z0-9+/]{30}/);
    });
  }

  it("is never another key, whichever bit of it is flipped", () => {
    const { bytes, armored } = dearmored(FILE);
    for (const flipped of flips(bytes)) {
      const parsed = parseSigningKey(armored(flipped));
      if ("value" in parsed) assert.equal(publicKeyText(parsed.value.publicKey), PUBLIC);
    }
  });

  it("is read from any text without an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, magic) => {
        const { armored } = dearmored(FILE);
        const file = Buffer.concat([Buffer.from(magic ? "openssh-key-v1\0" : ""), bytes]);
        assert.ok("problem" in parseSigningKey(armored(file)));
      }),
    );
  });
});

describe("a public key", () => {
  it("is decoded from a text", () => {
    const [type = "", base64 = ""] = PUBLIC.split(" ");
    const parsed = parsePublicKey(type, base64);
    assert.ok("value" in parsed);
    assert.equal(publicKeyText(parsed.value), PUBLIC);
  });

  it("of another type says which one is supported", () => {
    const types = [
      "ssh-rsa",
      "ssh-dss",
      "ecdsa-sha2-nistp256",
      "sk-ssh-ed25519@openssh.com",
      "ssh-ed25519-cert-v01@openssh.com",
    ];
    for (const type of types) {
      const parsed = parsePublicKey(type, "AAAA");
      assert.ok("problem" in parsed);
      assert.match(
        parsed.problem,
        new RegExp(`^is a key of the type ${type}, and only ssh-ed25519 is supported`),
      );
    }
    const parsed = parsePublicKey("\u001b[31m", "AAAA");
    assert.ok("problem" in parsed && /^is a key of an unknown type/.test(parsed.problem));
  });

  it("is decoded from any bytes without an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assert.ok("problem" in decodePublicKey(bytes));
      }),
    );
  });
});

describe("a signature", () => {
  const key = keyOf(FILE);
  const signature = signMessage(MESSAGE, key);

  it("is of its key and its message", () => {
    const found = verifyMessage(MESSAGE, signature);
    assert.ok("value" in found);
    assert.deepEqual(found.value.blob, key.publicKey.blob);
    assert.deepEqual(verifyMessage(Buffer.from("another note\n"), signature), {
      problem: "is of another text",
    });
    assert.deepEqual(verifyMessage(Buffer.alloc(0), signature), { problem: "is of another text" });
  });

  it("has the form of ssh-keygen's", () => {
    assert.match(
      signature,
      /^-----BEGIN SSH SIGNATURE-----\n(?:.{70}\n){3}.{1,70}\n-----END SSH SIGNATURE-----\n$/,
    );
  });

  it("says nothing else, whichever bit of it is flipped", () => {
    const { bytes, armored } = dearmored(signature);
    for (const flipped of flips(bytes)) assert.ok("problem" in verifyMessage(MESSAGE, armored(flipped)));
    for (const flipped of flips(MESSAGE)) assert.ok("problem" in verifyMessage(flipped, signature));
  });

  it("is whole", () => {
    const { bytes, armored } = dearmored(signature);
    for (let length = 0; length < bytes.length; length++)
      assert.ok("problem" in verifyMessage(MESSAGE, armored(bytes.subarray(0, length))));
    assert.ok("problem" in verifyMessage(MESSAGE, armored(Buffer.concat([bytes, Buffer.alloc(1)]))));
    assert.ok("problem" in verifyMessage(MESSAGE, signature.replace("-----END", "!-----END")));
  });

  it("of another namespace, version or type is none", () => {
    const cases: [from: string, to: string, problem: RegExp][] = [
      ["kube-backup", "kube-backuq", /^is not for the namespace kube-backup$/],
      ["SSHSIG\0\0\0\u0001", "SSHSIG\0\0\0\u0002", /^is of a later version of SSH$/],
      ["sha512", "sha513", /^is of an unknown hash$/],
      [
        "ssh-ed25519",
        "ssh-ed25518",
        /^is by what is a key of an unknown type, and only ssh-ed25519 is supported/,
      ],
    ];
    const { bytes, armored } = dearmored(signature);
    for (const [from, to, problem] of cases) {
      const changed = Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
      const found = verifyMessage(MESSAGE, armored(changed));
      assert.ok("problem" in found);
      assert.match(found.problem, problem);
    }
  });

  it("is verified in any text without an error", () => {
    const { armored } = dearmored(signature);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom("", "SSHSIG\0\0\0\u0001"),
        (bytes, magic) => {
          assert.ok("problem" in verifyMessage(MESSAGE, armored(Buffer.concat([Buffer.from(magic), bytes]))));
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.ok("problem" in verifyMessage(MESSAGE, text))));
  });
});

function wireString(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text, "latin1")]);
}

/** The beginning of a private key. */
function beginningOf(cipher: string, type: string): string {
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[wireString(cipher), wireString(cipher === "none" ? "none" : "bcrypt"), wireString("")],
    Buffer.from([0, 0, 0, 1]),
    ...[wireString(wireString(type).toString("latin1")), wireString("")],
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${file.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`;
}
