/**
 * What a controller makes where it is missing comes back as it was, although the controller is at work: by kind of
 * owner and kind of object, as built-in controllers and common operators have them.
 */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import {
  type Operator,
  type OperatorRule,
  startOperator,
  type WatchedOwner,
} from "../../support/cluster/operator.ts";
import { backUp, restore, withEngine } from "../../support/engine/engine.ts";
import { define, definitionPath, GROUP } from "../../support/samples/definition.ts";

/** Stands for the namespace of a case, which is another one each time: the namespace controller is late, and deletes by name. */
const NAMESPACE = "/api/v1/namespaces/db";
let namespaces = 0;
const here = (path: string) => path.replace("/namespaces/db", `/namespaces/${namespaceName()}`);
const namespaceName = () => `db-${namespaces}`;
const newNamespace = async () => {
  namespaces += 1;
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: namespaceName() } });
};
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const custom = (plural: string) => `/apis/${GROUP}/v1/namespaces/db/${plural}`;
const DEFINITIONS = [
  { plural: "clusters", kind: "Cluster" },
  { plural: "parts", kind: "Part" },
  { plural: "pieces", kind: "Piece" },
  { plural: "tenants", kind: "Tenant", scope: "Cluster" },
] as const;

/** How an object of the backup is told from one that a controller made. */
const LABELS = { color: "blue" };
const RESTORED = `of the backup`;
const POD = { metadata: { labels: LABELS }, spec: { containers: [{ name: "c", image: "example.com/c" }] } };
const JOB = { template: { ...POD, spec: { ...POD.spec, restartPolicy: "Never" } } };
const REVISION = { data: { spec: 1 }, revision: 1 };
const RULE = {
  http: {
    paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 80 } } } }],
  },
};

interface Case {
  /** Such a controller. */
  like: string;
  owner: { collection: string; watch: string; kind: string; apiVersion: string; more?: object };
  object: { collection: string; resource: string; more: object };
  /** What else the backup has to hold. */
  kinds: string[];
}

const CLUSTER = {
  collection: custom("clusters"),
  watch: `/apis/${GROUP}/v1/clusters`,
  kind: "Cluster",
  apiVersion: `${GROUP}/v1`,
};

const PASSWORD: Case = {
  like: "a database operator's password",
  owner: CLUSTER,
  object: { collection: `${NAMESPACE}/secrets`, resource: "secrets", more: { type: "Opaque" } },
  kinds: [`clusters.${GROUP}`],
};

const CASES: Case[] = [
  PASSWORD,
  {
    like: "an operator's settings",
    owner: CLUSTER,
    object: { collection: `${NAMESPACE}/configmaps`, resource: "configmaps", more: {} },
    kinds: [`clusters.${GROUP}`],
  },
  {
    like: "an operator's claims",
    owner: CLUSTER,
    object: {
      collection: `${NAMESPACE}/persistentvolumeclaims`,
      resource: "persistentvolumeclaims",
      more: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    },
    kinds: [`clusters.${GROUP}`, "persistentvolumeclaims"],
  },
  {
    like: "an operator's accounts",
    owner: CLUSTER,
    object: { collection: `${NAMESPACE}/serviceaccounts`, resource: "serviceaccounts", more: {} },
    kinds: [`clusters.${GROUP}`, "serviceaccounts"],
  },
  {
    like: "an operator's Service",
    owner: CLUSTER,
    object: {
      collection: `${NAMESPACE}/services`,
      resource: "services",
      more: { spec: { ports: [{ port: 80 }] } },
    },
    kinds: [`clusters.${GROUP}`],
  },
  {
    like: "an operator's workload",
    owner: CLUSTER,
    object: {
      collection: "/apis/apps/v1/namespaces/db/deployments",
      resource: "deployments.apps",
      more: { spec: { replicas: 0, selector: { matchLabels: LABELS }, template: POD } },
    },
    kinds: [`clusters.${GROUP}`],
  },
  {
    like: "the ReplicaSets of Argo Rollouts",
    owner: CLUSTER,
    object: {
      collection: "/apis/apps/v1/namespaces/db/replicasets",
      resource: "replicasets.apps",
      more: { spec: { replicas: 0, selector: { matchLabels: LABELS }, template: POD } },
    },
    kinds: [`clusters.${GROUP}`],
  },
  {
    like: "the revisions of OpenKruise's CloneSets",
    owner: CLUSTER,
    object: {
      collection: "/apis/apps/v1/namespaces/db/controllerrevisions",
      resource: "controllerrevisions.apps",
      more: REVISION,
    },
    kinds: [`clusters.${GROUP}`, "controllerrevisions.apps"],
  },
  {
    like: "Knative's Configurations and Revisions",
    owner: CLUSTER,
    object: { collection: custom("parts"), resource: `parts.${GROUP}`, more: {} },
    kinds: [`clusters.${GROUP}`, `parts.${GROUP}`],
  },
  {
    like: "cert-manager's Certificates of an Ingress",
    owner: {
      collection: "/apis/networking.k8s.io/v1/namespaces/db/ingresses",
      watch: "/apis/networking.k8s.io/v1/ingresses",
      kind: "Ingress",
      apiVersion: "networking.k8s.io/v1",
      more: { spec: { rules: [RULE] } },
    },
    object: { collection: custom("parts"), resource: `parts.${GROUP}`, more: {} },
    kinds: [`parts.${GROUP}`],
  },
  {
    like: "the endpoints of a Service that an operator fills",
    owner: {
      collection: `${NAMESPACE}/services`,
      watch: "/api/v1/services",
      kind: "Service",
      apiVersion: "v1",
      more: { spec: { ports: [{ port: 80 }] } },
    },
    object: {
      collection: "/apis/discovery.k8s.io/v1/namespaces/db/endpointslices",
      resource: "endpointslices.discovery.k8s.io",
      more: { addressType: "IPv4", endpoints: [{ addresses: ["10.9.8.7"] }], ports: [] },
    },
    kinds: ["endpointslices.discovery.k8s.io"],
  },
  {
    like: "the Jobs of a CronJob",
    owner: {
      collection: "/apis/batch/v1/namespaces/db/cronjobs",
      watch: "/apis/batch/v1/cronjobs",
      kind: "CronJob",
      apiVersion: "batch/v1",
      more: { spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: JOB } } },
    },
    object: {
      collection: "/apis/batch/v1/namespaces/db/jobs",
      resource: "jobs.batch",
      more: { spec: { ...JOB, suspend: true } },
    },
    kinds: ["cronjobs.batch", "jobs.batch"],
  },
  {
    like: "the definitions of Crossplane's composites",
    owner: {
      collection: `/apis/${GROUP}/v1/tenants`,
      watch: `/apis/${GROUP}/v1/tenants`,
      kind: "Tenant",
      apiVersion: `${GROUP}/v1`,
    },
    object: {
      collection: CRDS,
      resource: "customresourcedefinitions.apiextensions.k8s.io",
      more: {},
    },
    kinds: [`tenants.${GROUP}`, "customresourcedefinitions.apiextensions.k8s.io"],
  },
];

let cluster: ControlPlane;
let client: ApiClient;
let operator: Operator | undefined;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await define(cluster, ...DEFINITIONS);
});

afterEach(async () => {
  await operator?.stop();
  operator = undefined;
  await remove(cluster, here(NAMESPACE));
  await remove(cluster, `/apis/${GROUP}/v1/tenants/pg`);
  await remove(cluster, definitionPath("extras"));
});

/** The object, as the backup has it or as the operator makes it. */
function objectOf({ object }: Case, origin: string) {
  const isDefinition = object.collection === CRDS;
  const name = isDefinition ? `extras.${GROUP}` : "pg-app";
  const { apiVersion, kind } = kindOf(object.resource);
  const annotations = { origin };
  const definition = { group: GROUP, scope: "Namespaced", names: { plural: "extras", kind: "Extra" } };
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const versions = [{ name: "v1", served: true, storage: true, schema }];
  const more = isDefinition ? { spec: { ...definition, versions } } : object.more;
  return { apiVersion, kind, metadata: { name, labels: LABELS, annotations }, ...more };
}

const KINDS: Record<string, [apiVersion: string, kind: string]> = {
  secrets: ["v1", "Secret"],
  configmaps: ["v1", "ConfigMap"],
  persistentvolumeclaims: ["v1", "PersistentVolumeClaim"],
  serviceaccounts: ["v1", "ServiceAccount"],
  services: ["v1", "Service"],
  "deployments.apps": ["apps/v1", "Deployment"],
  "replicasets.apps": ["apps/v1", "ReplicaSet"],
  "controllerrevisions.apps": ["apps/v1", "ControllerRevision"],
  "endpointslices.discovery.k8s.io": ["discovery.k8s.io/v1", "EndpointSlice"],
  "jobs.batch": ["batch/v1", "Job"],
  "customresourcedefinitions.apiextensions.k8s.io": ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
  [`parts.${GROUP}`]: [`${GROUP}/v1`, "Part"],
  [`pieces.${GROUP}`]: [`${GROUP}/v1`, "Piece"],
};

function kindOf(resource: string): { apiVersion: string; kind: string } {
  const [apiVersion = "", kind = ""] = KINDS[resource] ?? [];
  return { apiVersion, kind };
}

function ruleOf(each: Case): OperatorRule {
  return {
    watch: each.owner.watch,
    make: () => ({ collection: here(each.object.collection), object: objectOf(each, "the operator") }),
  };
}

async function createOwner({ owner }: Case): Promise<WatchedOwner> {
  const { collection, apiVersion, kind, more } = owner;
  return await cluster.request("POST", here(collection), {
    apiVersion,
    kind,
    metadata: { name: "pg" },
    ...more,
  });
}

const referenceTo = ({ apiVersion, kind, metadata: { name, uid } }: WatchedOwner) => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
});

describe("what a controller at work makes where it is missing", () => {
  for (const each of CASES) {
    const { like, owner, object, kinds } = each;
    it(`${object.resource} of a ${owner.kind}, like ${like}`, async () => {
      await newNamespace();
      const before = await createOwner(each);
      const { metadata, ...rest } = objectOf(each, RESTORED);
      await cluster.request("POST", here(object.collection), {
        ...rest,
        metadata: { ...metadata, ownerReferences: [referenceTo(before)] },
      });
      const path = `${here(object.collection)}/${metadata.name}`;
      const archive = await backUp(client, [namespaceName()], kinds);
      await remove(cluster, `${here(owner.collection)}/pg`);
      await remove(cluster, here(NAMESPACE));
      await remove(cluster, path);
      operator = await startOperator(cluster, [ruleOf(each)]);
      const { report } = await restore({ client, archive });
      assert.deepEqual([report.failures, report.notes.filter((note) => !note.includes("volumes"))], [[], []]);
      assert.deepEqual(report.skipped, []);
      assert.deepEqual(operator.made, []);
      const back = await cluster.request("GET", path);
      const now = await cluster.request("GET", `${here(owner.collection)}/pg`);
      assert.equal(back.metadata.annotations.origin, RESTORED);
      assert.deepEqual(
        back.metadata.ownerReferences.map(({ uid, controller }: { uid: string; controller: boolean }) => [
          uid,
          controller,
        ]),
        [[now.metadata.uid, true]],
      );
      const managers = back.metadata.managedFields.map(({ manager }: { manager: string }) => manager);
      assert.ok(!managers.includes("kube-backup"), `the field managers are those of the backup: ${managers}`);
    });
  }

  it("chains of them come back from the last to the first", async () => {
    await newNamespace();
    const chain = ["clusters", "parts", "pieces"] as const;
    const kinds = ["Cluster", "Part", "Piece"];
    const objectAt = (index: number, origin: string) => ({
      apiVersion: `${GROUP}/v1`,
      kind: kinds[index],
      metadata: { name: "pg", annotations: { origin } },
    });
    let above: WatchedOwner | undefined;
    for (const [index, plural] of chain.entries()) {
      const { metadata, ...rest } = objectAt(index, RESTORED);
      const ownerReferences = above === undefined ? [] : [referenceTo(above)];
      above = await cluster.request("POST", here(custom(plural)), {
        ...rest,
        metadata: { ...metadata, ownerReferences },
      });
    }
    const archive = await backUp(
      client,
      [namespaceName()],
      chain.map((plural) => `${plural}.${GROUP}`),
    );
    await remove(cluster, here(NAMESPACE));
    operator = await startOperator(
      cluster,
      [0, 1].map((index) => ({
        watch: `/apis/${GROUP}/v1/${chain[index]}`,
        make: () => ({
          collection: here(custom(chain[index + 1] ?? "")),
          object: objectAt(index + 1, "the operator"),
        }),
      })),
    );
    const { report } = await restore({ client, archive });
    assert.deepEqual([report.failures, report.notes], [[], []]);
    assert.deepEqual(operator.made, []);
    let uid: string | undefined;
    for (const plural of chain) {
      const { metadata } = await cluster.request("GET", `${here(custom(plural))}/pg`);
      assert.equal(metadata.annotations.origin, RESTORED);
      assert.equal(metadata.ownerReferences?.[0]?.uid, uid);
      uid = metadata.uid;
    }
  });

  for (const [when, method, path] of [
    ["before the owner", "POST", "/clusters"],
    ["before the owner reference", "PATCH", "/secrets/pg-app"],
  ] as const) {
    it(`a restore that ends ${when} is finished by the next one`, async () => {
      await newNamespace();
      const owner = await createOwner({ ...PASSWORD });
      const { metadata, ...rest } = objectOf(PASSWORD, RESTORED);
      await cluster.request("POST", here(`${NAMESPACE}/secrets`), {
        ...rest,
        metadata: { ...metadata, ownerReferences: [referenceTo(owner)] },
      });
      const archive = await backUp(client, [namespaceName()], PASSWORD.kinds);
      await remove(cluster, here(NAMESPACE));
      const dies = intercepted(client, async (request) => {
        if (request.method === method && request.path.endsWith(path)) throw new Error("killed");
      });
      await assert.rejects(restore({ client: dies, archive }), /killed/);
      const left = await cluster.request("GET", here(`${NAMESPACE}/secrets/pg-app`));
      assert.equal(left.metadata.ownerReferences, undefined);
      const { report } = await restore({ client, archive });
      assert.deepEqual([report.failures, report.notes], [[], []]);
      const back = await cluster.request("GET", here(`${NAMESPACE}/secrets/pg-app`));
      const now = await cluster.request("GET", here(`${custom("clusters")}/pg`));
      assert.equal(back.metadata.uid, left.metadata.uid);
      assert.equal(back.metadata.ownerReferences?.[0]?.uid, now.metadata.uid);
      const managers = back.metadata.managedFields.map(({ manager }: { manager: string }) => manager);
      assert.ok(!managers.includes("kube-backup"), String(managers));
      // And then nothing is left to do.
      const version = back.metadata.resourceVersion;
      assert.equal((await restore({ client, archive })).report.total("unchanged"), 3);
      const again = await cluster.request("GET", here(`${NAMESPACE}/secrets/pg-app`));
      assert.equal(again.metadata.resourceVersion, version);
    });
  }

  it("what one makes for a namespace, before its object comes, is named and not taken for a success", async () => {
    await newNamespace();
    await cluster.request("POST", here(`${NAMESPACE}/secrets`), {
      metadata: { name: "registry", annotations: { origin: RESTORED } },
    });
    const archive = await backUp(client, [namespaceName()]);
    await remove(cluster, here(NAMESPACE));
    // It is faster than any restore: it makes the Secret before it lets the restore see the namespace.
    const make = ({ metadata }: WatchedOwner) => ({
      collection: `/api/v1/namespaces/${metadata.name}/secrets`,
      object: { metadata: { name: "registry", annotations: { origin: "the operator" } } },
    });
    for (const updateOvertaken of [false, true]) {
      await remove(cluster, here(NAMESPACE));
      const onLog = () => {};
      operator = await startOperator(cluster, [{ watch: "/api/v1/namespaces", make }]);
      const restored = await restore({ client: delayed(client), archive, updateOvertaken, onLog });
      const [item] = restored.items.filter(({ kind }) => kind === "Secret");
      assert.deepEqual(
        operator.made.filter((path) => path === here(`${NAMESPACE}/secrets/registry`)),
        [here(`${NAMESPACE}/secrets/registry`)],
      );
      assert.equal(item?.outcome, updateOvertaken ? "updated" : "skipped");
      assert.match(item?.reason ?? "", /^another client created it while the restore ran/);
      assert.equal(item?.overtaken, updateOvertaken ? undefined : true);
      const { metadata } = await cluster.request("GET", here(`${NAMESPACE}/secrets/registry`));
      assert.equal(metadata.annotations.origin, updateOvertaken ? RESTORED : "the operator");
      await operator.stop();
    }
  });
});

/** A client whose creation of Secrets is late, so that the operator is first. */
function delayed(of: ApiClient): ApiClient {
  return intercepted(of, async ({ method, path }) => {
    if (method === "POST" && path.endsWith("/secrets")) await sleep(500);
  });
}

/** A client that does something before each request. */
function intercepted(
  of: ApiClient,
  before: (request: Parameters<ApiClient["send"]>[0]) => Promise<void>,
): ApiClient {
  return new Proxy(of, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== "send") return typeof value === "function" ? value.bind(target) : value;
      return async (...[request, signal]: Parameters<ApiClient["send"]>) => {
        await before(request);
        return await target.send(request, signal);
      };
    },
  });
}
