import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { isOwnVariable } from "../../../src/settings/variables.ts";
import { type KeyPair, keyPair } from "../../support/encryption/age-files.ts";

let folder: string;
let one: KeyPair;
let other: KeyPair;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-age-keys-"));
  [one, other] = await Promise.all([keyPair(), keyPair()]);
  await writeFile(file("one"), `# created: 2026\n# public key: ${one.recipient}\n${one.identity}\n`);
  await writeFile(file("public"), one.recipient);
});
after(() => rm(folder, { recursive: true, force: true }));

function file(name: string): string {
  return path.join(folder, name);
}

function read(environment: Record<string, string>, flags: Record<string, unknown> = {}) {
  return readSettings({ environment, flags, needs: [] });
}

describe("keys of age in the settings", () => {
  it("are none by default", () => {
    assert.equal(read({}).identities, undefined);
    assert.equal(read({}).ageRecipients, undefined);
    assert.equal(read({ AGE_KEY: " \n", AGE_RECIPIENTS: "" }).identities, undefined);
  });

  it("come from the flag, then the program's variables, then those of SOPS", async () => {
    const cases: [environment: Record<string, string>, flags: Record<string, unknown>, keys: KeyPair[]][] = [
      [{ AGE_KEY: `${other.identity}\n` }, {}, [other]],
      [{ SOPS_AGE_KEY: other.identity }, {}, [other]],
      [{ SOPS_AGE_KEY: other.identity, AGE_KEY: one.identity }, {}, [one]],
      [{ KUBE_BACKUP_AGE_KEY: other.identity, AGE_KEY: one.identity }, {}, [other]],
      [{ AGE_KEY_FILE: file("one") }, {}, [one]],
      [{ SOPS_AGE_KEY_FILE: file("one") }, {}, [one]],
      [{ SOPS_AGE_KEY_FILE: file("missing"), AGE_KEY_FILE: file("one") }, {}, [one]],
      [{ AGE_KEY_FILE: file("missing") }, { identity: file("one") }, [one]],
      [{ AGE_KEY: `${other.identity}\n${one.identity}`, AGE_KEY_FILE: file("one") }, {}, [other, one]],
    ];
    for (const [environment, flags, keys] of cases) {
      const found = await read(environment, flags).identities?.recipients();
      assert.deepEqual(
        found,
        keys.map(({ recipient }) => recipient),
        Object.keys(environment).join(),
      );
    }
    const recipients = read({ SOPS_AGE_RECIPIENTS: one.recipient }).ageRecipients;
    assert.deepEqual(recipients, { type: "X25519", keys: [one.recipient] });
    const own = read({ SOPS_AGE_RECIPIENTS: one.recipient, AGE_RECIPIENTS: other.recipient }).ageRecipients;
    assert.deepEqual(own?.keys, [other.recipient]);
  });

  const problems: [environment: () => Record<string, string>, problem: RegExp][] = [
    [() => ({ AGE_RECIPIENTS: one.identity }), /^AGE_RECIPIENTS \(--age-recipients\) holds a private key/],
    [
      () => ({ AGE_RECIPIENTS: "age1x" }),
      /^AGE_RECIPIENTS \(--age-recipients\) names a key with a slip in it/,
    ],
    [() => ({ AGE_KEY: one.recipient }), /^AGE_KEY holds a public key, which opens nothing/],
    [() => ({ SOPS_AGE_KEY: `${one.identity}x` }), /^SOPS_AGE_KEY holds a private key with a slip in it/],
    [
      () => ({ AGE_KEY_FILE: file("missing") }),
      /^AGE_KEY_FILE \(--identity\) ".*" cannot be read: there is no such file$/,
    ],
    [() => ({ AGE_KEY_FILE: file("public") }), /^AGE_KEY_FILE \(--identity\) ".*" holds a public key/],
  ];
  for (const [index, [environment, problem]] of problems.entries()) {
    it(`that are none are a problem, which shows no key: ${index + 1}`, () => {
      assert.throws(
        () => read(environment()),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.equal(error.problems.length, 1);
          assert.match(error.problems[0] ?? "", problem);
          assert.doesNotMatch(error.message, /AGE-SECRET-KEY-1|age1[a-z0-9]{20}/);
          return true;
        },
      );
    });
  }

  it("are no other program's", () => {
    assert.ok(isOwnVariable("AGE_KEY") && isOwnVariable("Age_Key") && isOwnVariable("SIGNING_KEY"));
    assert.ok(!isOwnVariable("AGE_KEY_FILE") && !isOwnVariable("SOPS_AGE_KEY"));
  });
});
