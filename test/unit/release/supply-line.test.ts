import assert from "node:assert/strict";
import { test } from "node:test";
import { readAudit } from "../../../build/checks/audit.ts";
import { type LockedPackage, lockFileProblems } from "../../../build/checks/lock-file.ts";
import { findSecrets, secretProblems } from "../../../build/checks/secrets.ts";

const GOOD = { version: "1.0.0", integrity: `sha512-${"A".repeat(86)}==` };
const LOCKED: [title: string, name: string, locked: LockedPackage, problem: RegExp | undefined][] = [
  ["one that is pinned", "a", GOOD, undefined],
  [
    "one of the public registry",
    "a",
    { ...GOOD, resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz" },
    undefined,
  ],
  ["one without integrity", "a", { version: "1.0.0" }, /^a@1\.0\.0 has no SHA-512: npm view a@1\.0\.0/],
  ["one with SHA-1", "a", { ...GOOD, integrity: "sha1-AAAA" }, /has no SHA-512/],
  [
    "one of a mirror",
    "@b/a",
    { ...GOOD, resolved: "http://mirror/a.tgz" },
    /^@b\/a@1\.0\.0 comes from http:/,
  ],
  ["a folder", "a", { ...GOOD, link: true }, /is a folder/],
  ["one with a script", "a", { ...GOOD, hasInstallScript: true }, /has an install script/],
  ["one with a script that is explained", "esbuild", { ...GOOD, hasInstallScript: true }, undefined],
];
for (const [title, name, locked, problem] of LOCKED) {
  test(`a lock file: ${title}`, () => {
    const problems = lockFileProblems({ "": {}, [`node_modules/x/node_modules/${name}`]: locked });
    if (problem === undefined) assert.deepEqual(problems, []);
    else assert.match(problems.join("\n"), problem);
  });
}

// In pieces, so that this file is none that holds what it looks for.
const SECRETS: [title: string, text: string][] = [
  ["an access key of AWS", `AKIA${"ABCDEFGH23456777"}`],
  ["a secret key of AWS", `AWS_SECRET_ACCESS_KEY=${"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}`],
  ["a private key", `-----BEGIN OPENSSH ${"PRIVATE KEY-----\n"}${"b3Bl".repeat(17)}`],
  ["a private key", `-----BEGIN RSA ${"PRIVATE KEY-----\\n"}${"MIIE".repeat(16)}\\n`],
  ["a private key", `-----BEGIN PGP ${"PRIVATE KEY BLOCK-----\nVersion: 1\n\n"}${"lQdG".repeat(16)}`],
  ["an age identity", `AGE-SECRET-KEY-${`1${"Q".repeat(58)}`}`],
  ["an age identity", `AGE-SECRET-KEY-PQ-${`1${"Q".repeat(58)}`}`],
  ["a token of GitHub", `ghp_${"a1".repeat(18)}`],
  ["a token of npm", `npm_${"a1".repeat(18)}`],
  ["a JSON Web Token", `eyJhbGciOiJSUzI1NiJ9${".eyJzdWIiOiJhZG1pbiJ9YQ."}${"x".repeat(30)}`],
  ["a password in a URL", `postgres://shop:${"correct-horse"}@db/shop`],
];
for (const [title, text] of SECRETS) {
  test(`a scan finds ${title}: ${text.slice(0, 12)}…`, () => {
    const findings = findSecrets("a/b.ts", `first\nconst x = "${text}";\n`);
    assert.deepEqual(findings, [{ file: "a/b.ts", line: 2, title }]);
    const [problem = ""] = secretProblems(findings, []);
    assert.equal(problem, `a/b.ts:2 has ${title}`);
    assert.deepEqual(secretProblems(findings, [{ file: "a/b.ts", title, why: "a sample" }]), []);
    assert.equal(secretProblems(findings, [{ file: "a/c.ts", title, why: "another file" }]).length, 2);
  });
}

test("a scan passes over what is public, and what says that something is missing", () => {
  const texts = [
    `-----BEGIN CERTIFICATE-----\n${"MIIE".repeat(16)}`,
    "if (text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) return parseOpenSsh(text);",
    "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq",
    "https://user:$PASSWORD@example.com",
    "aws_secret_access_key = <yours>",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfakefakefakefake me",
  ];
  for (const text of texts) assert.deepEqual(findSecrets("a", text), [], text);
});

const ADVISORY = { title: "Bad", url: "https://github.com/advisories/GHSA-x", severity: "high" };
const found = (via: unknown[]) =>
  JSON.stringify({ vulnerabilities: { a: { via } }, metadata: { dependencies: { total: 3 } } });
const EXPLAINED = { url: ADVISORY.url, why: "It is not called", until: "2026-12-31" };

test("an audit: what is found, what is explained for a while, and what was not done at all", () => {
  const problem = `a: high: Bad (${ADVISORY.url})`;
  const day = "2026-06-01";
  assert.deepEqual(readAudit(found([]), [], day), { kind: "done", problems: [] });
  assert.deepEqual(readAudit(found([ADVISORY, "b"]), [], day), { kind: "done", problems: [problem] });
  assert.deepEqual(readAudit(found([ADVISORY]), [EXPLAINED], day), { kind: "done", problems: [] });
  assert.deepEqual(readAudit(found([ADVISORY]), [EXPLAINED], "2027-01-01"), {
    kind: "done",
    problems: [problem],
  });
  for (const [answer, reason] of [
    ["", /no JSON/],
    ['{"message":"405 Method Not Allowed"}', /405/],
    ['{"error":{"code":"ENOTFOUND"}}', /ENOTFOUND/],
    ['{"vulnerabilities":{},"metadata":{"dependencies":{"total":0}}}', /says nothing/],
  ] as const) {
    const audit = readAudit(answer, [], day);
    assert.ok(audit.kind === "not done");
    assert.match(audit.reason, reason);
  }
});
