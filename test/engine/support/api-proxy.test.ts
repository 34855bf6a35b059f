import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, type Fault, startApiProxy } from "../../support/faults/api-proxy.ts";

describe("a proxy in front of the API server", () => {
  let cluster: ControlPlane;
  let proxy: ApiProxy;
  let remove = () => {};
  before(async () => {
    cluster = await startControlPlane();
    proxy = await startApiProxy(cluster);
  });
  afterEach(() => remove());
  after(async () => {
    await proxy?.stop();
    await cluster?.stop();
  });

  const namespaces = (query = "", signal?: AbortSignal) =>
    fetch(`${proxy.url}/api/v1/namespaces${query}`, {
      headers: { authorization: `Bearer ${cluster.token}` },
      ...(signal === undefined ? {} : { signal }),
    });
  const inject = (fault: Fault, times?: number) => {
    const when = ({ path }: { path: string }) => path === "/api/v1/namespaces";
    remove = proxy.inject({ when, fault, ...(times === undefined ? {} : { times }) });
  };

  test("passes on what nobody asked it to break", async () => {
    const { kubeconfig } = proxy;
    assert.equal(
      await cluster.kubectl(["get", "namespace", "default", "-o", "name"], { kubeconfig }),
      "namespace/default\n",
    );
    await cluster.kubectl(["create", "configmap", "through-proxy"], { kubeconfig });
    assert.equal(
      (await cluster.request("GET", "/api/v1/namespaces/default/configmaps/through-proxy")).kind,
      "ConfigMap",
    );
    assert.ok(proxy.requests.some(({ method, path }) => method === "POST" && path.endsWith("/configmaps")));
  });

  test("answers by itself as often as it is told", async () => {
    inject(
      {
        kind: "answer",
        status: 503,
        body: { reason: "ServiceUnavailable" },
        headers: { "retry-after": "1" },
      },
      2,
    );
    const answers = [await namespaces(), await namespaces(), await namespaces()];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 503, 200],
    );
    assert.equal(answers[0]?.headers.get("retry-after"), "1");
  });

  test("takes out parts of a query", async () => {
    // At its first revision the cluster held nothing.
    const items = async () => {
      const response = await namespaces("?limit=1&resourceVersion=1&resourceVersionMatch=Exact");
      return ((await response.json()) as { items: unknown[] }).items.length;
    };
    assert.equal(await items(), 0);
    inject({ kind: "drop-query", parameters: ["resourceVersion", "resourceVersionMatch"] });
    assert.equal(await items(), 1);
    assert.equal(proxy.requests.at(-1)?.query.get("resourceVersion"), "1");
  });

  test("cuts the connection before the request", async () => {
    inject({ kind: "cut" });
    await assert.rejects(namespaces(), /fetch failed/);
  });

  test("cuts the connection midway of the answer", async () => {
    inject({ kind: "cut", afterBytes: 100 });
    const response = await namespaces();
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), /terminated/);
  });

  test("lets an answer stall midway", async () => {
    inject({ kind: "stall", afterBytes: 100 });
    const response = await namespaces("", AbortSignal.timeout(300));
    await assert.rejects(response.text(), { name: "TimeoutError" });
  });

  test("keeps from the client that a request was done", async () => {
    remove = proxy.inject({ when: ({ method }) => method === "POST", fault: { kind: "cut-after-done" } });
    const create = fetch(`${proxy.url}/api/v1/namespaces/default/configmaps`, {
      method: "POST",
      headers: { authorization: `Bearer ${cluster.token}`, "content-type": "application/json" },
      body: JSON.stringify({ metadata: { name: "done" } }),
    });
    await assert.rejects(create, /fetch failed/);
    assert.equal(
      (await cluster.request("GET", "/api/v1/namespaces/default/configmaps/done")).metadata.name,
      "done",
    );
  });

  test("holds a request for a while", async () => {
    inject({ kind: "delay", ms: 200 });
    const started = performance.now();
    await (await namespaces()).text();
    assert.ok(performance.now() - started >= 195);
  });
});
