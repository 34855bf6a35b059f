import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { type ClusterRight, clusterRights } from "../../../src/access/cluster-rights.ts";
import { rolesFor } from "../../../src/access/cluster-role.ts";
import type { GroupResource } from "../../../src/kubernetes/resource.ts";
import { LOOP_LEASE } from "../../../src/lease/lease-record.ts";
import { DEFAULT_RESOURCES } from "../../../src/objects/default-resources.ts";
import { recordKey } from "../../../src/restore-gate/restore-record.ts";
import { JOBS } from "../../../src/store/contract/store-access.ts";

const RECORD_KEY = recordKey("kube-system");

const ROOT = path.resolve(import.meta.dirname, "../../..");

interface Role {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
  subjects?: object[];
}

/** Each verb on each resource of roles, with the namespace and the name to which it is limited. */
function flatten(roles: readonly Role[]): string[] {
  return roles
    .flatMap(({ metadata: { namespace }, rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, resourceNames = ["*"], verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.flatMap((verb) =>
              resourceNames.map((name) => [namespace ?? "*", group, resource, name, verb].join(" ")),
            ),
          ),
        ),
      ),
    )
    .sort();
}

async function manifest(file: string): Promise<Role[]> {
  const documents = parseAllDocuments(await readFile(path.join(ROOT, file), "utf8"));
  return documents.map((document) => document.toJS() as Role).filter(({ rules }) => rules !== undefined);
}

function resource(name: string): GroupResource {
  const [resource = "", ...group] = name.split(".");
  return { group: group.join("."), resource };
}

const DEFAULTS = DEFAULT_RESOURCES.map(resource);
const roles = (rights: readonly ClusterRight[], user?: string) => rolesFor(rights, user) as Role[];

describe("the rights on the API server", () => {
  it("of the usual kinds are those of kube-backup.yml, no more and no fewer", async () => {
    const rights = clusterRights(DEFAULTS, RECORD_KEY, JOBS, { changeLog: true });
    assert.deepEqual(flatten(roles(rights)), flatten(await manifest("kube-backup.yml")));
    assert.equal(rights.length, 52);
  });

  it("of every kind of deploy/components/all-kinds/rights.yaml are those of the two manifests", async () => {
    const both = [
      ...(await manifest("kube-backup.yml")),
      ...(await manifest("deploy/components/all-kinds/rights.yaml")),
    ];
    const named = new Map(
      both.flatMap(({ rules = [] }) =>
        rules.flatMap(({ apiGroups: [group = ""], resources }) =>
          resources.map((each) => [`${group} ${each}`, { group, resource: each }] as const),
        ),
      ),
    );
    // Leases and events are not backed up.
    const resources = [...named.values()].filter(({ resource }) => !["leases", "events"].includes(resource));
    assert.deepEqual(flatten(roles(clusterRights(resources, RECORD_KEY, JOBS, { changeLog: true }))), [
      ...new Set(flatten(both)),
    ]);
  });

  it("of a restore are those of deploy/components/restore-account, but for what only the gate and the loop write", async () => {
    const rights = clusterRights(DEFAULTS, RECORD_KEY, ["restore"], { changeLog: true }).filter(
      ({ resource, name, verb }) =>
        !(resource === "configmaps" && verb === "delete") && name !== LOOP_LEASE && resource !== "events",
    );
    const component = await manifest("deploy/components/restore-account/rights.yaml");
    assert.deepEqual(flatten(roles(rights)), flatten(component));
  });

  it("of a backup alone are to list, and of a change log to watch", () => {
    const rights = clusterRights(DEFAULTS, RECORD_KEY, ["backup"], { changeLog: true });
    assert.deepEqual(new Set(rights.map(({ verb }) => verb)), new Set(["list", "watch"]));
    assert.equal(rights.length, 18);
    const without = clusterRights(DEFAULTS, RECORD_KEY, ["backup"], { changeLog: false });
    assert.deepEqual(new Set(without.map(({ verb }) => verb)), new Set(["list"]));
    assert.deepEqual(clusterRights(DEFAULTS, RECORD_KEY, ["prune"], { changeLog: true }), []);
  });

  it("mark what only a restore needs", () => {
    for (const { verb, jobs } of clusterRights(DEFAULTS, RECORD_KEY, JOBS, { changeLog: true })) {
      const expected = verb === "list" ? ["backup", "restore"] : verb === "watch" ? ["backup"] : ["restore"];
      assert.deepEqual(jobs, expected, verb);
    }
  });

  it("of the record are limited to it where no ConfigMaps are backed up", () => {
    const rights = clusterRights([resource("secrets")], RECORD_KEY, JOBS, { changeLog: true });
    assert.deepEqual(
      flatten(roles(rights)).filter((line) => line.includes("configmaps")),
      [
        "kube-system  configmaps * create",
        "kube-system  configmaps kube-backup-restore delete",
        "kube-system  configmaps kube-backup-restore get",
        "kube-system  configmaps kube-backup-restore patch",
      ],
    );
  });
});

describe("the roles", () => {
  const rights = clusterRights(DEFAULTS, RECORD_KEY, JOBS, { changeLog: true });

  it("have one rule for the resources of a group with the same verbs, as kube-backup.yml has", () => {
    const [role] = roles(rights);
    assert.deepEqual(role?.rules, [
      {
        apiGroups: [""],
        resources: ["namespaces", "configmaps", "secrets", "services"],
        verbs: ["list", "watch", "get", "create", "patch"],
      },
      {
        apiGroups: ["apps"],
        resources: ["replicasets", "daemonsets", "statefulsets", "deployments"],
        verbs: ["list", "watch", "get", "create", "patch"],
      },
      {
        apiGroups: ["networking.k8s.io"],
        resources: ["ingresses"],
        verbs: ["list", "watch", "get", "create", "patch"],
      },
    ]);
  });

  it("are bound to the user, where it is known", () => {
    const kinds = (user?: string) => roles(rights, user).map(({ kind }) => kind);
    assert.deepEqual(kinds(), ["ClusterRole", "Role"]);
    assert.deepEqual(kinds("carol"), ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);
    assert.deepEqual(roles(rights, "carol")[1]?.subjects, [
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "carol" },
    ]);
    const names = (user?: string) => new Set(roles(rights, user).map(({ metadata }) => metadata.name));
    assert.deepEqual(names(), new Set(["kube-backup-access"]));
    assert.deepEqual(names("https://login/carol"), new Set(["kube-backup-access:https:__login_carol"]));
    assert.deepEqual(roles(rights, "system:serviceaccount:kube-system:kube-backup")[3]?.subjects, [
      { kind: "ServiceAccount", name: "kube-backup", namespace: "kube-system" },
    ]);
  });
});
