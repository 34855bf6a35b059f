import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { formatNote, type Note } from "../../../src/notes/note.ts";
import type { NoteReading } from "../../../src/notes/read-note.ts";
import { type AllowedSigner, parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { judgeTagList, type TagQuestion } from "../../../src/tags/judge-tag-list.ts";
import type { TagListReading } from "../../../src/tags/read-tag-list.ts";
import { signedText, type TagList } from "../../../src/tags/tag-list.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));
const STRANGER = new SigningKey(Buffer.alloc(32, 2));
const NAME = "backup_20260131T120000Z";

const NOTE: Note = {
  ...{ object: `${NAME}.zip`, bytes: 100, sha256: "a".repeat(64), manifest: "b".repeat(64) },
  ...{ time: "2026-01-31T12:00:00Z", cluster: { id: "uid-1", name: "blue" }, kubernetesVersion: "v1.36.3" },
  ...{ revision: "12", oneMoment: true, counts: {}, missing: [], excluded: 0, warnings: 0, recipients: [] },
  ...{ program: { version: "1", commit: "c" }, counter: 1 },
};
const LIST: TagList = { backup: NAME, sha256: NOTE.sha256, time: "2026-01-31T12:05:00Z", tags: ["keep"] };

function signers(text: string): AllowedSigner[] {
  const key = `ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}`;
  const parsed = parseAllowedSigners(text.replaceAll("OWN", key));
  return "value" in parsed ? parsed.value : assert.fail(parsed.problem);
}

function noted(other: Partial<Note> = {}, key: SigningKey | undefined = OWN): NoteReading {
  const note = { ...NOTE, ...other };
  const text = formatNote(note);
  return { state: "read", note, text, signature: signMessage(Buffer.from(text), key), sha256: "" };
}

function listed(other: Partial<TagList> = {}, key: SigningKey | null = OWN): TagListReading {
  const list = { ...LIST, ...other };
  return {
    state: "read",
    list,
    signature: key === null ? undefined : signMessage(Buffer.from(signedText(list)), key),
  };
}

function question(other: Partial<TagQuestion> = {}): TagQuestion {
  return {
    backup: { name: NAME, time: new Date(NOTE.time), size: 100 },
    note: noted(),
    reading: listed(),
    signers: signers("blue OWN"),
    now: new Date("2026-01-31T12:10:00Z"),
    ...other,
  };
}

const unsigned = { signers: undefined };
const signed = listed();

describe("Tags that were set later count", () => {
  const COUNT: Record<string, TagQuestion> = {
    "where they are signed for the cluster": question(),
    "where nobody is set as signer, without a signature": question({
      ...unsigned,
      reading: listed({}, null),
    }),
    "where nobody is set as signer, of a backup without a note": question({
      ...unsigned,
      note: { state: "none" },
      reading: listed({ sha256: "c".repeat(64) }, null),
    }),
    "where the note is of another form under the same name, and so says nothing of these bytes": question({
      ...unsigned,
      note: noted({ object: `${NAME}.zip.age`, sha256: "c".repeat(64) }),
    }),
    "where the note is of another size, and so says nothing of these bytes": question({
      ...unsigned,
      note: noted({ bytes: 99, sha256: "c".repeat(64) }),
    }),
    "where the clock is a little behind": question({ now: new Date("2026-01-31T12:01:00Z") }),
    "where the key was valid when they were set, and is not any more": question({
      signers: signers('blue valid-before="20260201Z" OWN'),
      now: new Date("2026-06-01T00:00:00Z"),
    }),
  };
  for (const [what, each] of Object.entries(COUNT)) {
    test(what, () => assert.deepEqual(judgeTagList(each), { counts: true, tags: ["keep"] }));
  }

  test("and none are none", () =>
    assert.deepEqual(judgeTagList(question({ reading: { state: "none" } })), { counts: true, tags: [] }));
});

describe("Tags that were set later do not count", () => {
  const REFUSED: [what: string, TagQuestion, reason: RegExp][] = [
    [
      "that are none",
      question({ reading: { state: "unreadable", reason: "x" } }),
      /^they cannot be used: x$/,
    ],
    ["without a signature", question({ reading: listed({}, null) }), /^they are not signed$/],
    ["of a stranger", question({ reading: listed({}, STRANGER) }), /ALLOWED_SIGNERS does not name$/],
    [
      "of a signer of another cluster",
      question({ signers: [...signers("blue OWN"), ...strangerOf("green")], reading: listed({}, STRANGER) }),
      /which ALLOWED_SIGNERS does not name for blue$/,
    ],
    [
      "with another tag than was signed",
      question({ reading: { ...signed, list: { ...LIST, tags: ["other"] } } as TagListReading }),
      /^their signature is of another text$/,
    ],
    [
      "with the signature of the note",
      question({ reading: { ...signed, signature: signatureOf(noted()) } as TagListReading }),
      /^their signature is of another text$/,
    ],
    [
      "that were moved here from another backup",
      question({ reading: listed({ backup: "backup_20260130T120000Z" }) }),
      /^they are of backup_20260130T120000Z$/,
    ],
    [
      "that were moved here, where nobody is set as signer",
      question({ ...unsigned, reading: listed({ backup: "backup_20260130T120000Z" }, null) }),
      /^they are of backup_20260130T120000Z$/,
    ],
    [
      "of other bytes under the name",
      question({ reading: listed({ sha256: "c".repeat(64) }) }),
      /^they are of other bytes$/,
    ],
    [
      "of other bytes, where nobody is set as signer",
      question({ ...unsigned, reading: listed({ sha256: "c".repeat(64) }, null) }),
      /^they are of other bytes$/,
    ],
    [
      "of the future",
      question({ reading: listed({ time: "2026-01-31T13:00:00Z" }) }),
      /^they were signed at 2026-01-31T13:00:00Z, which is in the future/,
    ],
    [
      "that a key signed which was not valid any more",
      question({ signers: signers('blue valid-before="202601311201Z" OWN') }),
      /was not valid any more/,
    ],
    [
      "of a backup without a note",
      question({ note: { state: "none" } }),
      /^the backup is not used: it has no note/,
    ],
    [
      "of a backup with a stranger's note",
      question({ note: noted({}, STRANGER) }),
      /^the backup is not used: its note is signed by/,
    ],
    [
      "of a backup of another size",
      question({ backup: { name: NAME, time: new Date(NOTE.time), size: 99 } }),
      /^the backup is not used: it has 99 bytes/,
    ],
  ];
  for (const [what, each, reason] of REFUSED) {
    test(what, () => {
      const judgment = judgeTagList(each);
      assert.ok(!judgment.counts);
      assert.match(judgment.reason, reason);
    });
  }
});

function strangerOf(cluster: string): AllowedSigner[] {
  const parsed = parseAllowedSigners(`${cluster} ssh-ed25519 ${STRANGER.publicKey.blob.toString("base64")}`);
  return "value" in parsed ? parsed.value : assert.fail(parsed.problem);
}

function signatureOf(reading: NoteReading): string | undefined {
  return reading.state === "read" ? reading.signature : undefined;
}
