import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { comparisonCommands, isNamed, objectCommands } from "../../../../src/commands/ui/commands-to-copy.ts";
import type { Resource } from "../../../../src/kubernetes/resource.ts";
import type { UiMoment } from "../../../../src/pages/browser/ui/data.ts";

const DEPLOYMENTS: Resource = {
  ...{ group: "apps", version: "v1", resource: "deployments", kind: "Deployment", singular: "deployment" },
  namespaced: true,
};
const BACKUP: UiMoment = { at: "backup_20260131T120000Z", title: "", time: "2026-01-31T12:00:00Z" };
const LATER: UiMoment = { ...BACKUP, at: "backup_20260131T130000Z" };
const MOMENT: UiMoment = { at: "2026-01-31T12:03:04.005Z", title: "", time: "2026-01-31T12:03:04.005Z" };
const CLUSTER: UiMoment = { at: "cluster", title: "", time: "2026-01-31T14:00:00Z" };
const WEB = { resource: DEPLOYMENTS, namespace: "shop", name: "web" };

function commands(object: typeof WEB, moment: UiMoment): string[] {
  return objectCommands(object, moment, [DEPLOYMENTS]).map(({ command }) => command);
}

describe("the commands of an object", () => {
  it("of a backup", () =>
    assert.deepEqual(commands(WEB, BACKUP), [
      "kube-backup get --backup=backup_20260131T120000Z --namespace=shop --output=yaml deployment/web",
      "kube-backup diff --backup=backup_20260131T120000Z --namespace=shop deployment/web",
      "kube-backup log --since=2026-01-31T12:00:00Z --namespace=shop deployment/web",
      "kube-backup restore --backup=backup_20260131T120000Z --namespace=shop deployment/web",
    ]));

  it("of a moment of the change log", () =>
    assert.deepEqual(
      commands(WEB, MOMENT).at(-1),
      "kube-backup restore --at=2026-01-31T12:03:04.005Z --namespace=shop deployment/web",
    ));

  it("of the cluster: nothing is there to restore from", () =>
    assert.deepEqual(commands(WEB, CLUSTER), [
      "kube-backup log --since=2026-01-31T14:00:00Z --namespace=shop deployment/web",
    ]));
});

describe("what is a name", () => {
  const cases: [string, boolean][] = [
    ["web", true],
    ["web-7d9f.example.com", true],
    ["system:controller:node-controller", true],
    ["system::leader-locking-kube-scheduler", true],
    ["", false],
    ["..", false],
    ["-rf", false],
    ["web;reboot", false],
    ["$(reboot)", false],
    ["web web", false],
    ["web\n", false],
    ["we\u202eb", false],
    ["a/b", false],
    ["a".repeat(254), false],
  ];
  for (const [name, expected] of cases)
    it(`${JSON.stringify(name.slice(0, 40))}: ${expected}`, () => {
      assert.equal(isNamed({ namespace: undefined, name }), expected);
      assert.equal(isNamed({ namespace: name, name: "web" }), expected);
      assert.equal(commands({ ...WEB, name }, BACKUP).length > 0, expected);
    });
});

describe("the command that compares two moments", () => {
  const cases: [string, UiMoment, UiMoment, string | undefined, string[]][] = [
    [
      "two backups",
      BACKUP,
      LATER,
      undefined,
      ["kube-backup diff backup_20260131T120000Z backup_20260131T130000Z"],
    ],
    [
      "a backup and the cluster",
      BACKUP,
      CLUSTER,
      "shop",
      ["kube-backup diff --backup=backup_20260131T120000Z --namespace=shop"],
    ],
    [
      "two moments",
      MOMENT,
      { ...MOMENT, time: "2026-01-31T12:05:00Z" },
      undefined,
      ["kube-backup diff --at=2026-01-31T12:03:04.005Z --at=2026-01-31T12:05:00Z"],
    ],
    ["a backup and a moment, which no command compares", BACKUP, MOMENT, undefined, []],
    ["from the cluster, which no command does", CLUSTER, BACKUP, undefined, []],
    ["in a namespace that is none", BACKUP, LATER, "$(reboot)", []],
  ];
  for (const [title, from, to, namespace, expected] of cases)
    it(title, () =>
      assert.deepEqual(
        comparisonCommands(from, to, namespace).map(({ command }) => command),
        expected,
      ),
    );
});
