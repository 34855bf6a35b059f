import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Pass, passesOf } from "../../../src/restore/rounds/passes.ts";

const CRDS = "customresourcedefinitions.apiextensions.k8s.io";
const HOOKS = "validatingwebhookconfigurations.admissionregistration.k8s.io";

interface Case {
  what: string;
  names: string[];
  /** Resources that have owned objects, and the resources of the owners. */
  owners?: Record<string, string[]>;
  exceedsQuotas?: boolean;
  /** Each pass as `name`, `name:owned`. */
  passes: string[];
}

const CASES: Case[] = [
  {
    what: "without owners the passes are the stages",
    names: ["secrets", "configmaps", "deployments.apps", "clusters.db.example.com"],
    passes: ["secrets configmaps", "deployments.apps", "clusters.db.example.com"],
  },
  {
    what: "a Secret of a custom resource comes before the custom resource anyway",
    names: ["secrets", "clusters.db.example.com"],
    owners: { secrets: ["clusters.db.example.com"] },
    passes: ["secrets", "clusters.db.example.com"],
  },
  {
    what: "custom resources of custom resources come before them, the deepest first",
    names: ["services.serving.dev", "configurations.serving.dev", "revisions.serving.dev"],
    owners: {
      "configurations.serving.dev": ["services.serving.dev"],
      "revisions.serving.dev": ["configurations.serving.dev"],
    },
    passes: [
      "revisions.serving.dev:owned",
      "configurations.serving.dev:owned",
      "services.serving.dev configurations.serving.dev:rest revisions.serving.dev:rest",
    ],
  },
  {
    what: "a custom resource of an Ingress comes before the Ingress, and what the custom resource owns before that",
    names: [
      "secrets",
      "deployments.apps",
      "ingresses.networking.k8s.io",
      "certificates.cm.io",
      "requests.cm.io",
    ],
    owners: {
      "certificates.cm.io": ["ingresses.networking.k8s.io"],
      "requests.cm.io": ["certificates.cm.io"],
    },
    passes: [
      "secrets",
      "deployments.apps",
      "requests.cm.io:owned",
      "certificates.cm.io:owned",
      "ingresses.networking.k8s.io",
      "certificates.cm.io:rest requests.cm.io:rest",
    ],
  },
  {
    what: "Jobs of CronJobs come before the CronJobs",
    names: ["jobs.batch", "cronjobs.batch"],
    owners: { "jobs.batch": ["cronjobs.batch"] },
    passes: ["jobs.batch:owned", "jobs.batch:rest cronjobs.batch"],
  },
  {
    what: "objects of one resource that own each other: owned ones first",
    names: ["folders.example.com"],
    owners: { "folders.example.com": ["folders.example.com"] },
    passes: ["folders.example.com:owned", "folders.example.com:rest"],
  },
  {
    what: "resources that own each other's objects",
    names: ["a.example.com", "b.example.com"],
    owners: { "a.example.com": ["b.example.com"], "b.example.com": ["a.example.com"] },
    passes: ["a.example.com:owned b.example.com:owned", "a.example.com:rest b.example.com:rest"],
  },
  {
    what: "an owner that the backup has no resource of changes nothing",
    names: ["configmaps", "deployments.apps"],
    owners: { configmaps: ["gone.example.com"] },
    passes: ["configmaps", "deployments.apps"],
  },
  {
    what: "definitions stay first, and nothing comes before them",
    names: [CRDS, "composites.example.com", "secrets"],
    owners: { [CRDS]: ["composites.example.com"], "composites.example.com": [CRDS] },
    passes: [CRDS, "secrets", "composites.example.com"],
  },
  {
    what: "admission stays last, whatever owns it",
    names: ["clusterroles.rbac.authorization.k8s.io", HOOKS],
    owners: { [HOOKS]: ["clusterroles.rbac.authorization.k8s.io"] },
    passes: ["clusterroles.rbac.authorization.k8s.io", HOOKS],
  },
  {
    what: "quotas that the backup exceeds come after what they count, and before admission",
    names: ["resourcequotas", "deployments.apps", "widgets.example.com", HOOKS],
    exceedsQuotas: true,
    passes: [
      "resourcequotas:within",
      "deployments.apps",
      "widgets.example.com",
      "resourcequotas:exceeded",
      HOOKS,
    ],
  },
];

describe("the passes of a restore", () => {
  for (const { what, names, owners = {}, exceedsQuotas = false, passes } of CASES) {
    it(what, () => {
      const byResource = new Map(Object.entries(owners).map(([name, of]) => [name, new Set(of)]));
      const found = passesOf({ names, owners: byResource, exceedsQuotas });
      assert.deepEqual(found.map(titleOf), passes);
    });
  }
});

function titleOf(pass: Pass): string {
  return pass.map(({ name, which }) => (which === "all" ? name : `${name}:${which}`)).join(" ");
}
