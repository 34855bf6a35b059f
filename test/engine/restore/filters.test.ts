/** Parts of a backup, under the same and under other names. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { checkNamespaceMapping } from "../../../src/restore/source/namespace-mapping.ts";
import { compileSelection, type SelectionOptions } from "../../../src/selection/selection.ts";
import { exists, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, restore, versionsOf, withEngine } from "../../support/engine/engine.ts";
import { waitUntilAtRest } from "../../support/samples/round-trip/load.ts";

const HOMES = ["team-a", "team-b", "other", "empty"];
const NEW = ["copy", "team-c"];
const BINDING = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/readers";

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  for (const namespace of ["team-a", "team-b", "other"]) await loadApplication(cluster, namespace);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "empty" } });
  const { metadata } = await cluster.request("GET", "/apis/apps/v1/namespaces/team-a/deployments/web");
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: metadata.uid };
  await cluster.request("POST", "/api/v1/namespaces/team-a/configmaps", {
    metadata: { name: "owned", ownerReferences: [owner], labels: { tier: "cache" } },
  });
  await cluster.request("POST", BINDING.slice(0, BINDING.lastIndexOf("/")), {
    metadata: { name: "readers" },
    subjects: ["team-a", "other"].map((namespace) => ({
      kind: "ServiceAccount",
      name: "default",
      namespace,
    })),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
  });
  await waitUntilAtRest(cluster, HOMES);
  archive = await backUp(client, HOMES, ["clusterrolebindings.rbac.authorization.k8s.io"]);
  await clear();
});

afterEach(clear);

async function clear(): Promise<void> {
  await Promise.all([...HOMES, ...NEW].map((name) => remove(cluster, `/api/v1/namespaces/${name}`)));
  await remove(cluster, BINDING);
}

function select(options: SelectionOptions) {
  return compileSelection(options, archive.manifest.resources, archive.name);
}

/** What an application is made of, and comes back as. */
const created = (namespace: string) => [
  `Namespace ${namespace}: created`,
  `ConfigMap ${namespace}/settings: created`,
  `Secret ${namespace}/password: created`,
  `Service ${namespace}/web: created`,
  `Deployment ${namespace}/web: created`,
];

const sorted = (...lines: (string | readonly string[])[]) => lines.flat().sort();

/** The archive, with a record of which files are read. */
function watched(): { archive: Archive; read: Set<string> } {
  const read = new Set<string>();
  const objects: Archive["objects"] = (file, signal) => {
    read.add(file.path);
    return archive.objects(file, signal);
  };
  // Its other methods look into the archive itself.
  const get = (target: Archive, name: keyof Archive) => {
    const member = target[name];
    return name === "objects" ? objects : typeof member === "function" ? member.bind(target) : member;
  };
  return { archive: new Proxy(archive, { get } as ProxyHandler<Archive>), read };
}

test("namespaces by globs, less others; nothing else is read or made", async () => {
  const { archive, read } = watched();
  const selection = select({ includeNamespaces: ["team-*"], excludeNamespaces: ["*-b"] });
  const { lines } = await restore({ client, archive, selection });
  const others = lines.filter((line) => !line.startsWith("ReplicaSet"));
  assert.deepEqual(others, sorted(created("team-a"), "ConfigMap team-a/owned: created"));
  assert.deepEqual(
    [...read].filter((path) => !/^namespaces\/team-a\/|^cluster\/namespaces\.json/.test(path)),
    [],
  );
  for (const name of ["team-b", "other", "empty"])
    assert.equal(await exists(cluster, `/api/v1/namespaces/${name}`), false, name);
  assert.equal(await exists(cluster, BINDING), false);
});

test("kinds, less others: the Namespaces come along that they need, and no others", async () => {
  const { archive, read } = watched();
  const selection = select({ includeKinds: ["configmaps", "secrets"], excludeKinds: ["Secret"] });
  const { lines } = await restore({ client, archive, selection });
  const homes = ["team-a", "team-b", "other"];
  assert.deepEqual(
    lines,
    sorted(
      homes.flatMap((name) => created(name).slice(0, 2)),
      "ConfigMap team-a/owned: created",
    ),
  );
  assert.deepEqual(
    [...read].filter((path) => !/configmaps|namespaces\.json/.test(path)),
    [],
  );
  assert.equal(await exists(cluster, "/api/v1/namespaces/empty"), false);
});

test("a label selector: only what has the labels, and only its namespace; its owner is missing", async () => {
  const { lines, report } = await restore({ client, archive, selection: select({ selector: "tier=cache" }) });
  assert.deepEqual(lines, ["ConfigMap team-a/owned: created", "Namespace team-a: created"]);
  assert.match(report.notes[0] ?? "", /ConfigMap team-a\/owned came back without an owner.*Deployment web/);
});

test("named objects in one namespace, and one Namespace that holds nothing", async () => {
  const one = select({ objects: [{ kind: "deployment", name: "web" }], includeNamespaces: ["team-b"] });
  const { lines } = await restore({ client, archive, selection: one });
  assert.deepEqual(lines, ["Deployment team-b/web: created", "Namespace team-b: created"]);
  const itself = select({ objects: [{ kind: "namespace", name: "empty" }] });
  assert.deepEqual((await restore({ client, archive, selection: itself })).lines, [
    "Namespace empty: created",
  ]);
});

test("a Namespace that only comes along stays as it is; one that is selected goes by the policy", async () => {
  await cluster.request("POST", "/api/v1/namespaces", {
    metadata: { name: "other", labels: { mine: "yes" } },
  });
  const configMaps = select({ includeKinds: ["configmap"], includeNamespaces: ["other"] });
  const { lines } = await restore({ client, archive, selection: configMaps, existing: "update" });
  assert.deepEqual(lines, ["ConfigMap other/settings: created"]);
  assert.equal((await cluster.request("GET", "/api/v1/namespaces/other")).metadata.labels.mine, "yes");
  const all = select({ includeNamespaces: ["other"] });
  const second = await restore({ client, archive, selection: all, existing: "update" });
  assert.ok(second.lines.includes("Namespace other: updated"));
  assert.equal((await cluster.request("GET", "/api/v1/namespaces/other")).metadata.labels.mine, undefined);
});

test("what selects nothing is refused before anything is touched", async () => {
  const before = await versionsOf(client);
  for (const options of [
    { selector: "no=such" },
    { includeNamespaces: ["empty"], includeKinds: ["configmap"] },
  ]) {
    await assert.rejects(restore({ client, archive, selection: select(options) }), {
      name: "OperatorError",
      message: `Cannot restore: nothing in ${archive.name} is selected`,
    });
  }
  assert.deepEqual(await versionsOf(client), before);
});

test("under another name: beside the original, with its owners, and again without a change", async () => {
  await restore({ client, archive, selection: select({ includeNamespaces: ["team-a"] }) });
  const original = await versionsOf(client);
  const selection = select({ includeNamespaces: ["team-a"] });
  const namespaceMapping = checkNamespaceMapping([["team-a", "copy"]], {
    namespaces: HOMES,
    selected: selection.namespace,
    where: archive.name,
  });
  const options = { client, archive, selection, namespaceMapping };
  const dry = await restore({ ...options, dryRun: "server" });
  assert.equal(await exists(cluster, "/api/v1/namespaces/copy"), false);
  assert.deepEqual(
    dry.items.filter(({ kind }) => kind === "Secret").map(({ outcome, reason }) => [outcome, reason]),
    [["created", "not asked: the namespace does not exist yet"]],
  );
  const { lines } = await restore(options);
  assert.deepEqual(lines, dry.lines);
  const others = lines.filter((line) => !line.startsWith("ReplicaSet"));
  assert.deepEqual(others, sorted(created("copy"), "ConfigMap copy/owned: created"));
  const [namespace, owned, deployment] = await Promise.all([
    cluster.request("GET", "/api/v1/namespaces/copy"),
    cluster.request("GET", "/api/v1/namespaces/copy/configmaps/owned"),
    cluster.request("GET", "/apis/apps/v1/namespaces/copy/deployments/web"),
  ]);
  assert.equal(namespace.metadata.labels["kubernetes.io/metadata.name"], "copy");
  assert.equal(owned.metadata.ownerReferences[0].uid, deployment.metadata.uid);
  await waitUntilAtRest(cluster, ["team-a", "copy"]);
  const again = await restore({ ...options, existing: "update" });
  assert.deepEqual(
    again.lines.filter((line) => !line.endsWith(": unchanged")),
    [],
  );
  const now = await versionsOf(client);
  const ours = (name: string) =>
    / (\/team-a$|team-a\/)/.test(name) && !/^(replicasets|deployments)/.test(name);
  for (const [name, version] of Object.entries(original))
    if (ours(name)) assert.equal(now[name], version, `${name} is not touched`);
});

test("a whole backup with a namespace under another name: what refers to it follows", async () => {
  const namespaceMapping = checkNamespaceMapping([["team-a", "team-c"]], {
    namespaces: HOMES,
    where: archive.name,
  });
  const { lines, report } = await restore({ client, archive, namespaceMapping });
  assert.deepEqual(report.failures, []);
  assert.ok(lines.includes("ClusterRoleBinding readers: created"));
  const { subjects } = await cluster.request("GET", BINDING);
  assert.deepEqual(
    subjects.map(({ namespace }: { namespace: string }) => namespace),
    ["team-c", "other"],
  );
  assert.equal(await exists(cluster, "/api/v1/namespaces/team-a"), false);
  assert.equal(await exists(cluster, "/api/v1/namespaces/empty"), true);
});

test("a dry run over nothing counts what a restore would create, and creates nothing", async () => {
  const before = await versionsOf(client);
  const asked = await restore({ client, archive, dryRun: "server" });
  const compared = await restore({ client, archive, dryRun: "client" });
  assert.deepEqual(asked.lines, compared.lines);
  assert.deepEqual(await versionsOf(client), before);
  const real = await restore({ client, archive });
  assert.deepEqual(real.lines, asked.lines);
  assert.equal(real.items.filter(({ kind }) => kind === "Deployment").length, 3);
});
