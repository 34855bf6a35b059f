import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { before, describe, it } from "node:test";
import { Decrypter, Encrypter } from "age-encryption";
import fc from "fast-check";
import { DamagedArchiveError } from "../../../src/archive/format/damaged-archive-error.ts";
import { EncryptedSource } from "../../../src/encryption/encrypted-source.ts";
import { headerLength } from "../../../src/encryption/header.ts";
import { MissingKeyError } from "../../../src/encryption/missing-key-error.ts";
import {
  encrypted,
  identitiesOf,
  type KeyPair,
  keyPair,
  MemorySource,
  recipientsOf,
} from "../../support/encryption/age-files.ts";

const NEVER = new AbortController().signal;
const CHUNK = 64 * 1024;
/** An encrypted chunk. */
const SEALED = CHUNK + 16;

let one: KeyPair;
let other: KeyPair;
let quantum: KeyPair;
/** Two and a half chunks. */
let plain: Buffer;
let file: Buffer;

before(async () => {
  [one, other, quantum] = await Promise.all([keyPair(), keyPair(), keyPair("post-quantum")]);
  plain = randomBytes(2.5 * CHUNK);
  file = await encrypted(plain, recipientsOf(one));
});

async function opened(bytes: Uint8Array, ...pairs: KeyPair[]): Promise<EncryptedSource> {
  return await EncryptedSource.open(new MemorySource(bytes), identitiesOf(...pairs), NEVER);
}

async function readAll(bytes: Uint8Array, ...pairs: KeyPair[]): Promise<Uint8Array> {
  const source = await opened(bytes, ...pairs);
  return await source.read(0, source.size, NEVER);
}

describe("a file that was encrypted as a stream", () => {
  const sizes = [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17];
  for (const size of sizes) {
    for (const piece of [1000, CHUNK, CHUNK + 1, 200_000]) {
      it(`is one that age's library decrypts: ${size} bytes in pieces of ${piece}`, async () => {
        const content = randomBytes(size);
        const sealed = await encrypted(content, recipientsOf(one, other), piece);
        const decrypter = new Decrypter();
        decrypter.addIdentity(other.identity);
        assert.deepEqual(Buffer.from(await decrypter.decrypt(sealed)), content);
        assert.deepEqual(Buffer.from(await readAll(sealed, one)), content);
      });
    }
  }

  it("has a key of its own", async () => {
    const [first, second] = [
      await encrypted(plain, recipientsOf(one)),
      await encrypted(plain, recipientsOf(one)),
    ];
    assert.notDeepEqual(first.subarray(-SEALED), second.subarray(-SEALED));
  });

  it("is opened by post-quantum keys", async () => {
    const sealed = await encrypted(plain, recipientsOf(quantum, await keyPair("post-quantum")));
    assert.deepEqual(Buffer.from(await readAll(sealed, one, quantum)), plain);
  });

  it("has a header that is read however many recipients there may be", async () => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => keyPair("post-quantum")));
    const sealed = await encrypted(plain, recipientsOf(...pairs));
    assert.ok((headerLength(sealed) ?? 0) > 30_000);
    assert.deepEqual(Buffer.from(await readAll(sealed, pairs[19] as KeyPair)), plain);
  });

  it("ends with the error of its content", async () => {
    const broken = async function* () {
      yield Buffer.alloc(100_000);
      throw new Error("the content broke off");
    };
    const { encryptStream } = await import("../../../src/encryption/encrypt-stream.ts");
    await assert.rejects(
      Array.fromAsync(encryptStream(broken(), recipientsOf(one))),
      /the content broke off/,
    );
  });
});

describe("ranges of an encrypted file", () => {
  it("are those of its content", async () => {
    const source = await opened(file, one);
    assert.equal(source.size, plain.length);
    assert.equal(source.etag, "etag");
    const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, plain.length - 1, plain.length];
    for (const start of edges) {
      for (const end of edges.filter((each) => each >= start))
        assert.deepEqual(
          Buffer.from(await source.read(start, end, NEVER)),
          plain.subarray(start, end),
          `${start} to ${end}`,
        );
    }
    await assert.rejects(source.read(0, plain.length + 1, NEVER), RangeError);
  });

  it("are those of the content of a file that age's library wrote", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(one.recipient);
    const sealed = await encrypter.encrypt(plain);
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length), fc.nat(plain.length), async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const source = await opened(sealed, one);
        assert.deepEqual(Buffer.from(await source.read(start, end, NEVER)), plain.subarray(start, end));
      }),
    );
  });

  it("are one read each, after the header and the last chunk, which one read may bring too", async () => {
    const atEnd = new MemorySource(file);
    const fromEnd = await EncryptedSource.open(atEnd, identitiesOf(one), NEVER);
    await fromEnd.read(CHUNK + 5, plain.length, NEVER);
    await fromEnd.read(5, CHUNK + 5, NEVER);
    assert.equal(atEnd.reads.length, 3);
    const start = (headerLength(file) ?? 0) + 16;
    assert.deepEqual(atEnd.reads.slice(1), [
      [start + SEALED, file.length],
      [start, start + 2 * SEALED],
    ]);
    const atStart = new MemorySource(file);
    const fromStart = await EncryptedSource.open(atStart, identitiesOf(one), NEVER);
    await fromStart.read(0, 5, NEVER);
    await fromStart.read(5, 10, NEVER);
    assert.deepEqual(atStart.reads.slice(1), [
      [start + 2 * SEALED, file.length],
      [start, start + SEALED],
      [start, start + SEALED],
    ]);
    await fromStart.close();
    assert.ok(atStart.closed);
  });

  it("are given up where the signal aborts", async () => {
    const source = await opened(file, one);
    await assert.rejects(source.read(0, 5, AbortSignal.abort(new Error("enough"))), /enough/);
  });
});

describe("an encrypted file that cannot be read", () => {
  it("says that a key is missing, and to whom it is encrypted", async () => {
    const cases: [KeyPair[], KeyPair[], RegExp][] = [
      [
        [one],
        [],
        /^Cannot read backup_20260131T120000Z: it is encrypted to 1 recipient \(X25519, age1…\), and no key is given$/,
      ],
      [
        [one, other],
        [quantum],
        /to 2 recipients \(X25519, age1…\), and the key that is given does not open it$/,
      ],
      [
        [quantum],
        [one, other],
        /\(post-quantum, age1pq1…\), and none of the 2 keys that are given opens it$/,
      ],
    ];
    for (const [to, keys, message] of cases) {
      const sealed = await encrypted(plain, recipientsOf(...to));
      await assert.rejects(opened(sealed, ...keys), (error) => {
        assert.ok(error instanceof MissingKeyError);
        assert.match(error.message, message);
        assert.match(error.advice ?? "", /AGE_KEY_FILE/);
        return true;
      });
    }
  });

  it("says that its end is missing, wherever it was cut", async () => {
    const start = (headerLength(file) ?? 0) + 16;
    for (const cut of [
      file.length - 1,
      file.length - 17,
      start + 2 * SEALED,
      start + 2 * SEALED + 16,
      start + SEALED,
    ]) {
      await assert.rejects(
        async () => await (await opened(file.subarray(0, cut), one)).read(0, 1, NEVER),
        (error) => error instanceof DamagedArchiveError && /its end is missing/.test(error.reason),
        `${cut}`,
      );
    }
  });

  it("says that it is damaged, wherever it was cut", async () => {
    const small = await encrypted(Buffer.from("plain"), recipientsOf(one));
    for (let cut = 0; cut < small.length; cut++) {
      await assert.rejects(readAll(small.subarray(0, cut), one), DamagedArchiveError, `${cut} bytes`);
    }
  });

  it("never gives another content, whichever bit of it is flipped", async () => {
    const small = await encrypted(Buffer.from("plain"), recipientsOf(one));
    for (let at = 0; at < small.length; at++) {
      const flipped = Buffer.from(small);
      flipped[at] = (small[at] ?? 0) ^ (1 << (at % 8));
      await assert.rejects(
        readAll(flipped, one),
        (error) => error instanceof DamagedArchiveError || error instanceof MissingKeyError,
        `byte ${at}`,
      );
    }
  });

  it("says which of its bytes were changed, and gives the others", async () => {
    const flipped = Buffer.from(file);
    const at = (headerLength(file) ?? 0) + 16 + SEALED + 5;
    flipped[at] = (file[at] ?? 0) ^ 1;
    const source = await opened(flipped, one);
    await assert.rejects(
      source.read(CHUNK, CHUNK + 1, NEVER),
      /it was changed: bytes 65536 to 131072 of its content/,
    );
    assert.deepEqual(Buffer.from(await source.read(0, 5, NEVER)), plain.subarray(0, 5));
  });

  it("has no chunk in another's place", async () => {
    const start = (headerLength(file) ?? 0) + 16;
    const swapped = Buffer.concat([
      file.subarray(0, start),
      file.subarray(start + SEALED, start + 2 * SEALED),
      file.subarray(start, start + SEALED),
      file.subarray(start + 2 * SEALED),
    ]);
    await assert.rejects((await opened(swapped, one)).read(0, 1, NEVER), DamagedArchiveError);
  });

  it("has a header of bounded size", async () => {
    const endless = Buffer.from(`age-encryption.org/v1\n${"-> X25519 AAAA\n\n".repeat(100_000)}`);
    const source = new MemorySource(endless);
    await assert.rejects(EncryptedSource.open(source, identitiesOf(one), NEVER), DamagedArchiveError);
    assert.ok(source.reads.every(([, end]) => end <= CHUNK));
  });

  it("is told from any other bytes", async () => {
    const beginnings = fc.constantFrom(
      "",
      "age-encryption.org/v1\n",
      "age-encryption.org/v1\n-> X25519 AA\nAA\n--- ",
    );
    await fc.assert(
      fc.asyncProperty(beginnings, fc.uint8Array({ maxLength: 300 }), async (beginning, rest) => {
        await assert.rejects(
          readAll(Buffer.concat([Buffer.from(beginning), rest]), one),
          (error) => error instanceof DamagedArchiveError || error instanceof MissingKeyError,
        );
      }),
    );
  });
});
