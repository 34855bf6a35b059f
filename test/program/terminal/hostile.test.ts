/** Hostile text in a cluster's answers, in a kubeconfig and in the archive of a restore: a terminal obeys none of it. */

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { parse } from "yaml";
import { seededRandom } from "../../../bench/sample/random.ts";
import { loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { putContents, sampleContents } from "../../support/hostile/archives.ts";
import { assertHarmless, MARK, marked, placesOf } from "../../support/hostile/mark.ts";
import { runInProcess } from "../../support/hostile/run-in-process.ts";
import { startOnTerminal, whyNoTerminal } from "../../support/terminal/terminal.ts";

const SEED = Number(process.env["HOSTILE_SEED"] ?? 20260131);
/** Rounds of each command, with the mark in a few places of all answers; in full, one for each place. */
const ROUNDS = process.env["SIZE"] === "full" ? undefined : 4;
const PLACES_A_ROUND = 3;

const COMMANDS = [
  "diff",
  "restore --dry-run=client --existing update --prune",
  "restore --dry-run=server --existing replace",
  "verify --rehearse",
  "check-access",
  "status",
  "backup",
];

let cluster: ControlPlane;
let folder: string;
let proxy: ApiProxy;
let environment: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  proxy = await startApiProxy(cluster);
  environment = { S3TARGET: `file://${path.join(folder, "backups")}`, KUBECONFIG: proxy.kubeconfig };
  const { status, text } = await runInProcess("backup", { environment });
  assert.equal(status, 0, text);
  await cluster.kubectl(["-n", "shop", "create", "configmap", "later", "--from-literal=a=b"]);
});

after(async () => await proxy?.stop());

/** `items[].metadata.name`: the same member of all elements. */
function memberOf(place: readonly (string | number)[]): string {
  return place.map((step) => (typeof step === "number" ? "[]" : `.${step}`)).join("");
}

/** Marks members of a JSON text wherever they are; a text that is no JSON stays. */
function markMembers(body: string, members: ReadonlySet<string>): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  const places = placesOf(value).filter(({ path, kind }) => kind === "value" && members.has(memberOf(path)));
  return JSON.stringify(places.reduce((all, place) => marked(all, place), value));
}

let taken = 0;

/** Runs a command while the proxy rewrites answers. */
async function runWith(line: string, rewrite: (body: string) => string): Promise<string> {
  const forget = proxy.inject({ when: () => true, fault: { kind: "rewrite", rewrite } });
  // A backup of its own time and store: the other commands read a backup that is what it says.
  taken += 1;
  const now = new Date(Date.UTC(2026, 0, 31, 13, 0, taken));
  const store = path.join(folder, line === "backup" ? "more-backups" : "backups");
  try {
    return (await runInProcess(line, { environment: { ...environment, S3TARGET: `file://${store}` }, now }))
      .text;
  } finally {
    forget();
  }
}

describe("the API server's answers", () => {
  for (const line of COMMANDS) {
    it(`do nothing to a terminal: ${line} (seed ${SEED})`, async () => {
      const members = new Set<string>();
      await runWith(line, (body) => {
        for (const { path, kind } of placesOf(jsonOf(body)))
          if (kind === "value") members.add(memberOf(path));
        return body;
      });
      assert.ok(members.size > 5, `${members.size} members`);
      const all = [...members];
      const next = seededRandom(SEED);
      const rounds = ROUNDS ?? all.length;
      for (let round = 0; round < rounds; round += 1) {
        const chosen = new Set(
          ROUNDS === undefined
            ? [all[round] ?? ""]
            : Array.from({ length: PLACES_A_ROUND }, () => all[Math.floor(next() * all.length)] ?? ""),
        );
        const text = await runWith(line, (body) => markMembers(body, chosen));
        assertHarmless(text, { what: `${line} with ${[...chosen].join(", ")}` });
      }
    });
  }

  it("do nothing to a terminal as an error, nor does a name in one", async () => {
    let shown = 0;
    for (const [line, hidden] of [
      ["diff", "/api/v1/configmaps"],
      ["backup", "/api/v1/configmaps"],
      ["restore --dry-run=server", "/api/v1/namespaces"],
      ["status", "/api/v1/namespaces/backuprestore-donotuse"],
    ] as const) {
      const body = {
        kind: "Status",
        status: "Failure",
        reason: `Forbidden${MARK}`,
        message: `no${MARK}`,
        code: 403,
      };
      const forget = proxy.inject({
        when: ({ path }) => path === hidden,
        fault: { kind: "answer", status: 403, body },
      });
      try {
        for (const more of ["", " --debug"]) {
          const { text } = await runInProcess(`${line}${more}`, { environment });
          assertHarmless(text, { what: line });
          if (text.includes("EVIL")) shown += 1;
        }
      } finally {
        forget();
      }
    }
    assert.ok(shown >= 4, `${shown} times it was shown`);
  });

  it("do nothing to a terminal where a diff shows them, with colors too", async () => {
    const members = new Set([".items[].data.color", ".items[].metadata.name"]);
    for (const member of members) {
      const forget = proxy.inject({
        when: ({ path }) => path.endsWith("configmaps"),
        fault: { kind: "rewrite", rewrite: (body) => markMembers(body, new Set([member])) },
      });
      try {
        for (const colors of [false, true]) {
          const { text } = await runInProcess("diff", { environment, colors });
          assertHarmless(text, { colors, what: member });
          assert.match(text, /EVIL/, member);
        }
      } finally {
        forget();
      }
    }
  });
});

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

it("a kubeconfig does nothing to a terminal", async () => {
  const config: unknown = parse(await readFile(proxy.kubeconfig, "utf8"));
  const file = path.join(folder, "hostile-kubeconfig");
  let shown = 0;
  for (const place of placesOf(config)) {
    await writeFile(file, JSON.stringify(marked(config, place)));
    const { text } = await runInProcess("status", { environment: { ...environment, KUBECONFIG: file } });
    assertHarmless(text, { what: place.path.join(".") });
    if (text.includes("EVIL")) shown += 1;
  }
  assert.ok(shown > 0, `${shown} times it was shown`);
});

describe("the plan of a restore, before its question", { skip: whyNoTerminal() }, () => {
  it("shows names, reasons and the cluster as they are written, and none does anything", async () => {
    const contents = sampleContents();
    const store = path.join(folder, "hostile");
    const { objects, facts } = contents;
    const hostile = {
      objects: objects
        .filter(({ resource }) => resource.group === "")
        .map((object) =>
          object.resource.resource === "configmaps" || object.resource.resource === "secrets"
            ? {
                ...object,
                name: `${object.name}${MARK}`,
                text: JSON.stringify(
                  marked(JSON.parse(object.text), { path: ["metadata", "name"], kind: "value" }),
                ),
              }
            : object,
        ),
      facts: {
        ...facts,
        warnings: [`a warning${MARK}`],
        missing: [{ resource: `gadgets${MARK}`, reason: `down${MARK}` }],
        scope: { includeNamespaces: [`shop${MARK}`] },
        resources: facts.resources.filter(({ group }) => group === ""),
      },
    };
    await mkdir(store);
    assert.ok(await putContents(store, new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000), hostile));
    const config = parse(await readFile(cluster.kubeconfig, "utf8")) as {
      contexts: { name: string }[];
      "current-context": string;
    };
    const named = { ...config, "current-context": `blue${MARK}` };
    for (const context of named.contexts) context.name = `blue${MARK}`;
    const kubeconfig = path.join(folder, "terminal-kubeconfig");
    await writeFile(kubeconfig, JSON.stringify(named));
    const program = startOnTerminal(["restore", "--quiet"], {
      env: { S3TARGET: `file://${store}`, KUBECONFIG: kubeconfig, NO_COLOR: "1" },
      columns: 2000,
    });
    try {
      await program.saw(/\[y\/N\]/);
      program.type("n\r");
      const { status } = await program.ended;
      assert.equal(status, 1, program.text());
      // readline moves the cursor behind its question.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: such a movement begins with one.
      const text = program.text().replaceAll(/\u001b\[\d*[GJ]|\r/g, "");
      assertHarmless(text, { what: "the plan" });
      for (const name of ["settings", "a warning", "gadgets", "down", "shop", "blue"]) {
        assert.ok(text.includes(`${name}\\u001b[31mEVIL`), `${name}\n${text}`);
      }
    } finally {
      program.kill();
    }
  });
});
