import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistoryChange } from "../../../../src/change-log/history/history-entry.ts";
import { restoreCommand } from "../../../../src/commands/log/gone-text.ts";
import { historyText } from "../../../../src/commands/log/history-text.ts";
import { printable } from "../../../../src/terminal/styled.ts";
import { KINDS } from "../../../support/samples/sample-history.ts";

const RESOURCES = Object.values(KINDS);
const FIELDS = ["spec.replicas", "spec.template.spec.containers[name=web].image", "metadata.labels.version"];
const CHANGE: HistoryChange = {
  ...{ entry: "change", time: new Date("2026-01-31T12:05:00.123Z"), revision: "7", operation: "update" },
  ...{ resource: KINDS.deployments, namespace: "shop", name: "web", manager: "kubectl-edit" },
  changes: FIELDS.map((path) => ({ path, left: 1, right: 2 })),
};

function linesOf(change: HistoryChange, width?: number, patch = false): string[] {
  const text = historyText({ colored: false, width, resources: RESOURCES, patch });
  return text.lines(change).map(printable);
}

describe("the line of a change", () => {
  it("has all fields without a terminal", () =>
    assert.equal(
      linesOf(CHANGE)[0]?.replaceAll(/ +/g, " "),
      ` 2026-01-31 12:05:00 update Deployment shop/web kubectl-edit ${FIELDS.join(", ")}`,
    ));

  for (const width of [72, 80, 100, 120, 200])
    it(`fits ${width} columns, and says that there is more`, () => {
      const [line = ""] = linesOf(CHANGE, width);
      assert.ok(line.length <= width, `${line.length}: ${line}`);
      assert.match(line, /Deployment shop\/web .*spec\.replicas/);
      if (width < 150) assert.match(line, /…$/);
    });

  it("has a long name whole", () => {
    const name = "a-name-that-is-longer-than-its-column-by-far-and-is-copied-by-people";
    assert.match(linesOf({ ...CHANGE, name }, 80)[0] ?? "", new RegExp(`shop/${name}`));
  });

  it("says where only the managers differ", () =>
    assert.match(linesOf({ ...CHANGE, changes: [] })[0] ?? "", /only who manages which fields$/));

  it("marks a time that is only known to be before", () =>
    assert.match(linesOf({ ...CHANGE, after: CHANGE.time })[0] ?? "", /^≤2026-01-31 12:05:00 /));

  it("has nothing that a terminal would obey", () => {
    const manager = "\u001b[2J";
    const lines = linesOf({ ...CHANGE, manager, name: "a\nb", changes: [{ path: "\u001b]0;x" }] });
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]?.includes("\n") && !lines[0]?.includes("\u001b"));
  });

  it("is followed by the values with -p", () =>
    assert.deepEqual(linesOf(CHANGE, 120, true)[1], "    spec.replicas: 1 → 2"));
});

describe("the command that brings an object back", () => {
  const gone = (more: Partial<HistoryChange>) =>
    restoreCommand(
      { ...CHANGE, operation: "delete", source: { at: new Date("2026-01-31T12:04:59.999Z") }, ...more },
      RESOURCES,
    );
  const AT = "kube-backup restore --at=2026-01-31T12:04:59.999Z";
  const CASES: [title: string, of: Partial<HistoryChange>, command: string | undefined][] = [
    ["of one object", {}, `${AT} --namespace=shop deployment/web`],
    [
      "of a namespace brings back what was in it",
      { resource: KINDS.namespaces, namespace: undefined, name: "shop" },
      `${AT} --namespace=shop`,
    ],
    [
      "names the group of a kind whose name means another",
      { resource: { ...KINDS.secrets, group: "example.com" } },
      `${AT} --namespace=shop secrets.example.com/web`,
    ],
    ["quotes what a shell would take", { name: "a'b c" }, `${AT} --namespace=shop 'deployment/a'\\''b c'`],
    [
      "names a backup",
      { source: { backup: "backup_20260131T110000Z" } },
      "kube-backup restore --backup=backup_20260131T110000Z --namespace=shop deployment/web",
    ],
  ];
  for (const [title, of, command] of CASES) it(title, () => assert.equal(gone(of), command));
});
