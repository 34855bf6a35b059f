/** Whatever text an archive, a setting, an argument or an S3 server holds: a terminal gets nothing that it obeys. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { declarationOf } from "../../../../src/command-line/declaration.ts";
import { COMMANDS } from "../../../../src/commands/all.ts";
import { ALL_SETTINGS } from "../../../../src/settings/names.ts";
import { type Contents, putContents, sampleContents } from "../../../support/hostile/archives.ts";
import { assertHarmless, MARK, marked, type Place, placesOf } from "../../../support/hostile/mark.ts";
import { type InProcessOptions, runInProcess } from "../../../support/hostile/run-in-process.ts";

const EARLIER = new Date("2026-01-31T09:00:00Z");
const LATER = new Date("2026-01-31T10:00:00Z");

let folder: string;
let environment: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-hostile-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  await writeFile(kubeconfig, "current-context: none\n");
  environment = { S3TARGET: `file://${folder}`, KUBECONFIG: kubeconfig };
  assert.ok(await putContents(folder, EARLIER, sampleContents()));
});

after(async () => await rm(folder, { recursive: true, force: true }));

/** What is shown of archives. The second is whether it is lines for people, in which no line feed of data counts. */
const OF_MANIFESTS: readonly [line: string, lines: boolean][] = [["list --long", true]];
const OF_OBJECTS: readonly [line: string, lines: boolean][] = [
  ["diff backup_20260131T090000Z latest", true],
  ["get deployments,configmaps,secrets,widgets,namespaces -A -o wide", true],
];
const ALL_SHOWS: readonly [line: string, lines: boolean][] = [
  ...OF_MANIFESTS,
  ...OF_OBJECTS,
  ["verify --all", true],
  ["list --long -o json", true],
  ["verify --all -o json", true],
  ["diff latest backup_20260131T090000Z", true],
  ["diff backup_20260131T090000Z latest -o json", true],
  ["diff backup_20260131T090000Z latest -o html", false],
  ["get deployments,replicasets,configmaps,secrets,widgets,namespaces -A -o yaml", true],
  ["get deployments,replicasets,configmaps,secrets,widgets,namespaces -A -o json", true],
  ["get deployments,replicasets,configmaps,secrets,widgets,namespaces -A -o name", true],
  [
    "get configmaps,deployments -A -o custom-columns=N:.metadata.name,D:.data,L:.metadata.labels,S:.spec",
    true,
  ],
  ["get configmaps,deployments -A -o jsonpath={.items[*]}{.items[*].metadata.name}{.items[*].data}", false],
  ["get configmaps/setting deployments/we -n shop", true],
  ["get widgets/widge -n shop", true],
  ["prune --keep-last 1 --dry-run", true],
  ["delete backup_20260131T090000Z --dry-run --force", true],
  ["export EXPORT --include-secrets --force", true],
  ["diff backup_20260131T090000Z latest -n shopp", true],
];

async function show(
  shows: typeof ALL_SHOWS,
  what: string,
  options: Partial<InProcessOptions> = {},
): Promise<number> {
  let shown = 0;
  for (const [line, lines] of shows) {
    const words = line.replace("EXPORT", path.join(folder, "export"));
    const { text } = await runInProcess(words, { environment, ...options });
    assertHarmless(text, { ...options, lines, what: `${line}, ${what}` });
    assert.doesNotMatch(text, /Unexpected|defect/, `${line}, ${what}`);
    if (text.includes("EVIL")) shown += 1;
  }
  return shown;
}

/** The contents with hostile text at a place: of the facts, or of an object's text or identity. */
function hostileContents(place: Place, contents: Contents): Contents {
  const given = {
    ...contents,
    objects: contents.objects.map(({ text, ...object }) => ({ ...object, json: JSON.parse(text) as object })),
  };
  const { objects, facts } = marked(given, place);
  return {
    facts,
    objects: objects.map(({ json, ...object }) => ({ ...object, text: JSON.stringify(json) })),
  };
}

/** Names of members are data in maps alone. */
const MAPS = /(?:^|\.)(?:excluded|counts|data|labels|matchLabels|annotations|json|spec)$/;

/** What all resources have in the same way is marked in the first alone. */
function hostilePlaces(contents: Contents): Place[] {
  const given = {
    ...contents,
    objects: contents.objects.map(({ text, ...object }) => ({ ...object, json: JSON.parse(text) as object })),
  };
  return placesOf(given).filter(({ path, kind }) => {
    const repeated = /^objects\.[1-9]\.resource\.|^facts\.resources\.[1-9]/.test(path.join("."));
    return !repeated && (kind === "value" || MAPS.test(path.slice(0, -1).join(".")));
  });
}

describe("hostile text in an archive", () => {
  it("is named where it is refused; what is valid does nothing to a terminal, in any format, with and without colors", async () => {
    let contents = sampleContents();
    let valid = 0;
    const places = hostilePlaces(contents);
    assert.ok(places.length > 50, `${places.length} places`);
    // A value first, then the name of its member: the place of the name is what it was before.
    for (const place of places.toSorted((left, right) => (left.kind > right.kind ? -1 : 1))) {
      const more = hostileContents(place, contents);
      if (!(await putContents(folder, LATER, more))) continue;
      const { status, text } = await runInProcess("verify", { environment });
      assertHarmless(text, { what: place.path.join(".") });
      if (status !== 0) continue;
      contents = more;
      valid += 1;
    }
    assert.ok(valid >= 20, `${valid} places were valid`);
    assert.ok(await putContents(folder, LATER, contents));
    for (const colors of [false, true]) {
      assert.ok((await show(ALL_SHOWS, "all", { colors })) >= 10, "what is hostile is shown");
    }
    const exact = ALL_SHOWS.filter(([line]) => !line.includes("jsonpath"));
    await show(exact, "no terminal", { terminal: false });
  });
});

describe("hostile text on the command line and in settings", () => {
  it("does nothing to a terminal as a setting", async () => {
    const variables = Object.values(ALL_SETTINGS).flatMap((setting) =>
      "variable" in setting
        ? [setting.variable, ...("otherVariables" in setting ? setting.otherVariables : [])]
        : [],
    );
    for (const name of [
      ...variables,
      "AWS_REGION",
      "AWS_ACCESS_KEY_ID",
      "AWS_PROFILE",
      "NODE_DEBUG",
      "NO_COLOR",
    ]) {
      const urls = /TARGET|ENDPOINT|LISTEN/.test(name)
        ? ["http://h/", "s3://bucket/", "file:///nowhere/"]
        : [];
      for (const value of ["", "1", ...urls].map((start) => `${start}${MARK}`)) {
        const given = { S3TARGET: "file:///nowhere", [name]: value };
        const { text } = await runInProcess("run", { environment: { ...environment, ...given } });
        assertHarmless(text, { what: name });
        assert.doesNotMatch(text, /Unexpected|defect/, name);
      }
    }
  });

  it("does nothing as a flag, as its value, as an argument or as a command", async () => {
    const seen = new Set<string>();
    for (const command of COMMANDS) {
      const { name, flags } = declarationOf(command);
      const own = flags.filter((flag) => !seen.has(flag.name));
      for (const flag of own) seen.add(flag.name);
      const lines = [
        [name, "MARK"],
        [name, "latest", "MARK"],
        [name, "latest", "x/MARK"],
        [name, "--MARK"],
        [name, "--MARK=1"],
        ...own.flatMap((flag) => [
          [name, `--${flag.name}`, "MARK"],
          [name, `--${flag.name}=1MARK`],
        ]),
      ];
      for (const line of lines) {
        const nowhere = { ...environment, S3TARGET: "file:///nowhere" };
        const { text } = await runInProcess(line, { environment: nowhere });
        assertHarmless(text, { what: line.join(" ") });
      }
    }
    for (const line of [["MARK"], ["-MARK"], ["--help=MARK"], ["bakcupMARK"]]) {
      assertHarmless((await runInProcess(line, { environment })).text, { what: line.join(" ") });
    }
  });
});

describe("hostile text of an S3 server", () => {
  let server: Server;
  let answer = { status: 200, body: "", headers: {} as Record<string, string> };
  let ofServer: Record<string, string>;
  const reference = (text: string) =>
    [...text.toWellFormed()].map((each) => `&#${each.codePointAt(0)};`).join("");

  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const key = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "us-east-1" };
    ofServer = { S3TARGET: "s3://backups/blue", ENDPOINT_URI: endpoint, ...key };
  });

  after(() => {
    server?.close();
    server?.closeAllConnections();
  });

  for (const [what, given] of [
    [
      "an error",
      {
        status: 403,
        body: `<Error><Code>No${reference(MARK)}</Code><Message>${reference(MARK)}</Message></Error>`,
      },
    ],
    ["an error without a code", { status: 400, body: `<Error><Message>${MARK}</Message></Error>` }],
    [
      "a redirect",
      {
        status: 301,
        body: `<Error><Code>PermanentRedirect</Code><Endpoint>${reference(MARK)}</Endpoint></Error>`,
      },
    ],
    ["a region", { status: 400, body: "", headers: { "x-amz-bucket-region": "eu-\u009bwest" } }],
    [
      "a listing",
      {
        status: 200,
        body: `<ListBucketResult><Name>${reference(MARK)}</Name><IsTruncated>${reference(MARK)}</IsTruncated><Contents><Key>blue/${reference(MARK)}</Key></Contents></ListBucketResult>`,
      },
    ],
    ["no XML", { status: 200, body: MARK }],
  ] as [string, Partial<typeof answer>][]) {
    it(`does nothing to a terminal in ${what}`, async () => {
      answer = { status: 200, body: "", headers: {}, ...given };
      for (const line of ["list", "status --debug", "list -o json"]) {
        const { text } = await runInProcess(line, { environment: { ...environment, ...ofServer } });
        assertHarmless(text, { what: `${line}, ${what}` });
      }
    });
  }
});
