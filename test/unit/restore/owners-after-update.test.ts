/** The owner references that an update gives an object, and what it says where they are not those of the backup. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Owner, OwnerReference } from "../../../src/kubernetes/owners.ts";
import { hasArchivedOwners, ownersAfterUpdate } from "../../../src/restore/owners/owners-after-update.ts";

const A: Owner = { apiVersion: "v1", kind: "ConfigMap", name: "a" };
const B: Owner = { apiVersion: "example.com/v1", kind: "Tenant", name: "b", controller: true };
const WEB: Owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true };
const here = (owner: Owner, uid = `uid-${owner.name}`): OwnerReference => ({ ...owner, uid });

interface Case {
  title: string;
  resource?: string;
  archived: Owner[];
  found?: OwnerReference[];
  live: OwnerReference[];
  references: OwnerReference[];
  changed: boolean;
  reason?: string;
}

const CASES: Case[] = [
  { title: "none", archived: [], live: [], references: [], changed: false },
  { title: "one that the backup has not goes", archived: [], live: [here(A)], references: [], changed: true },
  {
    title: "one that is missing comes",
    archived: [A],
    found: [here(A)],
    live: [],
    references: [here(A)],
    changed: true,
  },
  {
    title: "the same ones stay",
    archived: [A, B],
    found: [here(A), here(B)],
    live: [here(A), here(B)],
    references: [here(A), here(B)],
    changed: false,
  },
  {
    title: "order, flags and uids are those of the backup and of this cluster",
    archived: [A, B],
    found: [here(A), here(B)],
    live: [here({ ...B, controller: false }), here(A, "old")],
    references: [here(A), here(B)],
    changed: true,
  },
  {
    title: "one that was not found keeps its reference, with the flags of the backup",
    archived: [B],
    live: [here({ ...B, blockOwnerDeletion: true }, "kept"), here(A)],
    references: [here(B, "kept")],
    changed: true,
  },
  {
    title: "one that this cluster lacks is named",
    archived: [A, B],
    found: [here(A)],
    live: [here(A)],
    references: [here(A)],
    changed: false,
    reason:
      "metadata.ownerReferences lacks Tenant b, which this cluster does not have, or which this user may not read",
  },
  {
    title: "one of another version is named",
    archived: [B],
    found: [here({ ...B, apiVersion: "example.com/v2" }, "u")],
    live: [here({ ...B, apiVersion: "example.com/v2" }, "u")],
    references: [here({ ...B, apiVersion: "example.com/v2" }, "u")],
    changed: false,
    reason: "metadata.ownerReferences has Tenant b as example.com/v2, which this API server serves",
  },
  {
    title: "a Deployment keeps its ReplicaSet, and others go",
    resource: "replicasets.apps",
    archived: [WEB],
    live: [here(A), here(WEB)],
    references: [here(WEB)],
    changed: true,
  },
  {
    title: "a Deployment that has yet to adopt its ReplicaSet is named",
    resource: "replicasets.apps",
    archived: [WEB],
    live: [],
    references: [],
    changed: false,
    reason:
      "metadata.ownerReferences lacks Deployment web, whose controller adopts what its selector matches",
  },
  {
    title: "a Deployment that has adopted a ReplicaSet since is kept, and named",
    resource: "replicasets.apps",
    archived: [A],
    found: [here(A)],
    live: [here(WEB)],
    references: [here(A), here(WEB)],
    changed: true,
    reason: "metadata.ownerReferences has Deployment web, whose controller adopted it",
  },
  {
    title: "there is one controller at most: the backup's",
    resource: "replicasets.apps",
    archived: [B],
    found: [here(B)],
    live: [here(WEB)],
    references: [here(B)],
    changed: true,
  },
  {
    title: "a Deployment adopts no ReplicaSet of another group",
    resource: "replicasets.example.com",
    archived: [],
    live: [here(WEB)],
    references: [],
    changed: true,
  },
];

describe("owner references after an update", () => {
  for (const { title, resource = "configmaps", archived, found = [], live, ...expected } of CASES) {
    it(title, () => {
      const object = { metadata: { ownerReferences: live } };
      const { references, changed, reason } = ownersAfterUpdate(object, { resource, archived, found });
      assert.deepEqual(
        [references, changed, reason],
        [expected.references, expected.changed, expected.reason],
      );
    });
  }

  it("are compared by name, in their order", () => {
    const object = { metadata: { ownerReferences: [here(A), here(B)] } };
    assert.equal(hasArchivedOwners(object, [A, B]), true);
    assert.equal(hasArchivedOwners(object, [B, A]), false);
    assert.equal(hasArchivedOwners(object, [A]), false);
  });
});
