/**
 * What a backup leaves out because the cluster makes it: each is deleted, and comes again by itself.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OBJECTS_LEFT_OUT } from "../../../src/objects/objects-left-out.ts";
import { RESOURCES_LEFT_OUT } from "../../../src/objects/resources-left-out.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { untilPasses } from "../../support/until.ts";

const TIMEOUT = 90_000;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const FLOW = "/apis/flowcontrol.apiserver.k8s.io/v1";

/** Rows of the tables by a word of theirs, and objects of that sort. */
const MADE_AGAIN: [row: string, ...paths: string[]][] = [
  ["`default/kubernetes`", "/api/v1/namespaces/default/services/kubernetes"],
  ["`kube-root-ca.crt`", "/api/v1/namespaces/made/configmaps/kube-root-ca.crt"],
  ["Endpoints that follow", "/api/v1/namespaces/made/endpoints/web"],
  ["EndpointSlices that follow", "/apis/discovery.k8s.io/v1/namespaces/made/endpointslices"],
  ["Pods that have a controller", "/api/v1/namespaces/made/pods"],
  [
    "ClusterRoles, ClusterRoleBindings, Roles and RoleBindings",
    `${RBAC}/clusterroles/view`,
    `${RBAC}/clusterrolebindings/system:basic-user`,
    `${RBAC}/namespaces/kube-system/roles/system:controller:token-cleaner`,
    `${RBAC}/namespaces/kube-system/rolebindings/system:controller:token-cleaner`,
  ],
  ["FlowSchemas", `${FLOW}/flowschemas/service-accounts`, `${FLOW}/prioritylevelconfigurations/workload-low`],
  ["APIServices", "/apis/apiregistration.k8s.io/v1/apiservices/v1.apps"],
  ["ipaddresses.networking.k8s.io", "/apis/networking.k8s.io/v1/ipaddresses"],
  ["leases.coordination.k8s.io", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"],
];

/** Rows that are not about what the cluster makes, or about what only nodes and drivers make. */
const NOT_SHOWN: [row: string, why: string][] = [
  ["The namespace `kube-system`", "is the cluster's own"],
  ["The namespace `backuprestore-donotuse`", "is the flag"],
  ["Namespaces that are being deleted", "nobody wants them again"],
  ["Objects that are being deleted", "nobody wants them again"],
  ["`kubernetes.io/service-account-token`", "is useless elsewhere"],
  ["`bootstrap.kubernetes.io/token`", "is useless elsewhere"],
  ["ClusterTrustBundles of the signer", "are off by default"],
  ["PriorityClasses", "cannot be deleted"],
  ["ServiceCIDR", "cannot be deleted while Services have its addresses"],
  ["Jobs that are finished", "would run again"],
  ["Custom resources that are finished", "would run again"],
  ["The ConfigMap `kube-public/cluster-info`", "is written by what sets a cluster up"],
  ["Objects whose owners are all Pods", "are made by who knows their owners"],
  ["Objects with the label", "are what a person does not want kept"],
  ["PersistentVolumes that were provisioned", "need a storage driver"],
  ["PersistentVolumeClaims that were made for a Pod's", "come with the Pod"],
  ["ResourceClaims that were made for a Pod", "need a device driver"],
  ["nodes", "are registered by kubelets: the tests on a node start with none"],
  ["csinodes.storage.k8s.io", "are written by kubelets"],
  ["csistoragecapacities.storage.k8s.io", "need a storage driver"],
  ["volumeattachments.storage.k8s.io", "need a storage driver"],
  ["resourceslices.resource.k8s.io", "need a device driver"],
  ["events", "are what happened"],
  ["events.events.k8s.io", "are what happened"],
  ["certificatesigningrequests.certificates.k8s.io", "are requests"],
  ["podcertificaterequests.certificates.k8s.io", "are requests"],
  ["leasecandidates.coordination.k8s.io", "are off by default"],
  ["storageversions.internal.apiserver.k8s.io", "are off by default"],
];

let cluster: ControlPlane;

before(async () => {
  cluster = await startControlPlane();
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "made" } });
  const labels = { app: "web" };
  await cluster.request("POST", "/api/v1/namespaces/made/services", {
    metadata: { name: "web" },
    spec: { selector: labels, ports: [{ port: 80 }] },
  });
  await cluster.request("POST", "/apis/apps/v1/namespaces/made/replicasets", {
    metadata: { name: "web" },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "example.com/i" }] } },
    },
  });
});

after(() => cluster?.stop());

interface Live {
  metadata: { name: string; uid: string };
  items?: Live[];
}

/** The object of a path, or those of a collection; none where there is none. */
async function read(path: string): Promise<Live[]> {
  const live: Live | undefined = await cluster.request("GET", path).catch(() => undefined);
  return live === undefined ? [] : (live.items ?? [live]);
}

/** Waits until there are as many as before, and none of them is the one that was deleted. */
async function waitFor(path: string, number: number, deleted?: string): Promise<Live> {
  return await untilPasses(
    async () => {
      const [first, ...others] = await read(path);
      const live = first === undefined ? [] : [first, ...others];
      const gone = live.every(({ metadata }) => metadata.uid !== deleted);
      if (first !== undefined && gone && live.length >= number) return first;
      throw new Error(`${path} does not come${deleted === undefined ? "" : " again"}`);
    },
    { timeoutMs: TIMEOUT, intervalMs: 200 },
  );
}

describe("what the cluster makes by itself", () => {
  it("comes again when it is deleted, at the API server's next start at the latest", async () => {
    const deleted = new Map<string, { uid: string; number: number }>();
    for (const path of MADE_AGAIN.flatMap(([, ...paths]) => paths)) {
      const { metadata } = await waitFor(path, 1);
      deleted.set(path, { uid: metadata.uid, number: (await read(path)).length });
      const one = path.endsWith(`/${metadata.name}`) ? path : `${path}/${metadata.name}`;
      await cluster.request("DELETE", one, { gracePeriodSeconds: 0 });
    }
    await cluster.stopApiServer();
    await cluster.startApiServer();
    for (const [path, { uid, number }] of deleted) await waitFor(path, number, uid);
  });

  it("has a row of this test for each row of the tables", () => {
    const rows = [
      ...OBJECTS_LEFT_OUT.map(({ what }) => what),
      ...RESOURCES_LEFT_OUT.map(({ resource }) => resource),
    ];
    const told = [...MADE_AGAIN, ...NOT_SHOWN].map(([row]) => row);
    const untold = rows.filter(
      (row) => !told.some((word) => row === word || (word.length > 9 && row.includes(word))),
    );
    assert.deepEqual(untold, []);
    const unknown = told.filter((word) => !rows.some((row) => row.includes(word)));
    assert.deepEqual(unknown, []);
  });
});
