import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { isPod } from "../../../src/cluster/kubeconfig/pod.ts";
import {
  asksBeforeRun,
  type Bare,
  meaningOfBare,
  meansService,
} from "../../../src/command-line/attendance.ts";

import { COMMANDS } from "../../../src/commands/all.ts";

describe("a command line without a command", () => {
  const rows: [args: string[], terminal: boolean, pod: boolean, meaning: Bare][] = [
    [[], true, false, "help"],
    [["--frequency", "5"], true, false, "no command"],
    [[], true, true, "run"],
    [[], false, false, "run"],
    [[], false, true, "run"],
    [["--frequency", "5"], false, false, "run"],
    [["--frequency", "5"], true, true, "run"],
  ];
  for (const [args, terminal, pod, meaning] of rows) {
    it(`[${args.join(" ")}] ${terminal ? "on" : "off"} a terminal, ${pod ? "in" : "outside"} a pod: ${meaning}`, () =>
      assert.equal(meaningOfBare(args, { terminal, pod }), meaning));
  }
});

describe("run asks", () => {
  const rows: [terminal: boolean, pod: boolean, yes: boolean, asks: boolean][] = [
    [true, false, false, true],
    [true, false, true, false],
    [true, true, false, false],
    [false, false, false, false],
    [false, true, false, false],
  ];
  for (const [terminal, pod, yes, asks] of rows) {
    it(`${terminal ? "on" : "off"} a terminal, ${pod ? "in" : "outside"} a pod${yes ? ", --yes" : ""}: ${asks}`, () =>
      assert.equal(asksBeforeRun({ terminal, pod }, { yes }), asks));
  }
});

describe("a command line is meant for a service", () => {
  const rows: [args: string[], service: boolean][] = [
    [[], true],
    [["run"], true],
    [["--frequency", "5", "run"], true],
    [["--frequnecy", "5"], true],
    [["lst"], false],
    [["list", "--frobnicate"], false],
    [["--debug", "ls"], false],
  ];
  for (const [args, service] of rows) {
    it(`[${args.join(" ")}]: ${service}`, () => assert.equal(meansService(args, COMMANDS), service));
  }
});

describe("a pod", () => {
  const HOST = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
  const rows: [title: string, environment: Record<string, string>, token: boolean, pod: boolean][] = [
    ["has the variable and the ServiceAccount's token", HOST, true, true],
    ["is no laptop whose tools set the variable", HOST, false, false],
    ["is no machine that has the file alone", {}, true, false],
  ];
  for (const [title, environment, token, pod] of rows) {
    it(title, () => {
      const folder = mkdtempSync(path.join(tmpdir(), "kube-backup-"));
      try {
        if (token) writeFileSync(path.join(folder, "token"), "");
        assert.equal(isPod(environment, folder), pod);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
