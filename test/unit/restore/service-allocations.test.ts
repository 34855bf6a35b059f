import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  describeRefused,
  refusedAllocations,
  withoutRefused,
} from "../../../src/restore/object/service-allocations.ts";

const SERVICES = { group: "", resource: "services" };

interface Case {
  what: string;
  said: string;
  spec: object;
  /** Undefined where the refusal is none that a Service without it would get round. */
  left: object | undefined;
  note: string | undefined;
}

// The messages are those of Kubernetes 1.36.
const CASES: readonly Case[] = [
  {
    what: "a family",
    said: 'Service "web" is invalid: spec.ipFamilies[0]: Invalid value: "IPv4": not configured on this cluster',
    spec: { ipFamilies: ["IPv4"] },
    left: {},
    note: "other IP families than IPv4 (not configured on this cluster), which this cluster cannot give",
  },
  {
    what: "one of two families, and the policy",
    said: 'Service "web" is invalid: [spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services, spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster]',
    spec: { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" },
    left: { ipFamilies: ["IPv4"] },
    note: "other IP families than IPv6 (not configured on this cluster), which this cluster cannot give; another IP family policy than RequireDualStack (this cluster is not configured for dual-stack services), which this cluster cannot give",
  },
  {
    what: "an address",
    said: 'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.50"]: failed to allocate IP 10.96.0.50: provided IP is already allocated (HTTP 422)',
    spec: { clusterIP: "10.96.0.50", clusterIPs: ["10.96.0.50"] },
    left: {},
    note: "another cluster IP than 10.96.0.50 (provided IP is already allocated), which this cluster cannot give",
  },
  {
    what: "an address of another family",
    said: 'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.50"]: IPv4 is not configured on this cluster',
    spec: { clusterIP: "10.96.0.50" },
    left: {},
    note: "another cluster IP than 10.96.0.50 (IPv4 is not configured on this cluster), which this cluster cannot give",
  },
  {
    what: "a health check node port",
    said: "Internal error occurred: failed to allocate requested HealthCheck NodePort 31000: provided port is already allocated",
    spec: { healthCheckNodePort: 31000 },
    left: {},
    note: "another health check node port than 31000 (provided port is already allocated), which this cluster cannot give",
  },
  {
    what: "two node ports",
    said: 'Service "web" is invalid: [spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated, spec.ports[2].nodePort: Invalid value: 20080: provided port is not in the valid range. The range of valid ports is 30000-32767]',
    spec: {
      ports: [
        { port: 1, nodePort: 30080 },
        { port: 2, nodePort: 30081 },
        { port: 3, nodePort: 20080 },
      ],
    },
    left: { ports: [{ port: 1 }, { port: 2, nodePort: 30081 }, { port: 3 }] },
    note: "another node port than 30080 (provided port is already allocated), 20080 (provided port is not in the valid range), which this cluster cannot give",
  },
  {
    what: "a headless Service gets no address in return",
    said: 'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["None"]: may not be',
    spec: { clusterIP: "None" },
    left: undefined,
    note: "another cluster IP than None (may not be), which this cluster cannot give",
  },
  {
    what: "another field",
    said: 'Service "web" is invalid: spec.type: Unsupported value: "Web"',
    spec: { type: "Web", ipFamilies: ["IPv4"] },
    left: undefined,
    note: undefined,
  },
];

describe("what a cluster refuses to allocate", () => {
  for (const { what, said, spec, left, note } of CASES)
    it(what, () => {
      const refused = refusedAllocations(SERVICES, said);
      const without = withoutRefused(JSON.stringify({ spec }), refused);
      assert.deepEqual(without === undefined ? undefined : JSON.parse(without), left && { spec: left });
      assert.equal(describeRefused(refused), note);
    });

  it("nothing of another group's services", () => {
    const said = CASES[0]?.said ?? "";
    assert.deepEqual(refusedAllocations({ group: "serving.knative.dev", resource: "services" }, said), []);
  });
});
