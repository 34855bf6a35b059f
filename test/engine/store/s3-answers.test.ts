/**
 * Answers with status 200 that are not the answer to what was asked, altered on their way from a real server. A store that
 * cannot be read is an error, never "no backups".
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { OperatorError } from "../../../src/errors.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { type S3Answer, type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const NAME = "backup_20260131T120000Z";
const LATER = "backup_20260131T120001Z";
const { signal } = new AbortController();
const QUICK = { connect: 500, idle: 2_000, attempts: 2 };
const PLACE = "clusters/blue +1";

let minio: S3Server;
let proxy: S3Proxy;
let store: Store;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
  store = await openOn(minio, PLACE, { endpoint: proxy.endpoint, timeouts: QUICK });
  for (const name of [NAME, LATER]) await store.put(name, streamOf(bytesOf(10, name)), signal);
});
beforeEach(() => {
  proxy.fault = undefined;
  proxy.requests.length = 0;
});
after(async () => {
  await store?.close();
  await proxy?.stop();
  await minio?.stop();
});

const NOT_S3 = /^OperatorError: Cannot .*: what answers at http:\S+ is no S3 server/;
const isListing = (url: string) => url.includes("list-type=2");

/** Replaces something; not every listing holds keys. */
function put(what: string | RegExp, other: string) {
  return ({ body }: S3Answer) => ({ body: body.replace(what, other) });
}

const withoutKeys = (body: string) => body.replace(/<Contents>.*<\/Contents>/s, "");

/** How a listing is altered, and what the error says of it. */
const LISTINGS: Record<string, [alter: (answer: S3Answer) => Partial<S3Answer>, says: RegExp]> = {
  "another root": [
    ({ body }) => ({ body: withoutKeys(body).replaceAll("ListBucketResult", "ListAllMyBucketsResult") }),
    /\(it answers with an element ListAllMyBucketsResult of http:/,
  ],
  "the root of another vocabulary": [
    put(/xmlns="[^"]*"/, 'xmlns="urn:example:feed"'),
    /an element ListBucketResult of urn:example:feed/,
  ],
  "a feed": [() => ({ body: "<?xml version='1.0'?><!-- news --><feed><entry/></feed>" }), /an element feed/],
  "a login page": [
    ({ headers }) => ({
      headers: { ...headers, "content-type": "text/html" },
      body: "<!DOCTYPE html>\n<html lang='en'><body>Log in</body></html>",
    }),
    /an element html/,
  ],
  "nothing at all": [() => ({ body: "" }), /it answers with nothing/],
  "a text": [() => ({ body: "It works!" }), /something that is no XML/],
  "half of the answer": [
    ({ body }) => ({ body: body.slice(0, body.indexOf("<Contents>")) }),
    /half of an element ListBucketResult/,
  ],
  "an empty IsTruncated": [
    put("<IsTruncated>false</IsTruncated>", "<IsTruncated></IsTruncated>"),
    /does not say whether more follows/,
  ],
  "an IsTruncated without an end": [
    put("<IsTruncated>false</IsTruncated>", "<IsTruncated/>"),
    /does not say whether more follows/,
  ],
  "an IsTruncated that is neither": [
    put("<IsTruncated>false</IsTruncated>", "<IsTruncated>False</IsTruncated>"),
    /does not say whether more follows/,
  ],
  "two of them": [
    put(
      "<IsTruncated>false</IsTruncated>",
      "<IsTruncated>false</IsTruncated><IsTruncated>true</IsTruncated>",
    ),
    /does not say whether more follows/,
  ],
  "no IsTruncated": [put("<IsTruncated>false</IsTruncated>", ""), /does not say whether more follows/],
  "more to come and no token": [
    put("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>"),
    /does not say where the next page begins/,
  ],
  "a KeyCount without the keys": [({ body }) => ({ body: withoutKeys(body) }), /of 2 keys that holds 0/],
  "keys without their KeyCount": [
    put(/<KeyCount>2<\/KeyCount>/, "<KeyCount>0</KeyCount>"),
    /of 0 keys that holds [12]/,
  ],
  "another bucket's name": [
    put(`<Name>${BUCKET}</Name>`, "<Name>other</Name>"),
    /a listing of the bucket other\)/,
  ],
  "no bucket's name": [put(`<Name>${BUCKET}</Name>`, ""), /a listing of no bucket\)/],
  "another prefix": [
    put(/<Prefix>[^<]*<\/Prefix>/, "<Prefix>clusters%2Fred/</Prefix>"),
    /the prefix clusters\/red\//,
  ],
  "no prefix": [put(/<Prefix>[^<]*<\/Prefix>/, ""), /a listing of no prefix\)/],
  "a key of another place": [
    put(/<Key>[^<]*<\/Key>/, `<Key>clusters/red/${NAME}.zip</Key>`),
    /with the key clusters\/red\/backup_20260131T120000Z\.zip, which is not below/,
  ],
  "keys in another order": [
    ({ body }) => ({
      body: body.replace(/(<Contents>.*?<\/Contents>)(<Contents>.*?<\/Contents>)/s, "$2$1"),
    }),
    /backup_20260131T120000Z\.zip after .*backup_20260131T120001Z\.zip/,
  ],
};

describe("A listing with", () => {
  for (const [what, [alter, says]] of Object.entries(LISTINGS)) {
    test(`${what} is an error of every method that lists, and never "no backups"`, async () => {
      proxy.fault = ({ url }) => (isListing(url) ? { alter } : undefined);
      const calls = {
        newest: () => store.newest({}, signal),
        list: () => Array.fromAsync(store.list({}, signal)),
        holdsOlderFormat: () => store.holdsOlderFormat(signal),
      };
      for (const [method, call] of Object.entries(calls)) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof OperatorError, `${method}: ${error}`);
          assert.match(String(error), NOT_S3, method);
          assert.match(error.message, says, method);
          assert.match(error.advice ?? "", /Check ENDPOINT_URI/);
          return true;
        });
      }
    });
  }

  test("an error in the place of the listing is that error", async () => {
    const body = "<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Later</Message></Error>";
    proxy.fault = ({ url }) => (isListing(url) ? { alter: () => ({ body }) } : undefined);
    await assert.rejects(
      store.newest({}, signal),
      /: the server asks for fewer requests \(SlowDown: Later\)/,
    );
    assert.equal(proxy.requests.length, QUICK.attempts);
  });

  test("what Amazon documents, and what it leaves open, is the answer", async () => {
    for (const alter of [
      put(/<\?xml[^>]*\?>/, "<?xml version='1.0' encoding='utf-8'?>\n<!-- a page -->\n\n"),
      put(/ xmlns="[^"]*"/, ""),
      put(/<KeyCount>2<\/KeyCount>/, ""),
      put(/<Prefix>[^<]*<\/Prefix>/, `<Prefix>${PLACE}/backup_</Prefix>`),
    ]) {
      proxy.fault = ({ url }) => (isListing(url) ? { alter } : undefined);
      const names = (await Array.fromAsync(store.list({}, signal))).map(({ name }) => name);
      assert.deepEqual(names, [NAME, LATER]);
    }
  });
});

describe("Another answer than S3's", () => {
  const html = () => ({ body: "<html><body>Log in</body></html>" });

  test("to a request for bytes is an error: no ETag, other ranges, the whole object", async () => {
    for (const alter of [
      ({ headers }: S3Answer) => ({ headers: { ...headers, etag: "" } }),
      ({ headers }: S3Answer) => ({ headers: { ...headers, etag: '""' } }),
      ({ headers }: S3Answer) => ({ headers: { ...headers, "content-range": "bytes 5-5/10" } }),
      ({ headers: { "content-range": _, ...headers } }: S3Answer) => ({ status: 200, headers }),
      html,
    ]) {
      proxy.fault = ({ method }) => (method === "GET" ? { alter } : undefined);
      const opened = store.open(NAME, signal).then((backup) => backup.read(0, 10, signal));
      await assert.rejects(opened, OperatorError);
    }
  });

  test("to a removal does not count as one", async () => {
    proxy.fault = ({ method }) =>
      method === "DELETE" ? { status: 200, body: "<html><body>Log in</body></html>" } : undefined;
    await assert.rejects(store.remove(NAME, signal), NOT_S3);
    proxy.fault = undefined;
    assert.equal(await store.has(NAME, signal), true);
  });

  /** The requests that store, by what is in them. */
  const STEPS: Record<string, [size: number, is: (method: string, url: string) => boolean]> = {
    "the whole object": [100, (method) => method === "PUT"],
    "the beginning of an upload": [6 * MIB, (method, url) => method === "POST" && url.includes("?uploads")],
    "a part": [6 * MIB, (method) => method === "PUT"],
    "the end of an upload": [6 * MIB, (method, url) => method === "POST" && url.includes("uploadId=")],
  };
  const bodies = {
    "a login page": "<html><body>Log in</body></html>",
    "another XML": "<?xml version='1.0'?><feed/>",
    "an error": "<Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>",
  };
  for (const [step, [size, is]] of Object.entries(STEPS)) {
    for (const [what, body] of Object.entries(bodies)) {
      test(`to ${step}, ${what}, stores no backup and leaves nothing behind`, async () => {
        const name = "backup_20260131T130000Z";
        proxy.fault = ({ method, url }) =>
          is(method, url) ? { status: 200, headers: { etag: '"1"' }, body } : undefined;
        await assert.rejects(store.put(name, streamOf(bytesOf(size, "x")), signal), OperatorError);
        proxy.fault = undefined;
        assert.equal(await store.has(name, signal), false);
        assert.deepEqual(await unfinishedUploads(minio, PLACE), []);
      });
    }
  }
});
