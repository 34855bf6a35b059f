import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startTcpProxy, type TcpProxy } from "../../support/faults/tcp-proxy.ts";

const BODY = Buffer.alloc(5_000_000, "x");

describe("a TCP proxy", () => {
  let server: Server;
  let proxy: TcpProxy;
  before(async () => {
    server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(200, { connection: "close" }).end(BODY));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(async () => {
    proxy = await startTcpProxy((server.address() as AddressInfo).port);
  });
  afterEach(() => proxy.stop());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (init?: RequestInit) => fetch(`http://${proxy.address}/`, init);
  const download = async (init?: RequestInit) => (await (await get(init)).arrayBuffer()).byteLength;

  test("passes all bytes on, of an answer that ends with its connection too", async () => {
    assert.equal(await download({ method: "PUT", body: BODY }), BODY.byteLength);
    assert.ok(proxy.bytesIn > BODY.byteLength && proxy.bytesOut > BODY.byteLength);
    assert.equal(proxy.connections, 1);
  });

  test("refuses connections, and takes them again", async () => {
    proxy.setMode("refuse");
    await assert.rejects(get(), /fetch failed/);
    proxy.setMode("pass");
    assert.equal(await download(), BODY.byteLength);
  });

  test("cuts a connection after so many bytes, in either direction", async () => {
    proxy.cutAfter("out", 100_000);
    await assert.rejects(download());
    assert.equal(proxy.bytesOut, 100_000);
    proxy.cutAfter("out", undefined);
    proxy.cutAfter("in", 100_000);
    await assert.rejects(download({ method: "PUT", body: BODY }));
    assert.ok(proxy.bytesIn < BODY.byteLength);
  });

  test("stalls, and lets go what it held", async () => {
    proxy.setMode("stall");
    await assert.rejects(download({ signal: AbortSignal.timeout(200) }), { name: "TimeoutError" });
    const held = download();
    setTimeout(() => proxy.setMode("pass"), 100);
    assert.equal(await held, BODY.byteLength);
  });

  test("cuts what is open now", async () => {
    proxy.setMode("stall");
    const held = download();
    setTimeout(() => proxy.cut(), 100);
    await assert.rejects(held);
  });
});
