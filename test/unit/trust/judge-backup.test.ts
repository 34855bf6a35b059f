import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { formatNote, type Note } from "../../../src/notes/note.ts";
import type { NoteReading } from "../../../src/notes/read-note.ts";
import { type AllowedSigner, parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { judgeBackup, judgeForms, type Question } from "../../../src/trust/judge-backup.ts";
import { whyUnused } from "../../../src/trust/own-signature.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));
const STRANGER = new SigningKey(Buffer.alloc(32, 2));
const NAME = "backup_20260131T120000Z";
const TIME = new Date("2026-01-31T12:00:00Z");

const NOTE: Note = {
  ...{ object: `${NAME}.zip`, bytes: 100, sha256: "a".repeat(64), manifest: "b".repeat(64) },
  ...{ time: "2026-01-31T12:00:00Z", cluster: { id: "uid-1", name: "blue" }, kubernetesVersion: "v1.36.3" },
  ...{ revision: "12", oneMoment: true, counts: {}, missing: [], excluded: 0, warnings: 0, recipients: [] },
  ...{ program: { version: "1", commit: "c" }, counter: 1 },
};

function signers(text: string): AllowedSigner[] {
  const parsed = parseAllowedSigners(text.replaceAll("OWN", line(OWN)));
  return "value" in parsed ? parsed.value : assert.fail(parsed.problem);
}

function line({ publicKey }: SigningKey): string {
  return `ssh-ed25519 ${publicKey.blob.toString("base64")}`;
}

function signed(note: Note, key: SigningKey | undefined = OWN): NoteReading {
  const text = formatNote(note);
  const signature = key && signMessage(Buffer.from(text), key);
  return { state: "read", note, text, signature, sha256: "" };
}

function question(other: Partial<Question> = {}): Question {
  const backup = { name: NAME, time: TIME, size: 100 };
  const now = new Date("2026-01-31T12:10:00Z");
  return { backup, reading: signed(NOTE), signers: signers("blue OWN"), now, ...other };
}

describe("What ALLOWED_SIGNERS makes of a backup", () => {
  const believed: Record<string, Question> = {
    "one that is signed": question(),
    "a signer by pattern, namespace and time": question({
      signers: signers(
        'gr*,bl* namespaces="kube-backup",valid-after="20260101Z",valid-before="20260201Z" OWN',
      ),
    }),
    "the uid of a cluster without a name": question({
      reading: signed({ ...NOTE, cluster: { id: "uid-1" } }),
      signers: signers("uid-1 OWN"),
    }),
    "a clock that is a little behind": question({ now: new Date("2026-01-31T11:56:00Z") }),
  };
  for (const [what, each] of Object.entries(believed)) {
    test(`believes ${what}`, () => assert.equal(judgeBackup(each).believed, true, JSON.stringify(each)));
  }

  const text = formatNote(NOTE);
  const good = signed(NOTE);
  const signature = good.state === "read" ? good.signature : undefined;
  const refused: [what: string, Question, reason: RegExp][] = [
    ["no note", question({ reading: { state: "none" } }), /has no note/],
    ["a broken note", question({ reading: { state: "unreadable", reason: "x" } }), /cannot be used: x/],
    [
      "a note without a signature",
      question({ reading: { ...good, signature: undefined } as NoteReading }),
      /is not signed/,
    ],
    [
      "a stranger's signature",
      question({ reading: signed(NOTE, STRANGER) }),
      /ALLOWED_SIGNERS does not name/,
    ],
    [
      "the signature of another note",
      question({ reading: { state: "read", note: NOTE, text: `${text}x`, signature, sha256: "" } }),
      /of another text/,
    ],
    ["a signer of other clusters", question({ signers: signers("green OWN") }), /does not name for blue/],
    [
      "a signer of another purpose",
      question({ signers: signers('blue namespaces="git" OWN') }),
      /not for the namespace/,
    ],
    [
      "a signer whose time was over",
      question({ signers: signers('blue valid-before="20260101Z" OWN') }),
      /not valid any more/,
    ],
    [
      "another name",
      question({
        backup: { name: "backup_20260131T120500Z", time: new Date("2026-01-31T12:05:00Z"), size: 100 },
      }),
      /its note is of backup_20260131T120000Z/,
    ],
    [
      "a time that is not that of its name",
      question({ reading: signed({ ...NOTE, time: "2026-01-31T12:00:01Z" }) }),
      /is named otherwise/,
    ],
    ["the future", question({ now: new Date("2026-01-31T11:00:00Z") }), /in the future/],
    ["another size", question({ backup: { name: NAME, time: TIME, size: 99 } }), /has 99 bytes/],
  ];
  for (const [what, each, reason] of refused) {
    test(`passes over ${what}`, () => {
      const belief = judgeBackup(each);
      assert.equal(belief.believed, false);
      assert.match(belief.believed ? "" : belief.reason, reason);
    });
  }
});

test("A process is told where its own backups would not be used", () => {
  const now = TIME;
  const principal = "blue";
  const allowedSigners = signers("blue OWN");
  assert.equal(whyUnused({ signingKey: undefined, allowedSigners: undefined, principal }, now), undefined);
  assert.equal(whyUnused({ signingKey: OWN, allowedSigners: undefined, principal }, now), undefined);
  assert.equal(whyUnused({ signingKey: OWN, allowedSigners, principal }, now), undefined);
  assert.match(
    whyUnused({ signingKey: undefined, allowedSigners, principal }, now) ?? "",
    /SIGNING_KEY is not/,
  );
  assert.match(whyUnused({ signingKey: STRANGER, allowedSigners, principal }, now) ?? "", /does not name/);
  assert.match(whyUnused({ signingKey: OWN, allowedSigners, principal: "green" }, now) ?? "", /for green/);
});

describe("Two forms of one name", () => {
  const zip = { name: NAME, time: TIME, size: 100, form: "zip", etag: "1" } as const;
  const age = { ...zip, form: "zip.age", etag: "2" } as const;
  const both = { name: NAME, time: TIME, size: 200, form: "both", forms: [zip, age] } as const;
  const rows: [what: string, other: Partial<Question>, chosen: string | undefined][] = [
    ["the plain one where the note is of it", {}, "zip"],
    [
      "the encrypted one where the note is of it",
      { reading: signed({ ...NOTE, object: `${NAME}.zip.age` }) },
      "zip.age",
    ],
    ["neither without a note", { reading: { state: "none" } }, undefined],
    [
      "neither with an unsigned note",
      { reading: { ...signed(NOTE), signature: undefined } as NoteReading },
      undefined,
    ],
    ["neither with a stranger's note", { reading: signed(NOTE, STRANGER) }, undefined],
    ["neither with a note of another size", { reading: signed({ ...NOTE, bytes: 200 }) }, undefined],
  ];
  for (const [what, other, chosen] of rows) {
    test(`count as ${what}`, () => {
      const { backup, belief } = judgeForms({ ...question(other), backup: both });
      assert.equal(belief.believed, chosen !== undefined);
      assert.equal(backup.form, chosen ?? "both");
    });
  }
});
