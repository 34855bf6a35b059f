import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asTyped, calledAs } from "../../../src/command-line/called-as.ts";

describe("the name by which the program was called", () => {
  const rows: [argv0: string, command: string, file: string][] = [
    ["kube-backup", "kube-backup", "kube-backup"],
    ["/usr/local/bin/kube-backup", "kube-backup", "kube-backup"],
    ["kube-backup-0.1.0-linux-x64", "kube-backup", "kube-backup"],
    ["node", "kube-backup", "kube-backup"],
    ["", "kube-backup", "kube-backup"],
    ["kubectl", "kube-backup", "kube-backup"],
    ["kubectl-", "kube-backup", "kube-backup"],
    ["kubectl-backup", "kubectl backup", "kubectl-backup"],
    ["/home/me/.krew/bin/kubectl-cluster_backup", "kubectl cluster-backup", "kubectl-cluster_backup"],
    ["C:\\tools\\kubectl-backup.exe", "kubectl backup", "kubectl-backup"],
    ["kubectl-cluster-backup", "kubectl cluster backup", "kubectl-cluster-backup"],
  ];
  for (const [argv0, command, file] of rows)
    it(`${JSON.stringify(argv0)} is ${command}`, () => assert.deepEqual(calledAs(argv0), { command, file }));
});

describe("a text as it is typed", () => {
  const names = ["list", "check-access"];
  const typed = (text: string, argv0 = "kubectl-backup") => asTyped(text, calledAs(argv0), names);

  it("has the commands of the plugin", () => {
    assert.equal(typed("Run kube-backup --help"), "Run kubectl backup --help");
    assert.equal(
      typed("kube-backup list shows all, kube-backup check-access why"),
      "kubectl backup list shows all, kubectl backup check-access why",
    );
  });

  it("leaves what is no command: the program, its Deployment, its Secret", () => {
    for (const text of [
      "kube-backup starts",
      "kubectl scale deployment kube-backup --replicas=0",
      "kube-backup/list",
      "kube-backup nonsense",
    ])
      assert.equal(typed(text), text);
  });

  it("is as it is where the program was called by its own name", () => {
    assert.equal(typed("Run kube-backup --help", "kube-backup"), "Run kube-backup --help");
  });
});
