/** What the API server of one cluster filled in, restored into a cluster that has other addresses and classes. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, itemOf, openClient, type Restored, restore } from "../../support/engine/engine.ts";
import { until } from "../../support/until.ts";

const RANGES = {
  ipv4: "10.96.0.0/16",
  ipv6: "fd00:10:96::/112",
  dual: "10.96.0.0/16,fd00:10:96::/112",
};
type Stack = keyof typeof RANGES;

const clusters = new Map<Stack, { cluster: ControlPlane; client: ApiClient }>();

before(async () => {
  for (const stack of Object.keys(RANGES) as Stack[]) {
    const cluster = await startControlPlane({
      apiServerArgs: [`--service-cluster-ip-range=${RANGES[stack]}`],
    });
    clusters.set(stack, { cluster, client: await openClient(cluster) });
  }
});

after(async () => {
  for (const { cluster, client } of clusters.values()) {
    await client.close();
    await cluster.stop();
  }
});

function at(stack: Stack): { cluster: ControlPlane; client: ApiClient } {
  const found = clusters.get(stack);
  assert.ok(found);
  return found;
}

async function make(stack: Stack, namespace: string, specs: Record<string, object>): Promise<void> {
  const { cluster } = at(stack);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  for (const [name, spec] of Object.entries(specs))
    await cluster.request("POST", `/api/v1/namespaces/${namespace}/services`, { metadata: { name }, spec });
}

async function service(stack: Stack, namespace: string, name: string) {
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  return (await at(stack).cluster.request("GET", path)).spec;
}

async function move(from: Stack, to: Stack, namespace: string): Promise<Restored> {
  const archive = await backUp(at(from).client, [namespace]);
  const dry = await restore({ client: at(to).client, archive, dryRun: "server" });
  assert.deepEqual(dry.report.failures, []);
  const restored = await restore({ client: at(to).client, archive });
  assert.deepEqual(restored.report.failures, []);
  return restored;
}

const PORTS = [{ port: 80 }];
const PLAIN = { selector: { a: "b" }, ports: PORTS };

const FAMILIES: Record<Stack, string[]> = { ipv4: ["IPv4"], ipv6: ["IPv6"], dual: ["IPv4"] };
const MOVES: readonly (readonly [Stack, Stack])[] = [
  ["ipv4", "ipv6"],
  ["ipv6", "ipv4"],
  ["dual", "ipv4"],
  ["dual", "ipv6"],
  ["ipv4", "dual"],
  ["ipv6", "dual"],
];

for (const [from, to] of MOVES)
  test(`Services of an ${from} cluster get what an ${to} cluster has`, async () => {
    const namespace = `plain-${from}-${to}`;
    await make(from, namespace, {
      plain: PLAIN,
      headless: { ...PLAIN, clusterIP: "None" },
      selectorless: { clusterIP: "None", ports: PORTS },
      balanced: { ...PLAIN, type: "LoadBalancer", externalTrafficPolicy: "Local" },
      elsewhere: { type: "ExternalName", externalName: "example.com" },
      prefers: { ...PLAIN, ipFamilyPolicy: "PreferDualStack" },
    });
    const restored = await move(from, to, namespace);
    assert.deepEqual(restored.report.notes, []);
    for (const name of ["plain", "headless", "balanced"])
      assert.deepEqual((await service(to, namespace, name)).ipFamilies, FAMILIES[to], name);
    const both = await service(to, namespace, "prefers");
    assert.equal(both.ipFamilyPolicy, "PreferDualStack");
    assert.equal(both.ipFamilies.length, to === "dual" ? 2 : 1);
  });

test("families that a person chose come back where they are served", async () => {
  await make("dual", "chosen", {
    six: { ...PLAIN, ipFamilies: ["IPv6"], ipFamilyPolicy: "SingleStack" },
    both: { ...PLAIN, ipFamilies: ["IPv6", "IPv4"], ipFamilyPolicy: "RequireDualStack" },
    prefers: { ...PLAIN, ipFamilies: ["IPv6", "IPv4"], ipFamilyPolicy: "PreferDualStack" },
  });
  const archive = await backUp(at("dual").client, ["chosen"]);
  await at("dual").cluster.request("DELETE", "/api/v1/namespaces/chosen/services/both");
  const back = await restore({ client: at("dual").client, archive });
  assert.equal(itemOf(back, "Service", "both").reason, undefined);
  assert.deepEqual((await service("dual", "chosen", "both")).ipFamilies, ["IPv6", "IPv4"]);

  const restored = await restore({ client: at("ipv4").client, archive });
  assert.deepEqual(restored.report.failures, []);
  const { reason = "" } = itemOf(restored, "Service", "six");
  assert.equal(
    reason,
    "other IP families than IPv6 (not configured on this cluster), which this cluster cannot give",
  );
  assert.ok(restored.report.notes.includes(`Service chosen/six: ${reason}`));
  assert.match(itemOf(restored, "Service", "both").reason ?? "", /IP family policy than RequireDualStack \(/);
  for (const name of ["six", "both", "prefers"])
    assert.deepEqual((await service("ipv4", "chosen", name)).ipFamilies, ["IPv4"], name);
  assert.equal((await service("ipv4", "chosen", "prefers")).ipFamilyPolicy, "PreferDualStack");
  // It is no failure either that others run it again, as the gate does.
  const again = await restore({ client: at("ipv4").client, archive });
  assert.deepEqual(again.report.failures, []);
});

test("an address that a person chose comes back where it is free, and is given up where it is not", async () => {
  const address = { ...PLAIN, clusterIP: "10.96.0.50" };
  await make("ipv4", "addresses", { fixed: address, free: PLAIN });
  const archive = await backUp(at("ipv4").client, ["addresses"]);
  const dual = await restore({ client: at("dual").client, archive });
  assert.deepEqual(dual.report.notes, []);
  assert.equal((await service("dual", "addresses", "fixed")).clusterIP, "10.96.0.50");

  const foreign = await restore({ client: at("ipv6").client, archive });
  assert.deepEqual(foreign.report.failures, []);
  assert.match(itemOf(foreign, "Service", "fixed").reason ?? "", /^another cluster IP than 10\.96\.0\.50 \(/);

  await at("ipv4").cluster.request("DELETE", "/api/v1/namespaces/addresses/services/fixed");
  await make("ipv4", "thieves", { thief: address });
  const taken = await restore({ client: at("ipv4").client, archive });
  assert.deepEqual(taken.report.failures, []);
  assert.equal(
    itemOf(taken, "Service", "fixed").reason,
    "another cluster IP than 10.96.0.50 (provided IP is already allocated), which this cluster cannot give",
  );
});

// The ports of the lower band, up to 30085, are given to nobody who asks for none.
test("a health check port that a person chose comes back, and another where it is taken", async () => {
  const local = {
    ...PLAIN,
    type: "LoadBalancer",
    externalTrafficPolicy: "Local",
    healthCheckNodePort: 30085,
  };
  await make("ipv4", "checked", { local });
  const archive = await backUp(at("ipv4").client, ["checked"]);
  await restore({ client: at("dual").client, archive });
  assert.equal((await service("dual", "checked", "local")).healthCheckNodePort, 30085);
  await make("ipv6", "thief", {
    thief: { ...PLAIN, type: "NodePort", ports: [{ port: 80, nodePort: 30085 }] },
  });
  const taken = await restore({ client: at("ipv6").client, archive });
  assert.deepEqual(taken.report.failures, []);
  assert.match(
    itemOf(taken, "Service", "local").reason ?? "",
    /another health check node port than 30085 \(/,
  );
});

test("an update leaves families and a load balancer's class as they are", async () => {
  const namespace = "updated";
  await make("dual", namespace, {
    both: { ...PLAIN, ipFamilyPolicy: "RequireDualStack" },
    balanced: { ...PLAIN, type: "LoadBalancer", loadBalancerClass: "example.com/one" },
  });
  const archive = await backUp(at("dual").client, [namespace]);
  const { cluster, client } = at("dual");
  const services = `/api/v1/namespaces/${namespace}/services`;
  for (const name of ["both", "balanced"])
    await cluster.request("PATCH", `${services}/${name}`, { spec: { selector: { a: "other" } } });
  const restored = await restore({ client, archive, existing: "update" });
  assert.deepEqual(restored.report.failures, []);
  const both = await service("dual", namespace, "both");
  assert.deepEqual(both.selector, { a: "b" });
  assert.deepEqual(both.ipFamilies, ["IPv4", "IPv6"]);
  assert.equal((await service("dual", namespace, "balanced")).loadBalancerClass, "example.com/one");
});

test("default classes are this cluster's, those that a person chose are kept", async () => {
  const defaults = async (stack: Stack, name: string) => {
    const { cluster } = at(stack);
    await cluster.request("POST", "/apis/storage.k8s.io/v1/storageclasses", {
      metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: `${name}.example.com`,
    });
    await cluster.request("POST", "/apis/networking.k8s.io/v1/ingressclasses", {
      metadata: { name, annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
      spec: { controller: `example.com/${name}` },
    });
  };
  await defaults("ipv4", "gp2");
  await defaults("ipv6", "standard");
  await make("ipv4", "classes", {});
  const claims = "/api/v1/namespaces/classes/persistentvolumeclaims";
  const ingresses = "/apis/networking.k8s.io/v1/namespaces/classes/ingresses";
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const backend = { service: { name: "web", port: { number: 80 } } };
  const from = at("ipv4").cluster;
  for (const [name, storageClassName, ingressClassName] of [
    ["default", undefined, undefined],
    ["chosen", "gp2", "gp2"],
  ]) {
    await from.request("POST", claims, { metadata: { name }, spec: { ...claim, storageClassName } });
    const ingress = { defaultBackend: backend, ingressClassName };
    await from.request("POST", ingresses, { metadata: { name }, spec: ingress });
  }
  assert.equal((await from.request("GET", `${claims}/default`)).spec.storageClassName, "gp2");
  const { client, cluster } = at("ipv6");
  const archive = await backUp(at("ipv4").client, ["classes"], ["persistentvolumeclaims"]);
  const restored = await restore({ client, archive });
  assert.deepEqual(restored.report.failures, []);
  for (const [name, expected] of [
    ["default", "standard"],
    ["chosen", "gp2"],
  ]) {
    assert.equal((await cluster.request("GET", `${claims}/${name}`)).spec.storageClassName, expected);
    assert.equal((await cluster.request("GET", `${ingresses}/${name}`)).spec.ingressClassName, expected);
  }
  // The class is immutable: an update of the claim has the live one.
  await cluster.request("PATCH", `${claims}/default`, { metadata: { labels: { more: "1" } } });
  const updated = await restore({ client, archive, existing: "update" });
  assert.deepEqual(updated.report.failures, []);
  assert.equal(itemOf(updated, "PersistentVolumeClaim", "default").outcome, "updated");
});

test("a Pod gets the overhead and the nodes of the RuntimeClass of this cluster", async () => {
  const classOf = (cpu: string) => ({
    metadata: { name: "kata" },
    handler: "kata",
    overhead: { podFixed: { cpu } },
    scheduling: { nodeSelector: { kata: cpu } },
  });
  for (const [stack, cpu] of [
    ["ipv4", "100m"],
    ["ipv6", "200m"],
  ] as const)
    await at(stack).cluster.request("POST", "/apis/node.k8s.io/v1/runtimeclasses", classOf(cpu));
  await make("ipv4", "pods", {});
  const pods = "/api/v1/namespaces/pods/pods";
  await make("ipv6", "pods", {});
  for (const stack of ["ipv4", "ipv6"] as const)
    await until("the ServiceAccount is there", async () => {
      const { items } = await at(stack).cluster.request("GET", "/api/v1/namespaces/pods/serviceaccounts");
      return items.length > 0;
    });
  await at("ipv4").cluster.request("POST", pods, {
    metadata: { name: "kata" },
    spec: { runtimeClassName: "kata", containers: [{ name: "a", image: "example.com/a" }] },
  });
  const { spec: before } = await at("ipv4").cluster.request("GET", `${pods}/kata`);
  assert.deepEqual(before.overhead, { cpu: "100m" });
  assert.deepEqual(before.nodeSelector, { kata: "100m" });
  const archive = await backUp(at("ipv4").client, ["pods"], ["pods"]);
  const restored = await restore({ client: at("ipv6").client, archive });
  assert.deepEqual(restored.report.failures, []);
  const { spec } = await at("ipv6").cluster.request("GET", `${pods}/kata`);
  assert.deepEqual(spec.overhead, { cpu: "200m" });
  assert.deepEqual(spec.nodeSelector, { kata: "200m" });
});
