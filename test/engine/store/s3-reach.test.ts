/** The ways to an S3 server: proxies of the environment, authorities of one's own, the bucket in path or host. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, beforeEach, describe, test } from "node:test";
import type { OpenStoreOptions } from "../../../src/store/open-store.ts";
import { type ConnectProxy, startConnectProxy } from "../../support/faults/connect-proxy.ts";
import { startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startSocksProxy } from "../../support/faults/socks-proxy.ts";
import { type Certificate, makeCertificate } from "../../support/servers/certificate.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const NAME = "backup_20260131T120000Z";
/** A name that no resolver knows: only a proxy leads there. */
const HOST = "minio.example.test";
const QUICK = { connect: 500, idle: 2_000, attempts: 2 };
const { signal } = new AbortController();

let certificate: Certificate;
let plain: S3Server;
let tls: S3Server;
let toPlain: ConnectProxy;
let toTls: ConnectProxy;
let places = 0;

before(async () => {
  certificate = await makeCertificate([HOST, `*.${HOST}`]);
  plain = await startMinio({ env: { MINIO_DOMAIN: `${HOST},localhost` } });
  tls = await startMinio({ env: { MINIO_DOMAIN: HOST }, certificate });
  for (const server of [plain, tls]) await server.createBucket(BUCKET);
  toPlain = await startConnectProxy(plain.port);
  toTls = await startConnectProxy(tls.port);
});
beforeEach(() => {
  for (const proxy of [toPlain, toTls]) proxy.asked.length = 0;
});
after(async () => {
  for (const each of [toPlain, toTls, plain, tls]) await each?.stop();
});

/** Stores, lists, reads and removes, in one request and in parts. */
async function useStore(server: S3Server, options: Partial<OpenStoreOptions>): Promise<void> {
  const place = `place-${++places}`;
  const store = await openOn(server, place, options);
  for (const size of [100, 6 * MIB]) {
    const bytes = bytesOf(size, "x");
    await store.put(NAME, streamOf(bytes), signal);
    assert.equal((await store.newest({}, signal))?.name, NAME);
    const opened = await store.open(NAME, signal);
    assert.ok(bytes.equals(await opened.read(0, size, signal)));
    await store.remove(NAME, signal);
  }
  assert.deepEqual(await unfinishedUploads(server, place), []);
  await store.close();
}

/** The error of a store that cannot be reached. */
async function failure(server: S3Server, options: Partial<OpenStoreOptions>): Promise<string> {
  const store = await openOn(server, "x", { timeouts: QUICK, ...options });
  const error = await store.newest({}, signal).then(
    () => assert.fail("it was reached"),
    (thrown: Error & { advice?: string }) => thrown,
  );
  await store.close();
  return `${error.message}; ${error.advice}`;
}

/** Runs with these variables, and no others of proxies and AWS, and puts the old ones back. */
async function withProxies<T>(variables: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const old = { ...process.env };
  try {
    for (const name of Object.keys(process.env)) if (/_proxy$|^AWS_/i.test(name)) delete process.env[name];
    Object.assign(process.env, variables);
    return await run();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in old)) delete process.env[name];
    Object.assign(process.env, old);
  }
}

describe("Through the environment's proxy", () => {
  const https = new URL(`https://${HOST}`);
  const http = new URL(`http://${HOST}:9000`);

  for (const name of ["HTTPS_PROXY", "https_proxy"]) {
    test(`${name} leads to a server with TLS`, async () => {
      await withProxies({ [name]: toTls.url }, () => useStore(tls, { endpoint: https, ca: certificate.ca }));
      assert.deepEqual(new Set(toTls.asked), new Set([`${HOST}:443`]));
    });
  }

  test("HTTP_PROXY leads to a server without TLS", async () => {
    await withProxies({ HTTP_PROXY: toPlain.url }, () => useStore(plain, { endpoint: http }));
    assert.ok(toPlain.asked.length > 8);
    for (const line of toPlain.asked)
      assert.match(line, /^[A-Z]+ http:\/\/minio\.example\.test:9000\/backups\//);
  });

  for (const [server, endpoint] of [
    ["with TLS", https],
    ["without TLS", http],
  ] as const) {
    test(`a SOCKS5 proxy leads to a server ${server}`, async (t) => {
      const target = endpoint === https ? tls : plain;
      const socks = await startSocksProxy(target.port);
      t.after(() => socks.stop());
      const proxies = { HTTPS_PROXY: socks.url, HTTP_PROXY: socks.url };
      await withProxies(proxies, () => useStore(target, { endpoint, ca: certificate.ca }));
      assert.deepEqual(new Set(socks.asked), new Set([`${HOST}:${endpoint === https ? 443 : 9000}`]));
    });
  }

  test("the bucket's own host goes through it too", async () => {
    const options = { endpoint: https, ca: certificate.ca, addressing: "virtual" } as const;
    await withProxies({ HTTPS_PROXY: toTls.url }, () => useStore(tls, options));
    assert.deepEqual(new Set(toTls.asked), new Set([`${BUCKET}.${HOST}:443`]));
  });

  test("the SDK's temporary keys come through it too, of a server of one's own authority", async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "profile-"));
    t.after(() => rm(folder, { recursive: true }));
    const [AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE] = [
      path.join(folder, "keys"),
      path.join(folder, "config"),
    ];
    await writeFile(
      AWS_SHARED_CREDENTIALS_FILE,
      `[user]\naws_access_key_id = ${tls.accessKeyId}\naws_secret_access_key = ${tls.secretAccessKey}\n`,
    );
    await writeFile(
      AWS_CONFIG_FILE,
      "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/backup\nsource_profile = user\nregion = us-east-1\n",
    );
    // MinIO answers AssumeRole itself.
    const sts = { AWS_ENDPOINT_URL_STS: `https://sts.${HOST}`, AWS_PROFILE: "role" };
    await withProxies({ HTTPS_PROXY: toTls.url, ...sts, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE }, () =>
      useStore(tls, { endpoint: https, ca: certificate.ca, credentials: undefined }),
    );
    assert.deepEqual(new Set(toTls.asked), new Set([`sts.${HOST}:443`, `${HOST}:443`]));
  });

  test("never to this machine, and not to what NO_PROXY excepts", async () => {
    const proxies = { HTTP_PROXY: toPlain.url, HTTPS_PROXY: toTls.url };
    await withProxies(proxies, () => useStore(plain, {}));
    const excepted = { ...proxies, NO_PROXY: "other.test,example.test:443" };
    const said = await withProxies(excepted, () => failure(tls, { endpoint: https }));
    assert.match(said, /has a name that cannot be resolved/);
    assert.deepEqual([...toPlain.asked, ...toTls.asked], []);
  });

  test("a proxy that is not there, that refuses, or that is none, is named", async (t) => {
    const gone = await startConnectProxy(1);
    await gone.stop();
    const said = (proxy: string) =>
      withProxies({ HTTPS_PROXY: proxy }, () => failure(tls, { endpoint: https, ca: certificate.ca }));
    const { host } = new URL(gone.url);
    assert.match(
      await said(gone.url),
      new RegExp(`: the proxy at ${host}, or .*, refuses the connection; .*NO_PROXY`),
    );
    // An HTTP server that knows no CONNECT.
    const refusing = await startS3Proxy();
    t.after(() => refusing.stop());
    assert.match(
      await said(refusing.endpoint.href.replace("//", "//me:TOP-SECRET@")),
      new RegExp(`: the proxy at ${refusing.endpoint.host}`),
    );
    assert.doesNotMatch(await said(refusing.endpoint.href.replace("//", "//me:TOP-SECRET@")), /TOP-SECRET/);
    assert.equal(
      await said("ftp://me:TOP-SECRET@proxy"),
      `Cannot reach https://${HOST}: HTTPS_PROXY is none of http://, https:// and socks5://; Correct HTTPS_PROXY, or except the server with NO_PROXY`,
    );
  });
});

describe("A server of an authority of one's own", () => {
  test("is trusted with AWS_CA_BUNDLE alone, which is what the advice says", async () => {
    await useStore(tls, { ca: certificate.ca });
    assert.match(
      await failure(tls, {}),
      /has a certificate that this machine does not trust; .*AWS_CA_BUNDLE/,
    );
    const other = await makeCertificate(["other"]);
    assert.match(await failure(tls, { ca: other.ca }), /does not trust; .*AWS_CA_BUNDLE/);
  });
});

describe("The bucket in requests", () => {
  // Every system resolves names below localhost to this machine, or Node does so for them.
  const local = () => new URL(`http://localhost:${plain.port}`);

  test("is in the host's name where S3_ADDRESSING is virtual", async () => {
    const options = { endpoint: new URL(`http://${HOST}:9000`), addressing: "virtual" } as const;
    await withProxies({ HTTP_PROXY: toPlain.url }, () => useStore(plain, options));
    for (const line of toPlain.asked) {
      assert.match(line, /^[A-Z]+ http:\/\/backups\.minio\.example\.test:9000\/(\?|place)/);
    }
  });

  test("is in the path otherwise, also by a host's name", async () => {
    for (const addressing of ["auto", "path", undefined] as const) {
      await useStore(plain, { endpoint: local(), addressing });
    }
  });

  test("moves from the path to the host where a server refuses the path, and S3_ADDRESSING is auto", async (t) => {
    const strict = await startS3Proxy(plain.port);
    t.after(() => strict.stop());
    strict.fault = ({ headers }) => (headers.host?.startsWith(`${BUCKET}.`) ? undefined : PATH_REFUSED);
    const through = await startConnectProxy(Number(strict.endpoint.port));
    t.after(() => through.stop());
    const endpoint = new URL(`http://${HOST}`);
    await withProxies({ HTTP_PROXY: through.url }, async () => {
      await useStore(plain, { endpoint });
      const refused = strict.requests.filter(({ headers }) => headers.host === HOST);
      assert.equal(refused.length, 1, "one request was refused, and all others knew it");
      assert.equal(
        await failure(plain, { endpoint, addressing: "path" }),
        "Cannot list backups in s3://backups/x: the server takes no requests that name the bucket in their path (SecondLevelDomainForbidden: Please use virtual hosted style to access.); Set S3_ADDRESSING to virtual",
      );
    });
  });
});

/** As Alibaba Cloud's OSS answers. */
const PATH_REFUSED = {
  status: 403,
  headers: { "content-type": "application/xml" },
  body: "<Error><Code>SecondLevelDomainForbidden</Code><Message>Please use virtual hosted style to access.</Message></Error>",
};
