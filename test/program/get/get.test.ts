/** `kube-backup get` shows what kubectl get would, from a backup. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { type JsonObject, jsonEqual, parseJson } from "../../../src/kubernetes/json.ts";
import { fillTemplate, parseTemplate } from "../../../src/print/jsonpath/jsonpath-template.ts";
import { JsonPathError } from "../../../src/print/jsonpath/parse-jsonpath.ts";
import { inKeyOrder } from "../../../src/print/key-order.ts";
import { YAML_LIST } from "../../../src/print/list-format.ts";
import { runProgram } from "../../support/program/program.ts";
import { exportSuite } from "./export-suite.ts";
import { createSample, type Sample } from "./sample.ts";

let sample: Sample;

before(async () => {
  sample = await createSample();
});

after(() => sample?.stop());

/** What the program shows, which must be well. */
async function shown(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await sample.run(["get", ...args]);
  assert.equal(status, 0, stderr);
  return stdout;
}

function names(table: string): string[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => line.split(/ +/)[0] || []);
}

/** Cells, whatever the space between them. */
function cells(table: string): string[][] {
  return table
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/))
    .filter(([first]) => first !== "");
}

describe("what is asked for", () => {
  it("is found under each name that kubectl has for a kind, a custom one too", async () => {
    const expected = await shown("deployments", "-n", "fixture-web");
    for (const word of ["deploy", "Deployment", "deployments.apps", "deployments.v1.apps"])
      assert.equal(await shown(word, "-n", "fixture-web"), expected, word);
    for (const word of ["wg", "widget", "widgets", "widgets.tests.example.com", "toys"])
      assert.deepEqual(names(await shown(word, "-n", "fixture-web")), ["every", "other"], word);
  });

  it("is what kubectl lists, kind by kind in the order asked for", async () => {
    for (const kinds of ["deploy", "svc,ing,deploy", "wg,cm", "secrets,sts,ds"]) {
      const args = [kinds, "-A", "-o", "name"];
      const kubectl = (await sample.cluster.kubectl(["get", ...args])).split("\n");
      const ours = (await shown(...args)).split("\n");
      // A backup leaves these out; docs/left-out.md says why.
      const left =
        /^(service\/kubernetes|secret\/bootstrap-token-.*|configmap\/(kube-root-ca.crt|extension-apiserver-authentication|cluster-info|kube-apiserver-legacy.*)|)$/;
      assert.deepEqual(
        ours.filter((name) => name !== ""),
        kubectl.filter((name) => !left.test(name)),
        kinds,
      );
    }
  });

  it("is the category's kinds with all", async () => {
    const table = await shown("all", "-A");
    for (const prefix of [
      "service/",
      "deployment.apps/",
      "replicaset.apps/",
      "daemonset.apps/",
      "statefulset.apps/",
    ])
      assert.ok(table.includes(` ${prefix}`), prefix);
    assert.ok(!table.includes("configmap/") && !table.includes("secret/"));
    assert.match(table, /\n\nNAMESPACE +NAME +/, "an empty line and titles before each kind");
  });

  it("is narrowed by labels and fields as kubectl narrows it", async () => {
    for (const args of [
      ["wg", "-A", "-l", "tier=front"],
      ["wg", "-A", "-l", "tier!=front"],
      ["wg", "-A", "-l", "tier in (front,back)"],
      ["wg", "-A", "-l", "!tier"],
      ["wg", "-A", "-l", "app.kubernetes.io/name"],
      ["deploy", "-A", "--field-selector", "metadata.name=web"],
      ["secrets", "-n", "fixture-config", "--field-selector", "type!=Opaque"],
      ["deploy", "-A", "--field-selector", "metadata.namespace!=fixture-web"],
    ]) {
      const kubectl = await sample.cluster.kubectl(["get", ...args, "-o", "name"]);
      assert.equal(await shown(...args, "-o", "name"), kubectl, args.join(" "));
    }
  });

  it("can be objects by name, in the order of their names", async () => {
    const named = await shown("deploy", "web", "everything", "-n", "fixture-web", "-o", "name");
    assert.equal(named, "deployment.apps/web\ndeployment.apps/everything\n");
    const slashed = await shown("svc/web", "deploy/web", "-n", "fixture-web", "-o", "name");
    assert.equal(slashed, "service/web\ndeployment.apps/web\n");
    assert.equal(await shown("ns", "fixture-empty", "-o", "name"), "namespace/fixture-empty\n");
  });

  it("is in the namespace of the kubeconfig's context, or default, whatever the kubeconfig is like", async () => {
    const kubeconfig = path.join(sample.folder, "kubeconfig");
    const context = { cluster: "c", user: "u", namespace: "fixture-web" };
    const contexts = [{ name: "blue", context }];
    await writeFile(
      kubeconfig,
      JSON.stringify({ "current-context": "blue", contexts, clusters: [], users: [] }),
    );
    const blue = await sample.run(["get", "wg", "-o", "name"], { KUBECONFIG: kubeconfig });
    assert.equal(
      blue.stdout,
      "widget.tests.example.com/every\nwidget.tests.example.com/other\n",
      blue.stderr,
    );
    await writeFile(kubeconfig, "{ nonsense");
    for (const KUBECONFIG of [kubeconfig, "/nonexistent"]) {
      const { status, stdout, stderr } = await sample.run(["get", "wg"], { KUBECONFIG });
      assert.deepEqual([status, stdout], [0, ""], stderr);
      assert.match(stderr, /No resources found in default namespace\./);
    }
  });

  it("comes from the backup that is named, or was the newest at a time", async () => {
    const latest = await shown("deploy", "-A");
    assert.equal(await shown("deploy", "-A", "-b", sample.backup), latest);
    assert.equal(await shown("deploy", "-A", "-b", "latest"), latest);
    assert.equal(await shown("deploy", "-A", "--at", "2999-01-01T00:00:00Z"), latest);
    const { status, stderr } = await sample.run(["get", "deploy", "--at", "2001-01-01T00:00:00Z"]);
    assert.equal(status, 1);
    assert.match(stderr, /holds none of 2001-01-01/);
  });
});

describe("what is not there", () => {
  it("is an error for a name, with the nearest one, after what is there", async () => {
    const one = await sample.run(["get", "deployment", "wbe", "-n", "fixture-web"]);
    assert.deepEqual([one.status, one.stdout], [1, ""]);
    assert.match(one.stderr, new RegExp(`Cannot find deployment fixture-web/wbe in ${sample.backup}`));
    assert.match(one.stderr, /There is web/);
    const two = await sample.run(["get", "deploy/web", "svc/nothing", "-n", "fixture-web", "-o", "name"]);
    assert.deepEqual([two.status, two.stdout], [1, "deployment.apps/web\n"]);
    assert.match(two.stderr, /Cannot find service fixture-web\/nothing in/);
    const elsewhere = await sample.run(["get", "svc/headless", "-n", "fixture-web"]);
    assert.match(elsewhere.stderr, /headless is in fixture-data: say which with --namespace/);
    const json = await sample.run(["get", "deploy/wbe", "-n", "fixture-web", "-o", "json"]);
    assert.match(JSON.parse(json.stdout).error, /^Cannot find deployment/);
  });

  it("is no error where everything is asked for", async () => {
    const { status, stdout, stderr } = await sample.run(["get", "ing", "-n", "fixture-empty"]);
    assert.deepEqual([status, stdout], [0, ""]);
    assert.match(stderr, /No resources found in fixture-empty namespace\./);
    const list = { apiVersion: "v1", kind: "List", metadata: { resourceVersion: "" }, items: [] };
    assert.deepEqual(JSON.parse(await shown("ing", "-n", "fixture-empty", "-o", "json")), list);
    const yaml = await shown("ing", "-n", "fixture-empty", "-o", "yaml");
    assert.match(yaml, /^apiVersion: v1\nkind: List\nmetadata:\n {2}resourceVersion: ""\nitems: \[\]\n$/);
  });

  const wrong: [args: string[], problem: RegExp][] = [
    [[], /KIND is missing/],
    [["deplyo"], /\\"deplyo\\" is no kind that backup_\w+ holds: did you mean deploy\?/],
    [["deploy", "web", "-A"], /--all-namespaces does not go with names/],
    [["deploy", "web", "-l", "a=b"], /--selector does not go with names/],
    [["deploy/web", "svc"], /\\"svc\\" is not KIND\/NAME/],
    [["deploy", "-l", "a b"], /is no label selector/],
    [["deploy", "-o", "xml"], /--output \\"xml\\" is none of table, wide, yaml/],
    [["deploy", "-o", "jsonpath"], /has no template/],
    [["deploy", "-o", "jsonpath={.a"], /cannot be read: a { has no }/],
    [["deploy", "-o", "custom-columns=NAME"], /is not TITLE:PATH/],
    [["deploy", "-n", "../x"], /is no namespace's name/],
    [["deploy", "-b", "yesterday"], /is no backup's name/],
    [["deploy", "-n", ""], /--namespace is empty/],
  ];
  for (const [args, problem] of wrong) {
    it(`get ${args.join(" ")} is wrong usage`, async () => {
      const { status, stdout, stderr } = await sample.run(["get", ...args]);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, problem);
    });
  }
});

describe("tables", () => {
  it("show what is known of an object without its status", async () => {
    const table = cells(await shown("deploy", "-n", "fixture-web", "-o", "wide"));
    assert.deepEqual(table[0], ["NAME", "REPLICAS", "CONTAINERS", "IMAGES", "SELECTOR"]);
    assert.deepEqual(
      table.at(-1),
      ["web", "3", "main", "registry.example.com/web:1", "app=web"].map((cell, index) =>
        index === 2 ? (table.at(-1)?.[2] ?? "") : cell,
      ),
    );
    const services = cells(await shown("svc", "-n", "fixture-edge"));
    assert.deepEqual(services[0], ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)"]);
    const kubectl = cells(await sample.cluster.kubectl(["get", "svc", "-n", "fixture-edge"]));
    const same = (rows: string[][]) => rows.slice(1).map(([name, type, , , ports]) => [name, type, ports]);
    // Node ports that the API server chose are not in a backup.
    const chosen = (rows: (string | undefined)[][]) =>
      rows.map(([name, type, ports]) => [name, type, ports?.replace(/:\d+/g, "")]);
    assert.deepEqual(chosen(same(services)), chosen(same(kubectl)));
    const secrets = cells(await shown("secrets", "-n", "fixture-config"));
    const live = cells(await sample.cluster.kubectl(["get", "secrets", "-n", "fixture-config"]));
    assert.deepEqual(
      secrets,
      live.map((row) => row.slice(0, 3)),
    );
    const ingresses = cells(await shown("ing", "-A"));
    const liveIngresses = cells(await sample.cluster.kubectl(["get", "ing", "-A"]));
    const known = (rows: string[][]) =>
      rows.slice(1).map((row) => [...row.slice(0, 4), row.find((cell) => /^80/.test(cell))]);
    assert.deepEqual(known(ingresses), known(liveIngresses));
  });

  it("fit a terminal's width, and have no titles where none are wanted", async () => {
    const { stdout } = await sample.run(["get", "deploy", "-n", "fixture-web", "-o", "wide"], {}, 80);
    assert.ok(stdout.includes("…"));
    assert.ok(
      stdout.split("\n").every((line) => line.length <= 80),
      stdout,
    );
    assert.ok(
      (await shown("deploy", "-n", "fixture-web", "-o", "wide")).split("\n").some((line) => line.length > 80),
    );
    assert.deepEqual(names(`\n${await shown("wg", "-n", "fixture-web", "--no-headers")}`), [
      "every",
      "other",
    ]);
  });

  it("and names and logs never show a Secret's value", async () => {
    for (const form of ["table", "wide", "name"]) {
      const { status, stdout, stderr } = await sample.run(["get", "secrets", "-A", "-o", form, "--debug"]);
      assert.equal(status, 0);
      assert.ok(stdout.includes("opaque"));
      assert.doesNotMatch(stdout + stderr, /TOP-SECRET|VE9QLVNFQ1JFV/);
    }
    const bad = "jsonpath={.items[*].data.password[0]}";
    const { status, stdout, stderr } = await sample.run(["get", "secrets", "-A", "-o", bad, "--debug"]);
    assert.equal(status, 1);
    assert.match(stderr, /Cannot fill in .*what is before \[ \] is no list/);
    assert.doesNotMatch(stdout + stderr, /TOP-SECRET|VE9QLVNFQ1JFV/);
    const asked = await shown("secret/opaque", "-n", "fixture-config", "-o", "jsonpath={.data.password}");
    assert.equal(Buffer.from(asked, "base64").toString(), "TOP-SECRET-opaque");
  });
});

describe("YAML and JSON", () => {
  it("hold the archive's objects to the digit, one by itself and several in a List", async () => {
    for (const form of ["json", "yaml"]) {
      const one = await shown("wg/every", "-n", "fixture-web", "-o", form);
      assert.match(one, form === "json" ? /^\{\n {4}"apiVersion": "tests/ : /^apiVersion: tests/);
      for (const digits of ["9007199254740993", "1e+21", "2.5", "0.00001"])
        assert.match(one, new RegExp(`[ :]${digits.replace("+", "\\+")},?\n`), `${form} ${digits}`);
    }
    const live = JSON.parse(await sample.cluster.kubectl(["get", "wg", "-A", "-o", "json"]));
    const list = JSON.parse(await shown("wg", "-A", "-o", "json"));
    assert.deepEqual([list.kind, list.apiVersion], ["List", "v1"]);
    assert.deepEqual(
      list.items.map((item: { spec: unknown }) => item.spec),
      live.items.map((item: { spec: unknown }) => item.spec),
    );
  });

  it("piped into kubectl apply change nothing of what is there", async () => {
    for (const form of ["yaml", "json"]) {
      const { status, stdout, stderr } = await runProgram(
        ["get", "cm,secrets,svc,ing,deploy,ds,sts,rs,wg", "-A", "-o", form],
        { env: { S3TARGET: `file://${path.join(sample.folder, "store")}` } },
      );
      assert.equal(status, 0, stderr);
      const apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--dry-run=server",
        "-o",
        "json",
        "-f",
        "-",
      ];
      const applied = JSON.parse(await sample.cluster.kubectl(apply, { input: stdout })).items;
      assert.ok(applied.length > 100, `${applied.length} objects`);
      for (const item of applied) {
        const { name, namespace, resourceVersion } = item.metadata;
        const resource = `${item.kind.toLowerCase()}s`.replace("ingresss", "ingresses");
        const group = item.apiVersion.includes("/") ? `/apis/${item.apiVersion}` : "/api/v1";
        const there = await sample.cluster.request(
          "GET",
          `${group}/namespaces/${namespace}/${resource}/${name}`,
        );
        assert.equal(
          content(item),
          content(there),
          `${form} ${item.kind} ${namespace}/${name} ${resourceVersion}`,
        );
      }
    }
  });

  it("brings an object back by the line that docs/commands/get.md has, over what others have written", async () => {
    const document = await readFile(
      path.resolve(import.meta.dirname, "../../../docs/commands/get.md"),
      "utf8",
    );
    const [, apply = ""] = /kube-backup get deploy\/web .* -o yaml \| kubectl (.*)\n/.exec(document) ?? [];
    const place = "/apis/apps/v1/namespaces/fixture-web/deployments/web";
    const before = await sample.cluster.request("GET", place);
    const annotations = { "deployment.kubernetes.io/revision": "7" };
    const by = (manager: string) => `${place}?fieldManager=${manager}`;
    await sample.cluster.request("PATCH", by("kube-controller-manager"), { metadata: { annotations } });
    await sample.cluster.request("PATCH", by("kubectl-scale"), { spec: { replicas: 0 } });
    const { stdout } = await runProgram(["get", "deploy/web", "-n", "fixture-web", "-o", "yaml"], {
      env: { S3TARGET: `file://${path.join(sample.folder, "store")}` },
    });
    await sample.cluster.kubectl(apply.split(" "), { input: stdout });
    const after = await sample.cluster.request("GET", place);
    assert.deepEqual(after.spec, before.spec);
    assert.ok(before.spec.replicas > 0);
  });

  it("are read by kubectl as the texts and numbers that they were", async () => {
    const awkward = [
      ...[
        "on",
        "off",
        "yes",
        "No",
        "y",
        "n",
        "true",
        "FALSE",
        "null",
        "Null",
        "~",
        "",
        " ",
        "0",
        "-1",
        "+1",
        "007",
      ],
      ...[
        "0777",
        "0o7",
        "0x1F",
        "0b1",
        "1_000",
        "1e3",
        "1.0",
        ".5",
        "5.",
        "12:34:56",
        "190:20:30",
        ".inf",
        "-.Inf",
      ],
      ...[
        ".nan",
        "NaN",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "<<",
        "=",
        "-",
        "- a",
        "?",
        "? a",
        ":",
        "a: b",
        "a:",
      ],
      ...[
        "a #b",
        "#a",
        "'a'",
        '"a"',
        "@a",
        "`a",
        "%a",
        "!a",
        "!!str a",
        "&a",
        "*a",
        "|",
        ">",
        "{a}",
        "[a]",
        "a,b",
      ],
      ...[
        "---",
        "...",
        "a\n---\nb",
        "tab\there",
        "\tlead",
        "trail ",
        " lead",
        "a\n",
        "a\n\n",
        "\na",
        "\n",
        "a\nb",
      ],
      ...[
        "a\n b\n",
        " a\nb",
        "a \nb",
        "a\n\n\nb\n",
        "\r",
        "a\r\nb",
        "\u0085",
        "a\u0085b",
        "\u2028\u2029",
        "\ufeffbom",
      ],
      ...[
        "\u0000",
        "\u0007\u001b",
        "\u007f",
        "\u009f",
        "\ufffe",
        "\uffff",
        "\u{1fffe}",
        "é",
        "日本語",
        "😀",
        "\u{10ffff}",
      ],
      ...[
        "x".repeat(5_000),
        `${"word ".repeat(400)}end`,
        `${"long ".repeat(300)}\nsecond\n`,
        "1Gi",
        "100m",
        "25%",
      ],
      ...[
        "\\",
        "\\n",
        'a"b\\c',
        "a'b",
        "$A",
        "{{ x }}",
        "a\u00a0b",
        "1:2",
        "a=b",
        "0.1.2",
        "1e",
        "e1",
        "0x",
        "_1",
      ],
    ];
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom(..."aAyY01.:-+_eExob nN#'\"\\\n\t|>&*!%@`{}[],?=~<\u0085\u2028\ufeffé😀"),
      }),
      fc.constantFrom(...awkward),
    );
    const samples = [
      ...awkward.map((value) => ({ value, list: [value], map: { [value]: value } })),
      ...fc.sample(
        fc.record({
          value: text,
          list: fc.array(text, { maxLength: 3 }),
          map: fc.dictionary(text, text, { maxKeys: 3 }),
        }),
        {
          numRuns: 1500,
          seed: 20260131,
        },
      ),
    ];
    // Widgets keep any field. Nothing is written: kubectl reads, and shows what it has read.
    const widgets = samples.map((spec, index) => ({
      apiVersion: "tests.example.com/v1",
      kind: "Widget",
      metadata: { name: `w${index}`, namespace: "default" },
      spec,
    })) as unknown as JsonObject[];
    const input = [
      YAML_LIST.start,
      ...widgets.map((each, index) => YAML_LIST.item(each, index === 0)),
      YAML_LIST.end(false),
    ];
    const read = await sample.cluster.kubectl(
      ["create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-"],
      {
        input: input.join(""),
      },
    );
    // One document after the other.
    const items = read.split(/^(?=\{)/m).map((document) => parseJson(document) as { spec: unknown });
    assert.equal(items.length, widgets.length);
    for (const [index, { spec }] of items.entries())
      assert.ok(jsonEqual(spec, samples[index]), JSON.stringify([samples[index], spec]));
  });
});

describe("jsonpath", () => {
  const onList = [
    "{.items[*].metadata.name}",
    "{.items[0].metadata.name}",
    "{.items[-1:].metadata.name}",
    "{.items[0:2].metadata.name}",
    '{range .items[*]}{.metadata.name}{"\\t"}{.spec.whole}{"\\n"}{end}',
    '{range .items[*]}{.metadata.name}: {range .spec.list[*]}[{@}]{end}{"\\n"}{end}done',
    '{range .items[?(@.metadata.labels.tier=="front")]}{.metadata.name}{end}',
    '{.items[?(@.metadata.name=="other")].spec.text}',
    "{.items[?(@.spec.whole>7)].metadata.name}",
    "{.items[?(@.spec.whole>=7)].metadata.name}",
    "{.items[?(@.spec.text!='another')].metadata.name}",
    "{.items[?(@.spec.fraction)].metadata.name}",
    "{range .items[?(@.spec.nothing)]}never{end}after",
    "{.kind}{'\\n'}{.apiVersion}",
    "{..whole}",
    "{.items[*]['metadata.name']}",
    "{.items[*]['metadata.name', 'kind']}",
    "{$.items[0].kind}",
    "{@.items[0].kind}",
  ];
  const onOne = [
    "{.spec.middle} {.spec.beyond} {.spec.whole}{.spec.big}{.spec.fraction} {.spec.point} {.spec.huge} {.spec.small} {.spec.minus}",
    "{.spec.yes}{.spec.no}{.spec.text}{.spec.empty}{.spec.missing}",
    "{.spec.map}",
    "{.spec.list}",
    "{.spec.lists}",
    "{.spec.none}{.spec.empties}",
    "{.spec.list[1]}",
    "{.spec.list[-1]}",
    "{.spec.list[-2]}",
    "{.spec.list[1:3]}",
    "{.spec.list[:2]}",
    "{.spec.list[3:]}",
    "{.spec.list[-2:]}",
    "{.spec.list[0:4:2]}",
    "{.spec.list[::2]}",
    "{.spec.list[0,2,4]}",
    "{.spec.list[9]}",
    "{.spec.list[-9]}",
    "{.spec.list[2:9]}",
    "{.spec.text[0]}",
    "{.spec.map[0]}",
    "{.spec.lists[*]}",
    "{.spec.lists[*][0]}",
    "{.spec.lists[*][*]}",
    "{.spec.ports[*].port}",
    '{.spec.ports[?(@.name=="https")].port}',
    "{.spec.ports[?(@.port==8080)].name}",
    "{.spec.ports[?(@.port<443)].name}",
    "{.spec.ports[?(@.tls==true)].name}",
    "{.spec.ports[?(@.tls)].name}",
    "{.spec.ports[?(@.name==8080)].name}",
    "{.spec.ports[?(@.port==80.5)].name}",
    "{.spec.map[?(@.a)]}",
    "{.metadata.labels.app\\.kubernetes\\.io/name}",
    "{.metadata.labels['app\\.kubernetes\\.io/name']}",
    "{.metadata.annotations}",
    "{.spec.a\\.b} {.spec.ünï} {.spec.dash-ed} {.spec.under_score}",
    "{.spec..port}",
    "{.spec..deep}",
    "{..ports[0].name}",
    "text only",
    "a{.spec.whole}b{'c'}{\"d\"}e",
    "{'quoted \\'text\\''}{\"a \\\"b\\\" \\u00e9 \\x41\"}",
    "{1}{-2}{1.5}{true}",
    "{.metadata.name} {.metadata.namespace}",
    "{range .spec.ports[*]}{.name}={.port},{end}",
    "{range .spec.nothing[*]}x{end}y",
    "{.spec.whole.deeper}",
    "{.}",
    "{end}",
    "{.spec",
    "{.spec.list[}",
    "{.spec.list[a]}",
    "{.spec.list[?(@)}",
    "{spec}",
    "{range .spec.list[*]}{@}{end}{range .spec.ports[*]}{.name}{end}",
    "{.spec.list[*]} {.spec.list.*}",
  ];

  it("says what kubectl says of the same objects", async () => {
    const { kubectl } = sample.cluster;
    const subjects: [args: string[], templates: string[]][] = [
      [["wg", "-n", "fixture-web"], onList],
      [["wg/every", "-n", "fixture-web"], onOne],
    ];
    for (const [args, templates] of subjects) {
      const object = parseJson(await kubectl(["get", ...args, "-o", "json"]));
      for (const template of templates) {
        const theirs = await kubectl(["get", ...args, "-o", `jsonpath=${template}`]).catch(() => "an error");
        let ours: string;
        try {
          ours = fillTemplate(parseTemplate(template), object);
        } catch (error) {
          assert.ok(error instanceof JsonPathError, String(error));
          ours = "an error";
        }
        // kubectl's own metadata is in {.} alone.
        assert.equal(ours, theirs, template);
      }
    }
  });

  it("and custom columns are there from the command line", async () => {
    const args = ["wg", "-n", "fixture-web", "-o"];
    assert.equal(await shown(...args, "jsonpath={.items[*].metadata.name}"), "every other");
    assert.equal(await shown("wg/every", "-n", "fixture-web", "-o", "jsonpath={.spec.ports[0].port}"), "80");
    for (const columns of [
      "custom-columns=NAME:.metadata.name,WHOLE:.spec.whole,NO:.spec.nothing",
      "custom-columns=N:metadata.name,PORTS:.spec.ports[*].port,MAP:{.spec.map},LISTS:.spec.lists",
    ]) {
      const kubectl = await sample.cluster.kubectl(["get", ...args, columns]);
      assert.deepEqual(cells(await shown(...args, columns)), cells(kubectl));
    }
  });
});

describe("a large archive", () => {
  it("is not unpacked for one object of it: another file may even be damaged", async () => {
    const store = path.join(sample.folder, "damaged");
    await mkdir(store);
    const file = `${sample.backup}.zip`;
    const bytes = await readFile(path.join(sample.folder, "store", file));
    const place = bytes.indexOf("namespaces/fixture-config/configmaps.json") + 200;
    bytes.fill(0, place, place + 100);
    await writeFile(path.join(store, file), bytes);
    const env = { S3TARGET: `file://${store}` };
    const whole = await sample.run(["get", "deploy/web", "-n", "fixture-web", "-o", "name"], env);
    assert.deepEqual([whole.status, whole.stdout], [0, "deployment.apps/web\n"], whole.stderr);
    const broken = await sample.run(["get", "cm", "-n", "fixture-config", "-o", "name"], env);
    assert.equal(broken.status, 1);
    assert.match(broken.stderr, /damaged/);
    await rm(store, { recursive: true });
  });
});

describe("export", () => exportSuite(() => sample));

/** An object's text without what a write changes of it, and without what kubectl apply --server-side loses: NEL. */
function content(object: JsonObject): string {
  const metadata = { ...(object["metadata"] as JsonObject) };
  for (const field of ["managedFields", "resourceVersion", "generation"]) delete metadata[field];
  // kubectl writes down what it was given last.
  const last = { "kubectl.kubernetes.io/last-applied-configuration": "" };
  metadata["annotations"] = { ...(metadata["annotations"] as JsonObject | undefined), ...last };
  return JSON.stringify(inKeyOrder({ ...object, metadata })).replace(/[ \u0085]/g, "");
}
