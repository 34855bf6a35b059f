import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { environmentProxy } from "../../../src/network/environment-proxy.ts";

const PROXY = "http://proxy:3128";
const SERVER = "https://kube.example.com:6443";

describe("the environment's proxy, by the rules of Go", () => {
  const rows: [
    title: string,
    server: string,
    environment: Record<string, string>,
    proxy: string | undefined,
  ][] = [
    ["none", SERVER, {}, undefined],
    ["HTTPS_PROXY", SERVER, { HTTPS_PROXY: PROXY }, PROXY],
    ["https_proxy", SERVER, { https_proxy: PROXY }, PROXY],
    ["the capitals first", SERVER, { HTTPS_PROXY: PROXY, https_proxy: "http://other" }, PROXY],
    ["an empty one is none", SERVER, { HTTPS_PROXY: "", https_proxy: PROXY }, PROXY],
    ["without a scheme", SERVER, { HTTPS_PROXY: "proxy:3128" }, PROXY],
    ["HTTP_PROXY is not for https", SERVER, { HTTP_PROXY: PROXY }, undefined],
    ["HTTP_PROXY is for http", "http://kube.example.com", { HTTP_PROXY: PROXY }, PROXY],
    ["never for localhost", "https://localhost:6443", { HTTPS_PROXY: PROXY }, undefined],
    ["never for 127.0.0.1", "https://127.0.0.1:6443", { HTTPS_PROXY: PROXY }, undefined],
    ["never for ::1", "https://[::1]:6443", { HTTPS_PROXY: PROXY }, undefined],
  ];
  for (const [title, server, environment, proxy] of rows) {
    it(title, () => assert.equal(environmentProxy(server, environment), proxy));
  }
});

describe("NO_PROXY", () => {
  const rows: [list: string, server: string, excepted: boolean][] = [
    ["*", SERVER, true],
    ["kube.example.com", SERVER, true],
    ["KUBE.Example.com", SERVER, true],
    ["example.com", SERVER, true],
    [".example.com", SERVER, true],
    ["*.example.com", SERVER, true],
    [".kube.example.com", SERVER, false],
    ["ample.com", SERVER, false],
    ["a.test, example.com ,b.test", SERVER, true],
    ["example.com:6443", SERVER, true],
    ["example.com:443", SERVER, false],
    ["example.com:443", "https://example.com", true],
    ["10.0.0.0/8", "https://10.1.2.3:6443", true],
    ["10.0.0.0/8", "https://11.1.2.3:6443", false],
    ["10.0.0.0/99", "https://10.1.2.3:6443", false],
    ["10.1.2.3", "https://10.1.2.3:6443", true],
    ["10.1.2.3:6443", "https://10.1.2.3:6443", true],
    ["10.1.2.3:1", "https://10.1.2.3:6443", false],
    ["fd00::/8", "https://[fd00::1]:6443", true],
    ["fd00::1", "https://[fd00::1]:6443", true],
    ["[fd00::1]:6443", "https://[fd00::1]:6443", true],
    ["fd00::2", "https://[fd00::1]:6443", false],
    ["", SERVER, false],
    [",", SERVER, false],
  ];
  for (const [list, server, excepted] of rows) {
    it(`"${list}" ${excepted ? "excepts" : "does not except"} ${server}`, () => {
      const proxy = environmentProxy(server, { HTTPS_PROXY: PROXY, NO_PROXY: list });
      assert.equal(proxy, excepted ? undefined : PROXY);
    });
  }
});
