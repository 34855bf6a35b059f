import assert from "node:assert/strict";
import { test } from "node:test";
import { ownObjects } from "../../../src/objects/own-objects.ts";

const isOwn = ownObjects({
  namespace: "backups",
  used: new Set(["Secret/settings", "ConfigMap/ca", "ServiceAccount/kube-backup"]),
  releases: new Set(["kube-backup"]),
});
const NAME = { "app.kubernetes.io/name": "kube-backup" };

interface Case {
  what: string;
  kind: string;
  name?: string;
  apiVersion?: string;
  namespace?: string;
  labels?: Record<string, string>;
  type?: string;
  own: boolean;
}

const cases: Case[] = [
  { what: "its Deployment", kind: "Deployment", apiVersion: "apps/v1", labels: NAME, own: true },
  {
    what: "a Role of its name",
    kind: "Role",
    apiVersion: "rbac.authorization.k8s.io/v1",
    labels: NAME,
    own: true,
  },
  {
    what: "a Lease that it has written",
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    labels: { "app.kubernetes.io/managed-by": "kube-backup" },
    own: true,
  },
  { what: "a Secret that its pod uses", kind: "Secret", name: "settings", own: true },
  { what: "a ConfigMap that its pod uses", kind: "ConfigMap", name: "ca", own: true },
  { what: "a ServiceAccount that its pod uses", kind: "ServiceAccount", name: "kube-backup", own: true },
  {
    what: "what Helm keeps of its release",
    kind: "Secret",
    name: "sh.helm.release.v1.kube-backup.v1",
    type: "helm.sh/release.v1",
    labels: { owner: "helm", name: "kube-backup" },
    own: true,
  },
  {
    what: "what Helm keeps of another release",
    kind: "Secret",
    type: "helm.sh/release.v1",
    labels: { owner: "helm", name: "shop" },
    own: false,
  },
  { what: "another Secret", kind: "Secret", name: "login", own: false },
  { what: "a ConfigMap of a Secret's name", kind: "ConfigMap", name: "settings", own: false },
  {
    what: "a custom resource of a Secret's name",
    kind: "Secret",
    apiVersion: "example.com/v1",
    name: "settings",
    own: false,
  },
  {
    what: "another program's Deployment",
    kind: "Deployment",
    apiVersion: "apps/v1",
    labels: { "app.kubernetes.io/name": "web" },
    own: false,
  },
  {
    what: "a Secret of that name elsewhere",
    kind: "Secret",
    name: "settings",
    namespace: "shop",
    own: false,
  },
  {
    what: "a Deployment with its label elsewhere",
    kind: "Deployment",
    apiVersion: "apps/v1",
    labels: NAME,
    namespace: "shop",
    own: false,
  },
];

for (const {
  what,
  kind,
  name = "any",
  apiVersion = "v1",
  namespace = "backups",
  labels,
  type,
  own,
} of cases) {
  test(`${what} is ${own ? "" : "not "}its own`, () => {
    const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) };
    const object = { apiVersion, kind, metadata, ...(type === undefined ? {} : { type }) };
    assert.equal(isOwn({ kind, namespace, name, object }), own);
  });
}

test("the namespace itself is nobody's own", () => {
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "backups", labels: NAME } };
  assert.equal(isOwn({ kind: "Namespace", namespace: undefined, name: "backups", object }), false);
});
