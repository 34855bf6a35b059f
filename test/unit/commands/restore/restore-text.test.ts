import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeHeader } from "../../../../src/commands/restore/header.ts";
import { restoreJson } from "../../../../src/commands/restore/restore-json.ts";
import {
  changesNothing,
  describeNothingToDo,
  describePlan,
  describeReport,
  keepFirstOfResult,
} from "../../../../src/commands/restore/restore-text.ts";
import { RestoreTally, type Result } from "../../../../src/commands/restore/tally.ts";

const REPORT = "s3://backups/blue/reports/backup_20260131T120000Z.restore-20260201T080000Z";
const BACKUP = "backup_20260131T110000Z";
const CLUSTER = { id: "0e7c", name: null, context: "blue", server: "https://blue.example:6443" };

const RESOURCES = [
  ["", "namespaces", "Namespace"],
  ["", "configmaps", "ConfigMap"],
  ["", "secrets", "Secret"],
  ["", "services", "Service"],
  ["apps", "deployments", "Deployment"],
  ["serving.knative.dev", "services", "Service"],
].map(([group = "", resource = "", kind = ""]) => {
  return { group, version: "v1", resource, kind, namespaced: kind !== "Namespace" };
});

function tallyOf(...items: [kind: string, name: string, outcome: Result, reason?: string][]): RestoreTally {
  const tally = new RestoreTally(() => true, RESOURCES);
  for (const [kind, name, outcome, reason] of items) {
    const resource = `${kind.toLowerCase()}s`;
    const namespace = kind === "Namespace" ? undefined : "shop";
    tally.add({ resource, kind, namespace, name, outcome, ...(reason === undefined ? {} : { reason }) });
  }
  return tally;
}

describe("the report", () => {
  it("of a dry run names the first of very many, and says how many more there are", () => {
    const keepFirst = keepFirstOfResult();
    const tally = new RestoreTally(({ outcome }) => keepFirst(outcome), RESOURCES);
    for (let index = 0; index < 10_003; index += 1) {
      const name = String(index).padStart(5, "0");
      tally.add({ resource: "configmaps", kind: "ConfigMap", namespace: "shop", name, outcome: "created" });
    }
    assert.equal(tally.items.length, 10_000);
    const lines = describeReport({ backup: BACKUP, tally, notes: [], dryRun: true });
    assert.equal(lines.filter((line) => line.startsWith("  ConfigMap shop/")).length, 10_000);
    assert.ok(lines.includes("and 3 more to create: -o json names all of them"));
    assert.match(lines.at(-1) ?? "", /10003 to create/);
  });

  it("has kinds in their order, whichever came first, and what is in no list of them last", () => {
    const tally = tallyOf(
      ["Widget", "w", "failed", "late"],
      ["Service", "web", "failed", "taken"],
      ["ConfigMap", "b", "created"],
      ["Service", "api", "created"],
      ["ConfigMap", "a", "failed", "gone"],
    );
    assert.deepEqual(
      tally.byResource().map(({ title }) => title),
      ["ConfigMap", "Service", "Widget"],
    );
    const names = (items: readonly { name: string }[]) => items.map(({ name }) => name);
    assert.deepEqual(names(tally.items), ["b", "a", "web", "api", "w"]);
    assert.deepEqual(names(tally.failures), ["a", "web", "w"]);
  });

  it("has the main columns, failures by name, notes, and the counts last", () => {
    const tally = tallyOf(
      ["Namespace", "shop", "created"],
      ["Secret", "login", "skipped"],
      ["Service", "web", "failed", "the port is taken"],
    );
    assert.equal(
      describeReport({ backup: BACKUP, tally, notes: ["A note"], dryRun: false }).join("\n"),
      [
        "KIND        CREATED   UNCHANGED   SKIPPED   FAILED",
        "Namespace         1           0         0        0",
        "Secret            0           0         1        0",
        "Service           0           0         0        1",
        "1 object failed:",
        "  1 Service   the port is taken",
        "              shop/web",
        "A note",
        "1 exist and differ from the backup: left as they are (--existing update writes them over)",
        "  Secret shop/login",
        `${BACKUP} restored: 1 created, 0 unchanged, 1 skipped, 1 failed`,
      ].join("\n"),
    );
  });

  it("counts and names two kinds of one name apart", () => {
    const tally = tallyOf(["Service", "hello", "created"]);
    const knative = {
      resource: "services.serving.knative.dev",
      kind: "Service",
      namespace: "shop",
      name: "hello",
    };
    tally.add({ ...knative, outcome: "failed", reason: "refused" });
    const text = describeReport({ backup: BACKUP, tally, notes: [], dryRun: false }).join("\n");
    assert.match(text, /^Service +1 +0 +0 +0$/m);
    assert.match(text, /^Service\.serving\.knative\.dev +0 +0 +0 +1$/m);
    assert.match(text, /^ {2}1 Service\.serving\.knative\.dev {3}refused\n +shop\/hello$/m);
    const { kinds } = restoreJson({
      backup: BACKUP,
      cluster: CLUSTER,
      dryRun: undefined,
      paused: false,
      transformed: [],
      gitOps: [],
      waited: undefined,
      report: undefined,
      tally,
      notes: [],
      unmet: [],
      flagWritten: false,
    }) as {
      kinds: object;
    };
    assert.deepEqual(Object.keys(kinds), ["Service", "Service.serving.knative.dev"]);
  });

  it("has a column more for each outcome that occurs", () => {
    const tally = tallyOf(
      ["Secret", "a", "updated"],
      ["Secret", "b", "replaced"],
      ["Secret", "c", "deleted"],
    );
    const lines = describeReport({ backup: BACKUP, tally, notes: [], dryRun: false });
    assert.deepEqual(lines.slice(-3, -1), ["Deleted:", "  Secret shop/c"]);
    assert.match(lines[0] ?? "", /^KIND +CREATED +UPDATED +REPLACED +UNCHANGED +SKIPPED +DELETED +FAILED$/);
  });

  it("of a deletion that failed says so", () => {
    const tally = tallyOf();
    const secret = { resource: "secrets", kind: "Secret", namespace: "shop", name: "old" };
    tally.add({ ...secret, outcome: "failed", reason: "it has changed", deletion: true });
    const text = describeReport({ backup: BACKUP, tally, notes: [], dryRun: false }).join("\n");
    assert.match(text, /^ {2}1 Secret {3}not deleted: it has changed\n +shop\/old$/m);
  });

  it("of a dry run names everything that would change, and says that nothing has", () => {
    const tally = tallyOf(
      ["Secret", "a", "created"],
      ["Secret", "b", "updated"],
      ["Secret", "c", "unchanged"],
      ["Secret", "d", "deleted"],
      ["Secret", "e", "updated", "overwrites data of kubectl"],
      ["Secret", "f", "created", "not asked"],
      ["Secret", "g", "created", "not asked"],
    );
    const lines = describeReport({ backup: BACKUP, tally, notes: [], dryRun: true });
    assert.match(lines[0] ?? "", /^KIND +TO CREATE +TO UPDATE +UNCHANGED +TO SKIP +TO DELETE +WOULD FAIL$/);
    assert.deepEqual(lines.slice(2), [
      "To create:",
      "  Secret shop/a",
      "To create, not asked:",
      "  Secret shop/f",
      "  Secret shop/g",
      "To update:",
      "  Secret shop/b",
      "  Secret shop/e: overwrites data of kubectl",
      "To delete:",
      "  Secret shop/d",
      `${BACKUP} not restored, this is a dry run: 3 to create, 2 to update, 1 unchanged, 0 to skip, 1 to delete, 0 would fail`,
    ]);
  });
});

describe("the plan", () => {
  it("names the first objects of each kind that change, and failures by reason", () => {
    const names = ["a", "b", "c", "d"];
    const failures = Array.from({ length: 25 }, (_, index): [string, string, Result, string] => [
      "Service",
      `web-${index}`,
      "failed",
      "refused",
    ]);
    const tally = tallyOf(
      ...names.map((name): [string, string, Result] => ["Secret", name, "created"]),
      ["Namespace", "shop", "created"],
      ...failures,
    );
    const lines = describePlan(tally, []);
    assert.match(lines[2] ?? "", /^Secret [ \d]+$/);
    assert.match(lines[1] ?? "", /^Namespace [ \d]+$/);
    const from = lines.indexOf("To change:");
    assert.deepEqual(lines.slice(from, from + 3), [
      "To change:",
      "  Namespace   shop",
      "  Secret      shop/a, shop/b, shop/c, …",
    ]);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.deepEqual(lines.slice(-3), [
      "25 objects would fail:",
      "  25 Service   refused",
      "               shop/web-0, shop/web-1 and 23 more",
    ]);
  });
});

describe("there is nothing to ask about", () => {
  const rows: [title: string, outcome: Result, nothing: boolean][] = [
    ["what is as it was", "unchanged", true],
    ["what is left as it is", "skipped", true],
    ["what would be created", "created", false],
    ["what would be written over", "updated", false],
    ["what would fail", "failed", false],
  ];
  for (const [title, outcome, nothing] of rows) {
    it(`${title}: ${nothing}`, () =>
      assert.equal(changesNothing(tallyOf(["Secret", "a", outcome]).summary()), nothing));
  }

  it("and that is said", () => {
    const { ...summary } = tallyOf(["Secret", "a", "unchanged"], ["Secret", "b", "skipped"]).summary();
    assert.equal(
      describeNothingToDo(BACKUP, summary),
      `Nothing to restore of ${BACKUP}: 1 unchanged, 1 skipped`,
    );
  });
});

describe("the head of the question", () => {
  const manifest = {
    time: "2026-01-31T11:00:00Z",
    cluster: { id: "one", kubernetesVersion: "v1.36.3" },
  };
  const options = {
    client: CLUSTER,
    archive: { name: BACKUP, manifest },
    request: { existing: "skip" as const, undo: undefined, prune: false, restoreStatus: false },
    scope: { objects: 7, namespaces: new Set(["data", "shop"]), namespaceMapping: new Map(), whole: true },
    clusterId: "one",
    now: new Date("2026-01-31T14:00:00Z"),
  };

  it("says backup, age, cluster, namespaces and what becomes of what is there", () => {
    assert.deepEqual(
      describeHeader(options).map((line) => line.replace(/ {3,}/, ": ")),
      [
        `Backup: ${BACKUP}, 3h ago`,
        "Made by: this cluster",
        "Cluster: blue, https://blue.example:6443",
        "Namespaces: data, shop",
        "Objects: 7, the whole backup",
        "What differs: is left as it is",
      ],
    );
  });

  it("tells another cluster's backup, mappings, and what is deleted", () => {
    const many = Array.from({ length: 12 }, (_, index) => `team-${index}`);
    const text = describeHeader({
      ...options,
      request: { existing: "replace", undo: undefined, prune: true, restoreStatus: true },
      scope: {
        objects: 7,
        namespaces: new Set(many),
        namespaceMapping: new Map([["team-1", "copy"]]),
        whole: false,
      },
      clusterId: "two",
    }).join("\n");
    assert.match(text, /^Made by +another cluster, one; this one is two$/m);
    assert.match(text, /^Namespaces +team-0, team-1 as copy, .* team-9 and 2 more$/m);
    assert.match(text, /^Objects +7, a part of the backup$/m);
    assert.match(text, /^What differs +is written over; .* deleted and created again$/m);
    assert.match(text, /^Status +of custom resources comes back too$/m);
    assert.match(text, /^What is extra +is deleted$/m);
  });

  it("says that the cluster is not known where kube-system may not be read", () => {
    assert.match(
      describeHeader({ ...options, clusterId: undefined }).join("\n"),
      /^Made by +cluster one; whether that is this one is not known, without the right to read the namespace kube-system$/m,
    );
  });
});

it("the JSON document keeps its form", () => {
  const tally = tallyOf(
    ["Namespace", "shop", "created"],
    ["Secret", "a", "failed", "refused"],
    ["Secret", "b", "deleted"],
  );
  const flagWritten = false;
  const json = restoreJson({
    backup: BACKUP,
    cluster: CLUSTER,
    dryRun: "server",
    paused: true,
    transformed: [{ file: "new.yaml", kind: "Deployment", objects: 2 }],
    gitOps: [],
    waited: undefined,
    report: REPORT,
    tally,
    notes: [],
    unmet: [],
    flagWritten,
  });
  assert.deepEqual(JSON.parse(JSON.stringify(json)), {
    backup: BACKUP,
    cluster: CLUSTER,
    dryRun: "server",
    paused: true,
    transformed: [{ file: "new.yaml", kind: "Deployment", objects: 2 }],
    gitOps: [],
    waited: null,
    report: REPORT,
    summary: { created: 1, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 1, failed: 1 },
    kinds: {
      Namespace: { created: 1, unchanged: 0, skipped: 0, failed: 0 },
      Secret: { created: 0, unchanged: 0, skipped: 0, deleted: 1, failed: 1 },
    },
    items: [
      {
        resource: "namespaces",
        kind: "Namespace",
        namespace: null,
        name: "shop",
        outcome: "created",
        reason: null,
      },
      {
        resource: "secrets",
        kind: "Secret",
        namespace: "shop",
        name: "a",
        outcome: "failed",
        reason: "refused",
      },
      { resource: "secrets", kind: "Secret", namespace: "shop", name: "b", outcome: "deleted", reason: null },
    ],
    failures: [{ resource: "secrets", kind: "Secret", namespace: "shop", name: "a", reason: "refused" }],
    notes: [],
    missingReferences: [],
    flagWritten: false,
  });
});
