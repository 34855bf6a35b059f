import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatNote, type Note, NoteFault, splitNote } from "../../../src/notes/note.ts";
import { parseNote } from "../../../src/notes/parse-note.ts";

const SHA = "0123456789abcdef".repeat(4);

const LEAST: Note = {
  object: "backup_20260131T120000Z.zip",
  bytes: 12345,
  sha256: SHA,
  manifest: SHA,
  time: "2026-01-31T12:00:00Z",
  cluster: { id: "1f0c4f0e-0000-4000-8000-000000000001" },
  kubernetesVersion: "v1.36.3",
  revision: "4711",
  oneMoment: true,
  counts: {},
  missing: [],
  excluded: 0,
  warnings: 0,
  recipients: [],
  program: { version: "1.0.0", commit: "abc" },
  counter: 1,
};

const FULL: Note = {
  ...LEAST,
  object: "backup_20260131T120000Z.zip.age",
  cluster: { ...LEAST.cluster, name: "blue, in the north: ü" },
  oneMoment: false,
  intervalSeconds: 3600,
  tags: ["before-upgrade", "keep"],
  scope: { includeNamespaces: ["shop", "team-*"], excludeNamespaces: ["x"] },
  parent: { cluster: "abc-1", backup: "backup_20260130T120000Z", restored: "2026-01-30T13:00:00Z" },
  counts: { ConfigMap: 12, "Service.serving.knative.dev": 3, Secret: 0 },
  missing: ["cronjobs.batch", "secrets"],
  excluded: 4,
  warnings: 2,
  recipients: ["age1qqq", "age1zzz"],
  counter: 1_000_000,
  previous: SHA.toUpperCase().toLowerCase(),
};

describe("A note", () => {
  test("is a few lines that a person can read", () => {
    assert.equal(
      formatNote({ ...FULL, scope: { includeNamespaces: ["shop"] } }),
      `kube-backup note 1
object: backup_20260131T120000Z.zip.age
bytes: 12345
sha256: ${SHA}
manifest: ${SHA}
time: 2026-01-31T12:00:00Z
cluster: 1f0c4f0e-0000-4000-8000-000000000001
cluster-name: blue, in the north: ü
kubernetes: v1.36.3
revision: 4711
consistent: no
interval: 3600
tag: before-upgrade
tag: keep
include-namespace: shop
parent: abc-1 backup_20260130T120000Z 2026-01-30T13:00:00Z
count: 12 ConfigMap
count: 3 Service.serving.knative.dev
count: 0 Secret
missing: cronjobs.batch
missing: secrets
excluded: 4
warnings: 2
recipient: age1qqq
recipient: age1zzz
program: 1.0.0 abc
counter: 1000000
previous: ${SHA}
`,
    );
  });

  for (const [what, note] of Object.entries({ least: LEAST, full: FULL })) {
    test(`is read as it was written: ${what}`, () => assert.deepEqual(parseNote(formatNote(note)), note));
  }

  test("cannot be written with a text of several lines", () => {
    assert.throws(() => formatNote({ ...LEAST, cluster: { id: "a", name: "b\ncounter: 9" } }), NoteFault);
  });

  test("has its signature behind the text", () => {
    const text = formatNote(LEAST);
    const signature = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n";
    assert.deepEqual(splitNote(Buffer.from(text + signature)), { text, signature });
    assert.deepEqual(splitNote(Buffer.from(text)), { text, signature: undefined });
    assert.throws(() => splitNote(Buffer.from([0x6b, 0xff])), NoteFault);
  });

  const text = formatNote(FULL);
  const bad: Record<string, string> = {
    empty: "",
    "something else": "<html></html>\n",
    "a later version": text.replace("note 1", "note 2"),
    "no line feed at its end": text.slice(0, -1),
    "a line more": `${text}tag: keep\n`,
    "a line twice": text.replace("counter:", "counter: 1\ncounter:"),
    "another order": text.replace(/(revision: .*\n)(consistent: .*\n)/, "$2$1"),
    "no checksum": text.replace(/sha256: .*\n/, ""),
    "an upper-case checksum": text.replace(/sha256: (.*)/, (_, sum) => `sha256: ${sum.toUpperCase()}`),
    "a path for a name": text.replace("backup_20260131T120000Z.zip.age", "../backup_20260131T120000Z.zip"),
    "a number with a sign": text.replace("bytes: 12345", "bytes: -1"),
    "a number that is none exactly": text.replace("bytes: 12345", "bytes: 99999999999999999999"),
    "a number with a zero before": text.replace("bytes: 12345", "bytes: 012345"),
    "a kind twice": text.replace("count: 0 Secret", "count: 0 ConfigMap"),
    "a tag that is none": text.replace("tag: keep", "tag: ke ep"),
    "too many tags": text.replace("tag: keep\n", "tag: keep\n".repeat(64)),
    "a carriage return": text.replaceAll("\n", "\r\n"),
    "an escape": text.replace("blue,", "\u001b[2J"),
    "a key of objects' own": text.replace("counter:", "__proto__: x\ncounter:"),
  };
  for (const [what, each] of Object.entries(bad)) {
    test(`is none with ${what}`, () => assert.throws(() => parseNote(each), NoteFault));
  }

  test("of a later version is told as such", () => {
    assert.throws(() => parseNote(bad["a later version"] ?? ""), /a later version/);
  });

  test("is none, or the same, whatever bytes are changed", () => {
    const original = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(original);
        changed[at] = byte;
        try {
          const parts = splitNote(changed);
          assert.equal(formatNote(parseNote(parts.text)), parts.text);
        } catch (error) {
          assert.ok(error instanceof NoteFault, String(error));
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
