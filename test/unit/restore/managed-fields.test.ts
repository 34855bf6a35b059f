import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FieldManager } from "../../../src/kubernetes/field-manager.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { CONFIG_MAPS } from "../../../src/kubernetes/resource.ts";
import { fieldManagersOf } from "../../../src/objects/field-managers.ts";
import {
  inApiVersion,
  restoredManagedFields,
  soleManager,
} from "../../../src/restore/field-managers/managed-fields.ts";
import { ManagersInOrder } from "../../../src/restore/source/managers-in-order.ts";

const A = { "f:data": { "f:a": {} } };
const B = { "f:data": { "f:b": {} } };
const AB = { "f:data": { "f:a": {}, "f:b": {} } };
const STATUS = { "f:status": { "f:phase": {} } };

function entry(manager: string, operation: string, fieldsV1: object, more: object = {}): FieldManager {
  return { manager, operation, apiVersion: "v1", fieldsV1, ...more };
}

const OURS = entry("kube-backup", "Update", AB);
const ARGO = entry("argocd", "Apply", A);
const EDIT = entry("kubectl-edit", "Update", B);
const CONTROLLER = entry("controller", "Update", STATUS, { subresource: "status" });

/** An archive's managers, those of the live object, and what is written; undefined for nothing. */
const CASES: [
  name: string,
  archived: FieldManager[],
  live: FieldManager[],
  written: FieldManager[] | undefined,
][] = [
  ["ours goes", [ARGO, EDIT], [OURS], [ARGO, EDIT]],
  ["a controller's status stays", [ARGO], [OURS, CONTROLLER], [ARGO, CONTROLLER]],
  [
    "a status of ours is a controller's",
    [ARGO],
    [OURS, { ...CONTROLLER, manager: "kube-backup" }],
    [ARGO, { ...CONTROLLER, manager: "kube-backup" }],
  ],
  ["what others wrote since, and nobody had", [ARGO], [OURS, EDIT], [ARGO, EDIT]],
  ["what others wrote since, and somebody had", [ARGO], [OURS, entry("hpa", "Update", A)], [ARGO]],
  ["half of it", [ARGO], [OURS, entry("hpa", "Update", AB)], [ARGO, entry("hpa", "Update", B)]],
  [
    "the same manager wrote since",
    [entry("hpa", "Update", A)],
    [OURS, entry("hpa", "Update", B)],
    [entry("hpa", "Update", AB)],
  ],
  [
    "another operation of the same manager",
    [ARGO],
    [OURS, entry("argocd", "Update", B)],
    [ARGO, entry("argocd", "Update", B)],
  ],
  ["handed back before", [ARGO, EDIT], [EDIT, ARGO], undefined],
  [
    "ours by the backup",
    [entry("kube-backup", "Update", A), EDIT],
    [OURS],
    [entry("kube-backup", "Update", A), EDIT],
  ],
  [
    "a whole object, created as ours",
    [{ manager: "helm", operation: "Update" }],
    [OURS],
    [entry("helm", "Update", AB)],
  ],
  [
    "a whole object, created as its own",
    [{ manager: "helm", operation: "Update" }],
    [entry("helm", "Update", AB)],
    undefined,
  ],
  ["no record", [], [OURS], []],
  ["no record, and a controller's status", [], [OURS, CONTROLLER], [CONTROLLER]],
  ["no record before and after", [], [], undefined],
];

const OUR_STATUS = { ...CONTROLLER, manager: "kube-backup" };
const PROBER = entry("prober", "Update", { "f:status": { "f:checks": {} } }, { subresource: "status" });
const withoutSubresource = ({ subresource: _, ...manager }: FieldManager) => manager;

/** The same with the status's managers, which an archive has without the subresource. */
const STATUS_CASES: [
  name: string,
  archived: FieldManager[] | undefined,
  ofStatus: FieldManager[] | undefined,
  live: FieldManager[],
  written: FieldManager[] | undefined,
][] = [
  [
    "object and status",
    [ARGO, EDIT],
    [CONTROLLER, PROBER],
    [OURS, OUR_STATUS],
    [ARGO, EDIT, CONTROLLER, PROBER],
  ],
  ["the status alone", undefined, [CONTROLLER], [ARGO, OUR_STATUS], [ARGO, CONTROLLER]],
  [
    "the status alone, the object being ours",
    undefined,
    [CONTROLLER],
    [OURS, OUR_STATUS],
    [CONTROLLER, OURS],
  ],
  ["the object alone", [ARGO], undefined, [OURS, OUR_STATUS], [ARGO, OUR_STATUS]],
  [
    "a controller wrote it since",
    undefined,
    [PROBER],
    [ARGO, OUR_STATUS, CONTROLLER],
    [PROBER, ARGO, CONTROLLER],
  ],
  ["handed back before", [ARGO], [CONTROLLER], [ARGO, CONTROLLER], undefined],
  [
    "who wrote all of it",
    undefined,
    [{ manager: "über", operation: "Update" }],
    [ARGO, OUR_STATUS],
    [ARGO, { ...OUR_STATUS, manager: "über" }],
  ],
  [
    "who wrote the object was named when it was created",
    [{ manager: "helm", operation: "Update" }],
    [CONTROLLER],
    [entry("helm", "Update", AB), OUR_STATUS],
    [entry("helm", "Update", AB), CONTROLLER],
  ],
];

function live(managedFields: readonly FieldManager[], more: object = {}): JsonObject {
  return { metadata: { name: "a", managedFields: [...managedFields], ...more } };
}

describe("fields handed back with those of the status", () => {
  const plain = (entries: readonly object[] | undefined) =>
    entries?.map((each) => JSON.stringify(Object.entries({ ...each, fieldsType: "FieldsV1" }).sort())).sort();
  for (const [name, archived, ofStatus, now, written] of STATUS_CASES) {
    it(name, () => {
      const fields = restoredManagedFields(
        archived,
        live(now),
        CONFIG_MAPS,
        ofStatus?.map(withoutSubresource),
      );
      assert.deepEqual(plain(fields), plain(written));
    });
  }
});

describe("fields handed back", () => {
  for (const [name, archived, now, written] of CASES) {
    it(name, () => {
      const fields = restoredManagedFields(archived, live(now), CONFIG_MAPS);
      const known = fields?.filter((each) => Object.keys(each).length > 0);
      assert.deepEqual(
        known?.map(({ fieldsType: _, ...each }) => each),
        written,
      );
      // An empty list is taken for none at all.
      assert.notEqual(fields?.length, 0);
    });
  }

  it("names owners by their uids here, and leaves out those that are not", () => {
    const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const step = (key: object) => `k:${JSON.stringify(key)}`;
    const fields = (...keys: object[]) => ({
      "f:data": {},
      "f:metadata": { "f:ownerReferences": Object.fromEntries(keys.map((key) => [step(key), { ".": {} }])) },
    });
    const there = live([entry("argocd", "Apply", fields({ uid: "old" }, { uid: "gone" }))], {
      ownerReferences: [{ ...owner, uid: "old" }],
    });
    const archived = fieldManagersOf(there) ?? [];
    assert.deepEqual(archived[0]?.fieldsV1, fields(owner));
    const here = live([OURS], { ownerReferences: [{ ...owner, uid: "new" }] });
    assert.deepEqual(
      restoredManagedFields(archived, here, CONFIG_MAPS)?.[0]?.["fieldsV1"],
      fields({ uid: "new" }),
    );
    assert.deepEqual(restoredManagedFields(archived, live([OURS]), CONFIG_MAPS)?.[0]?.["fieldsV1"], {
      "f:data": {},
    });
  });
});

it("takes managers into the version in which an object comes back", () => {
  const versions = { from: "v1beta1", to: "v1" };
  const older = { ...ARGO, apiVersion: "v1beta1" };
  assert.deepEqual(inApiVersion([older, EDIT, { ...EDIT, apiVersion: "v2" }], versions), [
    ARGO,
    EDIT,
    { ...EDIT, apiVersion: "v2" },
  ]);
  assert.equal(inApiVersion(undefined, versions), undefined);
});

describe("the manager that wrote an object alone", () => {
  const helm = { manager: "helm", operation: "Update" };
  const cases: [name: string, managers: FieldManager[] | undefined, sole: string | undefined][] = [
    ["one", [helm], "helm"],
    ["two", [helm, helm], undefined],
    ["none", [], undefined],
    ["not known", undefined, undefined],
    ["applied", [{ ...helm, operation: "Apply" }], undefined],
    ["a subresource", [{ ...helm, subresource: "scale" }], undefined],
    ["some fields of it", [{ ...helm, fieldsV1: A }], undefined],
    ["a name that the API server refuses", [{ ...helm, manager: "a\nb" }], undefined],
    ["a name that is too long", [{ ...helm, manager: "a".repeat(129) }], undefined],
  ];
  for (const [name, managers, sole] of cases) it(name, () => assert.equal(soleManager(managers), sole));
});

describe("managers in the order of the objects", () => {
  const lines = [
    { name: "b", managers: [ARGO] },
    { name: "c", managers: [] },
  ];
  const cases: [name: string, lines: typeof lines, manager: string | undefined, expected: unknown[]][] = [
    ["with one for the file", lines, "helm", [["helm"], ["argocd"], [], ["helm"]]],
    ["without one for the file", lines, undefined, [[], ["argocd"], [], []]],
    ["without lines", [], "helm", [["helm"], ["helm"], ["helm"], ["helm"]]],
    ["without anything", [], undefined, [undefined, undefined, undefined, undefined]],
  ];
  for (const [name, lines, manager, expected] of cases) {
    it(name, async () => {
      const inOrder = new ManagersInOrder(
        (async function* () {
          yield* lines;
        })(),
        manager,
      );
      const found: unknown[] = [];
      for (const object of ["a", "b", "c", "d"])
        found.push((await inOrder.next(object))?.map(({ manager }) => manager));
      assert.deepEqual(found, expected);
      await inOrder.close();
    });
  }
});
