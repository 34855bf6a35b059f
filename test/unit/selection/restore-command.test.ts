import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Restorable, restoreCommand } from "../../../src/selection/restore-command.ts";

const WEB: Restorable = {
  source: { backup: "backup_20260131T120000Z" },
  resource: "deployments.apps",
  namespace: "shop",
  name: "web",
};

describe("the command that brings an object back", () => {
  const BACKUP = "kube-backup restore --backup=backup_20260131T120000Z";
  const CASES: [title: string, object: Partial<Restorable>, command: string | undefined][] = [
    ["of a namespace", {}, `${BACKUP} --namespace=shop deployments.apps/web`],
    ["as it was", { exists: true }, `${BACKUP} --existing=update --namespace=shop deployments.apps/web`],
    ["by a shorter word", { word: "deployment" }, `${BACKUP} --namespace=shop deployment/web`],
    [
      "as of a moment",
      { source: { at: "2026-01-31T12:00:00.123Z" } },
      "kube-backup restore --at=2026-01-31T12:00:00.123Z --namespace=shop deployments.apps/web",
    ],
    [
      "of no namespace, quoted",
      { resource: "clusterroles.rbac.authorization.k8s.io", namespace: undefined, name: "it's $(mine)" },
      `${BACKUP} 'clusterroles.rbac.authorization.k8s.io/it'\\''s $(mine)'`,
    ],
    [
      "a Namespace with all that was in it",
      { resource: "namespaces", namespace: undefined, name: "shop" },
      `${BACKUP} --namespace=shop`,
    ],
    [
      "a Namespace that is there",
      { resource: "namespaces", namespace: undefined, name: "shop", exists: true },
      `${BACKUP} --existing=update namespaces/shop`,
    ],
    ["none for a name that is a path", { name: "../web" }, undefined],
    ["none for a name of nothing", { name: "" }, undefined],
    ["none for a namespace that is none", { namespace: "--yes" }, undefined],
    ["none for a kind that is none", { resource: "Deployment; rm" }, undefined],
    [
      "none for a Namespace whose name is none",
      { resource: "namespaces", namespace: undefined, name: "*" },
      undefined,
    ],
  ];
  for (const [title, object, command] of CASES)
    it(title, () => assert.equal(restoreCommand({ ...WEB, ...object }), command));
});
