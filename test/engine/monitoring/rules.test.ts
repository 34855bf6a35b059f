/** The alerts, by Prometheus' own promtool: each fires and stays silent, and each has a runbook. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse, stringify } from "yaml";
import { NOTHING_KNOWN } from "../../../src/monitoring/known.ts";
import { figuresOf } from "../../../src/monitoring/metrics/figures.ts";
import { Metrics } from "../../../src/monitoring/metrics/metrics.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const RULES = path.join(ROOT, "deploy/monitoring/rules.yaml");
const CASES = path.join(import.meta.dirname, "rules.test.yaml");

interface Rule {
  alert: string;
  expr: string;
  annotations?: { runbook_url: string };
}

interface Rules {
  groups: { name: string; rules: Rule[] }[];
}

interface Case {
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

let folder: string;
let rules: Rules;
let alerts: Rule[];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-rules-"));
  rules = parse(await readFile(RULES, "utf8"));
  alerts = rules.groups.flatMap((group) => group.rules);
});

after(() => rm(folder, { recursive: true, force: true }));

function promtool(args: readonly string[], input = ""): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync("promtool", args, {
    input,
    cwd: folder,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  return { status, output: `${stdout}${stderr}` };
}

async function served(): Promise<string> {
  const fixed = { version: "1.2.3", commit: "abcdef", interval: 900, changeLog: true };
  const attempted = { ...NOTHING_KNOWN, attempt: { time: new Date(), success: true }, duration: 3 };
  const metrics = new Metrics(() => figuresOf(attempted, fixed, new Date()));
  metrics.answered("api", 0.2, 200);
  metrics.answered("s3", 3, undefined);
  return (await metrics.scrape()).text;
}

test("promtool has nothing to say of the metrics", async () => {
  assert.deepEqual(promtool(["check", "metrics"], await served()), { status: 0, output: "" });
});

describe("the rules", () => {
  test("are rules", () => {
    const { status, output } = promtool(["check", "rules", RULES]);
    assert.equal(status, 0, output);
  });

  test("fire, and stay silent", async () => {
    // Older promtools compare annotations too, which hold sentences.
    for (const { rules: each } of rules.groups) for (const rule of each) delete rule.annotations;
    await writeFile(path.join(folder, "rules.yaml"), stringify(rules));
    await copyFile(CASES, path.join(folder, "cases.yaml"));
    const { status, output } = promtool(["test", "rules", "cases.yaml"]);
    assert.equal(status, 0, output);
  });

  test("each has a case in which it fires, and one in which it does not", async () => {
    const { tests }: { tests: Case[] } = parse(await readFile(CASES, "utf8"));
    const cases = tests.flatMap((each) => each.alert_rule_test);
    for (const fires of [true, false]) {
      const named = cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires);
      const names = new Set(named.map(({ alertname }) => alertname));
      assert.deepEqual([...names].sort(), alerts.map(({ alert }) => alert).sort());
    }
  });

  test("each goes by metrics that there are", async () => {
    const text = await served();
    for (const { alert, expr } of alerts) {
      const names = expr.match(/kube_backup_\w+/g) ?? [];
      assert.ok(names.length > 0, alert);
      for (const name of names) assert.ok(text.includes(`# TYPE ${name} `), `${alert}: ${name}`);
    }
  });

  test("each has its runbook", async () => {
    const { groups }: Rules = parse(await readFile(RULES, "utf8"));
    const page = await readFile(path.join(ROOT, "docs/runbooks.md"), "utf8");
    const titles = [...page.matchAll(/^## (\S+)$/gm)].map(([, title]) => title);
    const all = groups.flatMap((group) => group.rules);
    assert.deepEqual(
      titles,
      all.map(({ alert }) => alert),
    );
    for (const { alert, annotations } of all)
      assert.match(annotations?.runbook_url ?? "", new RegExp(`/docs/runbooks\\.md#${alert.toLowerCase()}$`));
  });

  test("are the same for the Prometheus Operator, and in the chart", async () => {
    const text = await readFile(RULES, "utf8");
    const object = parse(await readFile(path.join(ROOT, "deploy/monitoring/prometheus-rule.yaml"), "utf8"));
    assert.deepEqual(object.spec, parse(text));
    assert.equal(await readFile(path.join(ROOT, "deploy/chart/kube-backup/files/rules.yaml"), "utf8"), text);
  });
});

test("the dashboard goes by metrics that there are", async () => {
  const text = await readFile(path.join(ROOT, "deploy/monitoring/dashboard.json"), "utf8");
  const names = JSON.stringify(JSON.parse(text)).match(/kube_backup_\w+/g) ?? [];
  const metrics = await served();
  for (const name of new Set(names))
    assert.ok(metrics.includes(`# TYPE ${name.replace(/_bucket$/, "")} `), name);
});
