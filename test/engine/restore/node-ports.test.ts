/** Node ports that a person chose, and that the new cluster cannot give. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { archiveOf, itemOf, openClient, restore, withEngine } from "../../support/engine/engine.ts";

const NAMESPACE = "node-ports";
const SERVICES = `/api/v1/namespaces/${NAMESPACE}/services`;
const RESOURCE = { group: "", version: "v1", resource: "services", kind: "Service", namespaced: true };

let cluster: ControlPlane;
let client: ApiClient;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
});

/** A Service; a port without a number is given one. */
interface NodePortService {
  name: string;
  nodePorts: readonly (number | undefined)[];
  more?: object;
}

async function archived(name: string, nodePorts: readonly number[]): Promise<Archive> {
  return await archiveOfServices([{ name, nodePorts }]);
}

async function archiveOfServices(services: readonly NodePortService[]): Promise<Archive> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
  return await archiveOf([
    {
      resource: { ...RESOURCE, resource: "namespaces", kind: "Namespace", namespaced: false },
      name: NAMESPACE,
      text: JSON.stringify(namespace),
    },
    ...services.map(({ name, nodePorts, more }) => {
      const ports = nodePorts.map((nodePort, index) => ({ name: `p${index}`, port: 80 + index, nodePort }));
      const metadata = { name, namespace: NAMESPACE };
      const spec = { type: "NodePort", ports, ...more };
      const text = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata, spec });
      return { resource: RESOURCE, namespace: NAMESPACE, name, text };
    }),
  ]);
}

async function nodePortsOf(name: string, on = cluster): Promise<number[]> {
  const { spec } = await on.request("GET", `${SERVICES}/${name}`);
  return spec.ports.map(({ nodePort }: { nodePort: number }) => nodePort);
}

test("a node port that is free comes back", async () => {
  const restored = await restore({ client, archive: await archived("free", [30080]) });
  assert.deepEqual(itemOf(restored, "Service", "free").reason, undefined);
  assert.deepEqual(await nodePortsOf("free"), [30080]);
});

test("one that is taken is given up, with a note; the others stay", async () => {
  const archive = await archived("taken", [30080, 30081]);
  const reason =
    "another node port than 30080 (provided port is already allocated), which this cluster cannot give";
  const dry = await restore({ client, archive, dryRun: "server" });
  assert.equal(itemOf(dry, "Service", "taken").reason, reason);
  const restored = await restore({ client, archive });
  assert.deepEqual(restored.report.failures, []);
  assert.deepEqual(itemOf(restored, "Service", "taken"), {
    resource: "services",
    kind: "Service",
    namespace: NAMESPACE,
    name: "taken",
    outcome: "created",
    reason,
  });
  assert.deepEqual(restored.report.notes, [`Service ${NAMESPACE}/taken: ${reason}`]);
  const [first = 0, second] = await nodePortsOf("taken");
  assert.notEqual(first, 30080);
  assert.ok(first >= 30000, "the API server chose another");
  assert.equal(second, 30081);
});

test("several that cannot be given: taken, and out of this cluster's range", async () => {
  const archive = await archived("several", [30080, 30081, 20080, 30082]);
  const restored = await restore({ client, archive });
  assert.deepEqual(restored.report.failures, []);
  const ports = await nodePortsOf("several");
  assert.equal(ports[3], 30082);
  assert.equal(new Set(ports).size, 4);
  const { reason = "" } = itemOf(restored, "Service", "several");
  for (const port of [30080, 30081, 20080]) assert.match(reason, new RegExp(`${port} \\(`));
  assert.doesNotMatch(reason, /30082/);
});

test("what else the API server refuses of a Service stays a failure", async () => {
  const restored = await restore({ client, archive: await archived("no name", [30080]) });
  const { outcome, reason = "" } = itemOf(restored, "Service", "no name");
  assert.equal(outcome, "failed");
  assert.match(reason, /metadata\.name/);
});

test("no Service is given a port that another one of the backup was made with", async () => {
  // 16 ports to give, 30016 to 30031: ten given before the others come would hit one of those seven nearly always.
  const small = await startControlPlane({ apiServerArgs: ["--service-node-port-range=30000-30031"] });
  const smallClient = await openClient(small);
  try {
    const given = [..."abcdefghij"].map((name) => ({ name: `given-${name}`, nodePorts: [undefined] }));
    const local = { type: "LoadBalancer", externalTrafficPolicy: "Local" };
    const chosen = [30017, 30019, 30021, 30023, 30025, 30027].map((nodePort) => ({
      name: `of-its-own-${nodePort}`,
      nodePorts: [nodePort],
    }));
    // It is given a port for health checks.
    const both = { name: "both", nodePorts: [30029, 30031], more: local };
    const archive = await archiveOfServices([both, ...given, ...chosen]);
    const restored = await restore({ client: smallClient, archive });
    assert.deepEqual(restored.report.failures, []);
    assert.deepEqual(restored.report.notes, []);
    assert.equal(restored.report.total("created"), 1 + 1 + given.length + chosen.length);
    for (const { name, nodePorts } of [both, ...chosen])
      assert.deepEqual(await nodePortsOf(name, small), nodePorts);
  } finally {
    await smallClient.close();
    await small.stop();
  }
});
