/** What backups leave out is not restored either, whoever has written the archive: by restore, dry run, rehearsal and diff. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openArchive } from "../../../src/archive/reader.ts";
import { discoverResources } from "../../../src/cluster/discovery.ts";
import { readObject } from "../../../src/cluster/objects.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { readBackupSide } from "../../../src/compare/backup-side.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import { isBuiltIn } from "../../../src/kubernetes/built-in-groups.ts";
import { builtInKind, resourceOfBuiltInKind } from "../../../src/kubernetes/built-in-kinds.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import { rehearse } from "../../../src/rehearse/rehearse.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { restore, versionsOf, withEngine } from "../../support/engine/engine.ts";
import { forge, forgedObject, RESOURCES, seal } from "../../support/forged/forge.ts";
import { memorySource, NEVER, type SampleObject } from "../../support/samples/sample-archive.ts";

let client: ApiClient;
withEngine((engine) => {
  client = engine.client;
});

const CONTROLLER = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", controller: true };
const POD = { spec: { containers: [{ name: "a", image: "a" }] } };
const ROLES = { ...RESOURCES.clusterRoles };

/** What no backup holds, of a namespace that is restored, and of others. */
function planted(): SampleObject[] {
  const privileged = {
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: {
        metadata: { labels: { app: "x" } },
        spec: { containers: [{ name: "x", image: "x", securityContext: { privileged: true } }] },
      },
    },
  };
  return [
    forgedObject(RESOURCES.namespaces, undefined, "backuprestore-donotuse"),
    forgedObject(RESOURCES.namespaces, undefined, "hidden", {
      metadata: { labels: { "kube-backup/exclude": "true" } },
    }),
    forgedObject(RESOURCES.namespaces, undefined, "kube-system", {
      metadata: { labels: { planted: "yes" } },
    }),
    forgedObject(RESOURCES.configmaps, "hidden", "in-hidden"),
    forgedObject(RESOURCES.configmaps, "kube-system", "kube-backup-restore", { data: { backup: "x" } }),
    forgedObject(RESOURCES.configmaps, "shop", "kube-root-ca.crt", { data: { "ca.crt": "planted" } }),
    forgedObject(RESOURCES.secrets, "shop", "token", {
      type: "kubernetes.io/service-account-token",
      metadata: { annotations: { "kubernetes.io/service-account.name": "default" } },
    }),
    { ...forgedObject(RESOURCES.pods, "shop", "owned", POD), owners: [CONTROLLER] },
    forgedObject(RESOURCES.daemonsets, "kube-system", "planted", privileged),
    forgedObject(ROLES, undefined, "planted", {
      metadata: { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
      rules: [],
    }),
  ];
}

const wanted = [
  forgedObject(RESOURCES.namespaces, undefined, "shop"),
  forgedObject(RESOURCES.configmaps, "shop", "plain", { data: { a: "b" } }),
];

/** In the order of the writer: by resource, namespace and name. */
async function forgedArchive() {
  const objects = [...planted(), ...wanted];
  const groups = Map.groupBy(objects, ({ resource, namespace }) => `${resource.resource} ${namespace ?? ""}`);
  const ordered = [...groups.values()].flatMap((each) => each.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  return await openArchive(memorySource(seal(await forge(ordered))), NEVER);
}

const NOTE =
  /^9 objects are not restored, since no backup of kube-backup holds such: .*backuprestore-donotuse.* and 4 more/;

test("a dry run asks for none of them, and stores nothing", async () => {
  const before = await versionsOf(client);
  for (const dryRun of ["client", "server"] as const) {
    const { lines, report } = await restore({ client, archive: await forgedArchive(), dryRun });
    assert.deepEqual(lines, ["ConfigMap shop/plain: created", "Namespace shop: created"]);
    assert.ok(
      report.notes.some((note) => NOTE.test(note)),
      report.notes.join("\n"),
    );
  }
  assert.deepEqual(await versionsOf(client), before);
});

test("a rehearsal asks for none of them", async () => {
  const said: string[] = [];
  const stream = { write: (line: string) => said.push(line) };
  const log = await createLog({
    stream,
    readable: false,
    colors: false,
    debug: false,
    now: () => new Date(),
  });
  const report = await rehearse({ client, archive: await forgedArchive(), log, random: () => "abc" }, NEVER);
  assert.equal(report.total("accepted"), 2);
  assert.equal(report.total("refused"), 0);
  assert.match(said.join(""), /9 objects are not asked about/);
});

test("a comparison does not count them as added", async () => {
  const archive = await forgedArchive();
  const left = await readBackupSide({ name: archive.name, archive }, NEVER);
  const right = await readClusterSide({ client, now: () => new Date() }, NEVER);
  const { objects, notes } = await compareSides({ left, right, selection: EVERYTHING }, NEVER);
  const titles = objects
    .filter(({ change }) => change === "removed")
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  assert.deepEqual(titles.sort(), ["ConfigMap shop/plain", "Namespace null/shop"]);
  assert.ok(
    notes.some((note) => /8 objects that no backup of kube-backup holds/.test(note)),
    notes.join("\n"),
  );
});

test("a restore writes none of them, and says so once", async () => {
  const { lines, report } = await restore({ client, archive: await forgedArchive() });
  assert.deepEqual(lines, ["ConfigMap shop/plain: created", "Namespace shop: created"]);
  assert.equal(report.notes.filter((note) => NOTE.test(note)).length, 1, report.notes.join("\n"));
  for (const { resource, namespace, name } of planted()) {
    const known = { version: "v1", ...resource } as never;
    const live = await readObject(client, known, { namespace, name }, NEVER);
    const isOurs = live === undefined || name === "kube-system" || name === "kube-root-ca.crt";
    assert.ok(isOurs, `${resource.kind} ${name} was created`);
    assert.doesNotMatch(JSON.stringify(live ?? {}), /"planted"/);
  }
});

test("built-in resources have the kinds and scopes of the table", async () => {
  const served = await discoverResources(client, NEVER);
  const builtIn = served.filter(
    ({ group, verbs }) => isBuiltIn(group) && verbs.includes("list") && verbs.includes("create"),
  );
  assert.ok(builtIn.length > 50, `${builtIn.length} resources`);
  for (const resource of builtIn) {
    const { kind, namespaced } = resource;
    assert.deepEqual(builtInKind(resourceName(resource)), { kind, namespaced }, resourceName(resource));
    assert.equal(resourceOfBuiltInKind(resource), resourceName(resource));
  }
});
