/** Single edits of a cluster's objects, and what diff must say of each: that, and nothing else. */

import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { NAMESPACE } from "./subjects.ts";

/** An edit. */
export interface Edit {
  what: string;
  /** Does it, and returns what undoes it. */
  edit: (cluster: ControlPlane) => Promise<() => Promise<void>>;
  /**
   * What must be said: `~ ConfigMap fixture-empty/settings data.color` for each field, the paths of
   * fields that follow in parentheses, and what an object follows behind `<`.
   */
  said: string[];
  /** Whether controllers act on it. */
  controllers?: boolean;
}

const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const PAUSED = `${APPS}/deployments/paused`;
const SETTINGS = `${CORE}/configmaps/settings`;
const LOGIN = `${CORE}/secrets/login`;
const INGRESS = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses/web`;
const MAIN = "spec.template.spec.containers[name=main]";

type Patch = object | { op: string; path: string; value?: unknown }[];

/** Changes an object; undone by writing what was there. */
function patch(path: string, body: Patch): Edit["edit"] {
  return async (cluster) => {
    const before = await cluster.request("GET", path);
    const contentType = Array.isArray(body) ? { contentType: "application/json-patch+json" } : {};
    await cluster.request("PATCH", path, body, contentType);
    return async () => {
      await cluster.request("PUT", path, withoutVersion(before));
    };
  };
}

/** Changes an object that does not change back: it is made anew. */
function patchForGood(path: string, body: Patch): Edit["edit"] {
  return async (cluster) => {
    const before = await cluster.request("GET", path);
    await patch(path, body)(cluster);
    return async () => {
      await remove(cluster, path);
      await create(cluster, before);
    };
  };
}

/** Puts another object in the place of one. */
function replace(path: string, change: (object: never) => object): Edit["edit"] {
  return async (cluster) => {
    const before = await cluster.request("GET", path);
    await remove(cluster, path);
    await create(cluster, change(structuredClone(before) as never));
    return async () => {
      await remove(cluster, path);
      await create(cluster, before);
    };
  };
}

async function create(cluster: ControlPlane, object: object): Promise<void> {
  const { kind, metadata } = object as { kind: string; metadata: { namespace: string } };
  const plural = { Secret: "secrets", ConfigMap: "configmaps", Service: "services" }[kind];
  const root =
    plural === undefined
      ? `/apis/apps/v1/namespaces/${metadata.namespace}`
      : `/api/v1/namespaces/${metadata.namespace}`;
  await cluster.request("POST", `${root}/${plural ?? `${kind.toLowerCase()}s`}`, withoutVersion(object));
}

function withoutVersion(object: object): object {
  const { metadata } = object as { metadata: object };
  return { ...object, metadata: { ...metadata, resourceVersion: undefined, uid: undefined } };
}

const container = (path: string, value?: unknown, op = value === undefined ? "remove" : "replace") =>
  patch(PAUSED, [{ op, path: `/spec/template/spec/containers/0${path}`, value }]);
const paused = (...paths: string[]) => paths.map((path) => `~ Deployment ${NAMESPACE}/paused ${path}`);
const settings = (...paths: string[]) => paths.map((path) => `~ ConfigMap ${NAMESPACE}/settings ${path}`);
const login = (...paths: string[]) => paths.map((path) => `~ Secret ${NAMESPACE}/login ${path}`);

/** Each of a sort of its own. */
export const EDITS: readonly Edit[] = [
  {
    what: "an image",
    edit: container("/image", "registry.example.com/main:2"),
    said: paused(`${MAIN}.image`),
  },
  {
    what: "a variable added in between",
    edit: container("/env/1", { name: "NEW", value: "x" }, "add"),
    said: paused(`${MAIN}.env[name=NEW]`),
  },
  { what: "a variable removed", edit: container("/env/0"), said: paused(`${MAIN}.env[name=A]`) },
  {
    what: "a variable's value",
    edit: container("/env/2/value", "4"),
    said: paused(`${MAIN}.env[name=C].value`),
  },
  {
    what: "variables in another order",
    edit: container("/env", [
      { name: "B", value: "$(A)" },
      { name: "A", value: "1" },
      { name: "C", value: "3" },
    ]),
    said: paused(`${MAIN}.env`),
  },
  {
    what: "an argument put in between",
    edit: container("/args/1", "--between", "add"),
    said: paused(`${MAIN}.args[1]`),
  },
  {
    what: "a container added",
    edit: patch(PAUSED, [
      { op: "add", path: "/spec/template/spec/containers/0", value: { name: "sidecar", image: "s:1" } },
    ]),
    said: paused("spec.template.spec.containers[name=sidecar]"),
  },
  {
    what: "a port of the same number and another protocol",
    edit: container("/ports/0", { name: "dns-tcp", containerPort: 53, protocol: "TCP" }, "add"),
    said: paused(`${MAIN}.ports[containerPort=53,protocol=TCP]`),
  },
  {
    what: "the ConfigMap of a volume",
    edit: patch(PAUSED, [
      { op: "replace", path: "/spec/template/spec/volumes/0/configMap/name", value: "other" },
    ]),
    said: paused("spec.template.spec.volumes[name=config].configMap.name"),
  },
  {
    what: "a mount",
    edit: container("/volumeMounts/1/readOnly", true, "add"),
    said: paused(`${MAIN}.volumeMounts[mountPath=/b].readOnly`),
  },
  {
    what: "a limit",
    edit: container("/resources/limits/memory", "2Gi"),
    said: paused(`${MAIN}.resources.limits.memory`),
  },
  { what: "a probe removed", edit: container("/livenessProbe"), said: paused(`${MAIN}.livenessProbe`) },
  {
    what: "an annotation with dots and a slash",
    edit: patch(PAUSED, { metadata: { annotations: { "example.com/some.thing": "2" } } }),
    said: paused('metadata.annotations["example.com/some.thing"]'),
  },
  {
    what: "the first label of an object",
    edit: patch(PAUSED, { metadata: { labels: { team: "blue" } } }),
    said: paused("metadata.labels.team"),
  },
  {
    what: "a finalizer",
    edit: patch(PAUSED, { metadata: { finalizers: ["example.com/wait"] } }),
    said: paused("metadata.finalizers"),
  },
  {
    what: "a scaled Deployment, which its ReplicaSet follows",
    edit: patch(`${APPS}/deployments/rolling`, { spec: { replicas: 5 } }),
    said: [
      `~ Deployment ${NAMESPACE}/rolling spec.replicas`,
      `~ ReplicaSet ${NAMESPACE}/rolling-* metadata.annotations["deployment.kubernetes.io/desired-replicas"] < rolling`,
      `~ ReplicaSet ${NAMESPACE}/rolling-* metadata.annotations["deployment.kubernetes.io/max-replicas"] < rolling`,
      `~ ReplicaSet ${NAMESPACE}/rolling-* spec.replicas < rolling`,
    ],
    controllers: true,
  },
  {
    what: "a rollout, which makes a ReplicaSet",
    edit: patchForGood(`${APPS}/deployments/rolling`, [
      {
        op: "replace",
        path: "/spec/template/spec/containers/0/image",
        value: "registry.example.com/rolling:2",
      },
    ]),
    said: [
      `~ Deployment ${NAMESPACE}/rolling ${MAIN}.image`,
      `~ Deployment ${NAMESPACE}/rolling (metadata.annotations["deployment.kubernetes.io/revision"])`,
      `+ ReplicaSet ${NAMESPACE}/rolling-* < rolling`,
    ],
    controllers: true,
  },
  {
    what: "a StatefulSet's update strategy",
    edit: patch(`${APPS}/statefulsets/stateful`, {
      spec: { updateStrategy: { rollingUpdate: { partition: 3 } } },
    }),
    said: [`~ StatefulSet ${NAMESPACE}/stateful spec.updateStrategy.rollingUpdate.partition`],
  },
  {
    what: "a StatefulSet's replicas",
    edit: patch(`${APPS}/statefulsets/stateful`, { spec: { replicas: 3 } }),
    said: [`~ StatefulSet ${NAMESPACE}/stateful spec.replicas`],
  },
  {
    what: "a DaemonSet's toleration",
    edit: patchForGood(`${APPS}/daemonsets/everywhere`, {
      spec: { template: { spec: { tolerations: [{ operator: "Exists" }] } } },
    }),
    said: [
      `~ DaemonSet ${NAMESPACE}/everywhere spec.template.spec.tolerations`,
      `~ DaemonSet ${NAMESPACE}/everywhere (metadata.annotations["deprecated.daemonset.template.generation"])`,
    ],
  },
  {
    what: "a Service's port added",
    edit: patch(`${CORE}/services/web`, [
      { op: "add", path: "/spec/ports/-", value: { name: "https", port: 443 } },
    ]),
    said: [`~ Service ${NAMESPACE}/web spec.ports[port=443,protocol=TCP]`],
  },
  {
    what: "a Service's port changed",
    edit: patch(`${CORE}/services/web`, [{ op: "replace", path: "/spec/ports/0/targetPort", value: 8080 }]),
    said: [`~ Service ${NAMESPACE}/web spec.ports[port=80,protocol=TCP].targetPort`],
  },
  {
    what: "a Service's selector",
    edit: patch(`${CORE}/services/web`, { spec: { selector: { app: "other" } } }),
    said: [`~ Service ${NAMESPACE}/web spec.selector.app`],
  },
  {
    what: "the backend of an Ingress's rule",
    edit: patch(INGRESS, [
      { op: "replace", path: "/spec/rules/1/http/paths/0/backend/service/name", value: "other" },
    ]),
    said: [
      `~ Ingress ${NAMESPACE}/web spec.rules[host=two.example.com].http.paths[path=/,pathType=Prefix].backend.service.name`,
    ],
  },
  {
    what: "an Ingress's rule added in front",
    edit: patch(INGRESS, [{ op: "add", path: "/spec/rules/0", value: { host: "zero.example.com" } }]),
    said: [`~ Ingress ${NAMESPACE}/web spec.rules[host=zero.example.com]`],
  },
  {
    what: "a ConfigMap's key added",
    edit: patch(SETTINGS, { data: { added: "1" } }),
    said: settings("data.added"),
  },
  {
    what: "a ConfigMap's key removed",
    edit: patch(SETTINGS, { data: { color: null } }),
    said: settings("data.color"),
  },
  {
    what: "a line of a ConfigMap's file",
    edit: patch(SETTINGS, { data: { "nginx.conf": "server {\n  listen 8080;\n  server_name a;\n}\n" } }),
    said: settings('data["nginx.conf"]'),
  },
  {
    what: "a ConfigMap's binary data",
    edit: patch(SETTINGS, { binaryData: { "icon.png": "iVBORw0KGgoK" } }),
    said: settings('binaryData["icon.png"]'),
  },
  {
    what: "a ConfigMap's label",
    edit: patch(SETTINGS, { metadata: { labels: { tier: "web" } } }),
    said: settings("metadata.labels.tier"),
  },
  {
    what: "a ConfigMap made immutable",
    edit: patchForGood(SETTINGS, { immutable: true }),
    said: settings("immutable"),
  },
  {
    what: "an owner lost",
    edit: patch("/api/v1/namespaces/fixture-web/configmaps/owned-by-three", [
      { op: "remove", path: "/metadata/ownerReferences/1" },
    ]),
    said: ["~ ConfigMap fixture-web/owned-by-three metadata.ownerReferences[kind=Deployment,name=web]"],
  },
  {
    what: "a key called __proto__",
    edit: patch("/api/v1/namespaces/fixture-config/configmaps/keys", [
      { op: "replace", path: "/data/__proto__", value: "other" },
    ]),
    said: ["~ ConfigMap fixture-config/keys data.__proto__"],
  },
  {
    what: "a Secret's value",
    edit: patch(LOGIN, { stringData: { "pass.word": "TOP-SECRET-another-password" } }),
    said: login('data["pass.word"]'),
  },
  {
    what: "a Secret's key added",
    edit: patch(LOGIN, { stringData: { token: "TOP-SECRET-token-that-is-new" } }),
    said: login("data.token"),
  },
  { what: "a Secret's key removed", edit: patch(LOGIN, { data: { user: null } }), said: login("data.user") },
  {
    what: "a Secret's label",
    edit: patch(LOGIN, { metadata: { labels: { team: "red" } } }),
    said: login("metadata.labels.team"),
  },
  {
    what: "a Secret's annotation",
    edit: patch(LOGIN, { metadata: { annotations: { "example.com/note": "TOP-SECRET-another-note" } } }),
    said: login('metadata.annotations["example.com/note"]'),
  },
  {
    what: "a Secret's type",
    edit: replace(LOGIN, (secret: object) => ({ ...secret, type: "Opaque" })),
    said: login("type"),
  },
  {
    what: "an object deleted",
    edit: async (cluster) => {
      const before = await cluster.request("GET", LOGIN);
      await remove(cluster, LOGIN);
      return () => create(cluster, before);
    },
    said: [`- Secret ${NAMESPACE}/login`],
  },
  {
    what: "an object created",
    edit: async (cluster) => {
      await cluster.request("POST", `${CORE}/secrets`, {
        metadata: { name: "new" },
        stringData: { key: "TOP-SECRET-of-the-new-one" },
      });
      return () => remove(cluster, `${CORE}/secrets/new`);
    },
    said: [`+ Secret ${NAMESPACE}/new`],
  },
  {
    what: "a namespace's label",
    edit: patch(`/api/v1/namespaces/${NAMESPACE}`, { metadata: { labels: { env: "prod" } } }),
    said: [`~ Namespace ${NAMESPACE} metadata.labels.env`],
  },
  {
    what: "a namespace created, with an object in it",
    edit: async (cluster) => {
      await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "brand-new" } });
      await cluster.request("POST", "/api/v1/namespaces/brand-new/configmaps", { metadata: { name: "a" } });
      return () => remove(cluster, "/api/v1/namespaces/brand-new");
    },
    said: ["+ Namespace brand-new", "+ ConfigMap brand-new/a < brand-new"],
  },
  {
    what: "nothing, where only kube-system changed",
    edit: async (cluster) => {
      const path = "/api/v1/namespaces/kube-system/configmaps";
      if (!(await exists(cluster, `${path}/a`)))
        await cluster.request("POST", path, { metadata: { name: "a" } });
      return () => remove(cluster, `${path}/a`);
    },
    said: [],
  },
];
