import assert from "node:assert/strict";
import { it } from "node:test";
import { nodePortTurn } from "../../../src/restore/object/node-ports.ts";

const SERVICES = { group: "", resource: "services" };

const CASES: readonly { what: string; spec: object; turn: number }[] = [
  { what: "no node ports", spec: { ports: [{ port: 80 }] }, turn: 0 },
  { what: "headless, without ports", spec: { clusterIP: "None" }, turn: 0 },
  { what: "another name", spec: { type: "ExternalName", externalName: "example.com" }, turn: 0 },
  { what: "a port of its own", spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }, turn: 0 },
  { what: "is given one", spec: { type: "NodePort", ports: [{ port: 80 }] }, turn: 2 },
  {
    what: "one of its own, and is given one",
    spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] },
    turn: 1,
  },
  { what: "a load balancer", spec: { type: "LoadBalancer", ports: [{ port: 80 }] }, turn: 2 },
  {
    what: "a load balancer without node ports",
    spec: { type: "LoadBalancer", allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
    turn: 0,
  },
  {
    what: "one without node ports that is given a port for health checks",
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: "Local",
      ports: [{ port: 80 }],
    },
    turn: 2,
  },
  {
    what: "a port of its own, and is given one for health checks",
    spec: {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      ports: [{ port: 80, nodePort: 30080 }],
    },
    turn: 1,
  },
  {
    what: "all of its own, that for health checks too",
    spec: {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      healthCheckNodePort: 30081,
      ports: [{ port: 80, nodePort: 30080 }],
    },
    turn: 0,
  },
  {
    what: "a NodePort Service with local traffic has no health checks",
    spec: { type: "NodePort", externalTrafficPolicy: "Local", ports: [{ port: 80, nodePort: 30080 }] },
    turn: 0,
  },
];

for (const { what, spec, turn } of CASES)
  it(`a Service's turn: ${what}`, () => {
    assert.equal(nodePortTurn(SERVICES, JSON.stringify({ kind: "Service", spec })), turn);
  });

it("nothing but a Service of Kubernetes has to wait", () => {
  const text = JSON.stringify({ kind: "Service", spec: { type: "NodePort", ports: [{ port: 80 }] } });
  assert.equal(nodePortTurn({ group: "serving.knative.dev", resource: "services" }, text), 0);
  assert.equal(nodePortTurn({ group: "", resource: "configmaps" }, text), 0);
});
