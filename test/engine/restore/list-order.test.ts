/**
 * The cluster's lists are walked beside the archive, in the order of keys. What comes of it is the same in whatever order
 * either comes, and where the list outlives its resource version.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Archive } from "../../../src/archive/reader.ts";
import { listInOrder } from "../../../src/cluster/lists/list-in-order.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { readBackupSide } from "../../../src/compare/backup-side.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import { keyOf } from "../../../src/kubernetes/metadata.ts";
import { compareKeyTexts, keyText } from "../../../src/kubernetes/object-order.ts";
import { CONFIG_MAPS, NAMESPACES } from "../../../src/kubernetes/resource.ts";
import { findExtraObjects } from "../../../src/restore/prune.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { archived, archiveOf, openClient, restore } from "../../support/engine/engine.ts";
import { type ApiProxy, type ProxiedRequest, startApiProxy } from "../../support/faults/api-proxy.ts";
import { NEVER, type SampleObject } from "../../support/samples/sample-archive.ts";

/** In the order of a list: "-" is less than "/", and "0" is more. */
const HOMES = ["team-a-b", "team-a", "team-a0", "team-b"];
/** In all namespaces together, more than the first page of a list holds and the one that is requested while it is read. */
const EACH = 40;

let cluster: ControlPlane;
let client: ApiClient;

before(async () => {
  // History that is compacted is gone at once.
  cluster = await startControlPlane({ historyFromCache: false });
  client = await openClient(cluster);
  const restored = await restore({ client, archive: await archiveIn(ORDERS["as a list"]) });
  assert.equal(restored.report.total("created"), HOMES.length * (EACH + 1));
  // One has changed since, one is gone, and one has come, in a namespace in the middle.
  await cluster.request("PATCH", configMap("team-a", "map-020"), { data: { value: "changed" } });
  await cluster.request("DELETE", configMap("team-a", "map-021"));
  await cluster.request("POST", "/api/v1/namespaces/team-a/configmaps", { metadata: { name: "map-020a" } });
});

after(async () => {
  await client?.close();
  await cluster?.stop();
});

const configMap = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

function configMaps(): SampleObject[] {
  return HOMES.flatMap((namespace) =>
    Array.from({ length: EACH }, (_, index) => {
      const metadata = { name: `map-${String(index).padStart(3, "0")}`, namespace };
      const data = { value: String(index) };
      return archived(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata, data } as never);
    }),
  );
}

const homeOf = ({ namespace = "" }: SampleObject) => namespace;
const byText = (one: string, other: string) => Number(one > other) - Number(one < other);

type Order = (objects: SampleObject[]) => SampleObject[];

const ORDERS = {
  "as a list": (objects) => objects,
  "with namespaces by name": (objects) =>
    objects.toSorted((one, other) => byText(homeOf(one), homeOf(other))),
  backwards: (objects) => objects.toReversed(),
  "with each namespace in another order": (objects) =>
    HOMES.flatMap((home) => objects.filter((each) => homeOf(each) === home).reverse()),
  "with namespaces in two pieces": (objects) => [
    ...objects.filter((_, index) => index % 2 === 1),
    ...objects.filter((_, index) => index % 2 === 0),
  ],
} satisfies Record<string, Order>;

async function archiveIn(order: Order): Promise<Archive> {
  const namespaces = HOMES.map((name) =>
    archived(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } }),
  );
  return await archiveOf([...namespaces, ...order(configMaps())]);
}

const ALIKE = HOMES.length * EACH - 2;

/** What a restore would do and a comparison shows, as text. */
async function results(archive: Archive, through: ApiClient = client): Promise<unknown> {
  const skips = (lines: readonly string[]) =>
    lines.filter((line) => /ConfigMap .*: (?!unchanged)/.test(line));
  const compared = await restore({ client: through, archive, dryRun: "client" });
  const asked = await restore({ client: through, archive, dryRun: "server", existing: "update" });
  const left = await readBackupSide({ name: "backup", archive }, NEVER);
  const right = await readClusterSide({ client: through, now: () => new Date() }, NEVER);
  const { objects, summary } = await compareSides({ left, right, selection: EVERYTHING }, NEVER);
  const scope = { selection: EVERYTHING, namespaces: new Set(HOMES), namespaceMapping: new Map() };
  const extras = await findExtraObjects({ client: through, archive, ...scope }, NEVER);
  return {
    compared: skips(compared.lines),
    unchanged: compared.report.byKind()["ConfigMap"]?.unchanged,
    asked: skips(asked.lines),
    failures: [...compared.report.failures, ...asked.report.failures],
    differences: objects
      .filter(({ kind }) => kind === "ConfigMap")
      .map(({ change, namespace, name }) => `${change} ${namespace}/${name}`),
    alike: summary.alike,
    extras: extras.map(keyText),
  };
}

const EXPECTED = {
  compared: ["ConfigMap team-a/map-020: skipped", "ConfigMap team-a/map-021: created"],
  unchanged: ALIKE,
  asked: ["ConfigMap team-a/map-020: updated", "ConfigMap team-a/map-021: created"],
  failures: [],
  differences: ["changed team-a/map-020", "added team-a/map-020a", "removed team-a/map-021"],
  // The Namespaces have a label by now.
  alike: ALIKE,
  extras: ["team-a/map-020a"],
};

describe("an archive", () => {
  for (const [name, order] of Object.entries(ORDERS)) {
    it(`${name} is restored, compared and pruned by rightly`, async () => {
      assert.deepEqual(await results(await archiveIn(order)), EXPECTED);
    });
  }

  it("whose namespaces have other names is found in their order", async () => {
    const namespaceMapping = new Map([
      ["team-a-b", "team-a"],
      ["team-a", "team-a-b"],
    ]);
    const archive = await archiveIn(ORDERS["as a list"]);
    const { report } = await restore({ client, archive, namespaceMapping, dryRun: "client" });
    // What differs and what is missing is that of the namespace of the other name.
    assert.deepEqual(report.byKind()["ConfigMap"], {
      ...{ created: 1, updated: 0, replaced: 0, unchanged: ALIKE, skipped: 1, failed: 0 },
    });
    const scope = { selection: EVERYTHING, namespaces: new Set(HOMES), namespaceMapping };
    const extras = await findExtraObjects({ client, archive, ...scope }, NEVER);
    assert.deepEqual(extras.map(keyText), ["team-a/map-020a"]);
  });

  it("costs a request for each object only where its order is another one", async () => {
    const asked = async (order: Order) => {
      const before = client.traffic.answers;
      await restore({ client, archive: await archiveIn(order), dryRun: "client" });
      return client.traffic.answers - before;
    };
    assert.ok((await asked(ORDERS["with namespaces by name"])) < 60);
    assert.ok((await asked(ORDERS.backwards)) > HOMES.length * EACH);
  });
});

describe("a list", () => {
  let proxy: ApiProxy;
  let through: ApiClient;

  before(async () => {
    proxy = await startApiProxy(cluster);
    through = await openClient(proxy);
  });

  after(async () => {
    await through?.close();
    await proxy?.stop();
  });

  it("in another order, as an aggregated API server may have it, changes no result", async () => {
    const { items, ...head } = await cluster.request("GET", "/api/v1/configmaps");
    const other = items.toReversed();
    const isList = ({ method, path }: { method: string; path: string }) =>
      method === "GET" && path === "/api/v1/configmaps";
    const page = (from: number, to: number, next: string) => ({
      ...head,
      metadata: { ...head.metadata, continue: next },
      items: other.slice(from, to),
    });
    const answer = (body: object) => ({ kind: "answer", status: 200, body }) as const;
    const undo = [
      proxy.inject({
        when: (request) => isList(request) && !request.query.has("continue"),
        fault: answer(page(0, 100, "more")),
      }),
      proxy.inject({
        when: (request) => isList(request) && request.query.has("continue"),
        fault: answer(page(100, other.length, "")),
      }),
    ];
    try {
      assert.deepEqual(await results(await archiveIn(ORDERS["as a list"]), through), EXPECTED);
    } finally {
      for (const each of undo) each();
    }
  });

  it("that comes in one page is put in order", async () => {
    const list = await cluster.request("GET", "/api/v1/configmaps");
    const body = { ...list, items: list.items.toReversed() };
    const undo = proxy.inject({
      when: ({ path }) => path === "/api/v1/configmaps",
      fault: { kind: "answer", status: 200, body },
    });
    try {
      assert.deepEqual(await results(await archiveIn(ORDERS["as a list"]), through), EXPECTED);
    } finally {
      undo();
    }
  });

  for (const asText of [undefined, ["data"]]) {
    it(`${asText === undefined ? "" : "that is parsed as it arrives "}goes on after its last object when its resource version is compacted`, async () => {
      const keys: string[] = [];
      const since = new Set<Date | undefined>();
      for await (const page of listInOrder(client, CONFIG_MAPS, { asText, pageBytes: 8 * 1024 }, NEVER)) {
        keys.push(...page.items.map((item) => keyText(keyOf(item))));
        since.add(page.since);
        if (since.size > 1) continue;
        // After the first page: one before what is read, and one after.
        for (const name of ["late-1", "zlate-1"])
          await cluster
            .request("POST", "/api/v1/namespaces/team-a-b/configmaps", { metadata: { name } })
            .catch(() => {});
        await cluster
          .request("POST", "/api/v1/namespaces/team-b/configmaps", { metadata: { name: "late-2" } })
          .catch(() => {});
        await cluster.compact();
      }
      try {
        assert.deepEqual(keys, keys.toSorted(compareKeyTexts));
        assert.equal(new Set(keys).size, keys.length);
        assert.equal(keys.filter((key) => /^\/?team-.*\/map-/.test(key)).length, HOMES.length * EACH);
        assert.ok(keys.includes("team-b/late-2"), "what came meanwhile");
        assert.ok([...since].some((time) => time instanceof Date));
      } finally {
        for (const [namespace, name] of [
          ["team-a-b", "late-1"],
          ["team-a-b", "zlate-1"],
          ["team-b", "late-2"],
        ] as const)
          await cluster.request("DELETE", configMap(namespace, name)).catch(() => {});
      }
    });
  }

  it("that is compacted while a restore is under way changes no result", async () => {
    const archive = await archiveIn(ORDERS["as a list"]);
    const isList = ({ path, query }: ProxiedRequest) =>
      path === "/api/v1/configmaps" && !query.has("labelSelector");
    const undo = proxy.inject({
      when: (request) => isList(request) && request.query.has("continue"),
      fault: { kind: "delay", ms: 1_500 },
    });
    let compacted: Promise<void> | undefined;
    proxy.onRequest((request) => {
      if (!isList(request) || compacted !== undefined) return;
      compacted = sleep(300)
        .then(() =>
          cluster.request("PATCH", configMap("team-b", "map-000"), { metadata: { labels: { a: "b" } } }),
        )
        .then(() => cluster.compact());
    });
    const from = proxy.requests.length;
    const { report } = await restore({ client: through, archive, dryRun: "client" });
    await compacted;
    undo();
    // The first page, the one that is refused, and the rest.
    assert.equal(proxy.requests.slice(from).filter(isList).length, 3);
    const { created, unchanged, skipped } = report.byKind()["ConfigMap"] ?? {};
    // One more differs: it was changed while the list was under way.
    assert.deepEqual({ created, unchanged, skipped }, { created: 1, unchanged: ALIKE - 1, skipped: 2 });
    await cluster.request("PATCH", configMap("team-b", "map-000"), { metadata: { labels: null } });
    assert.deepEqual(await results(archive), EXPECTED);
  });
});
