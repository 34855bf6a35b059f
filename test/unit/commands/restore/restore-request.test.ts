import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCommandLine } from "../../../../src/command-line/parse-arguments.ts";
import type { RestoreFlags } from "../../../../src/commands/restore/flags.ts";
import { restoreCommand } from "../../../../src/commands/restore/restore.ts";
import { type RestoreRequest, readRestoreOptions } from "../../../../src/commands/restore/restore-request.ts";
import { UsageError } from "../../../../src/errors.ts";

const NOW = new Date("2026-01-31T12:00:00Z");
const NAME = "backup_20260131T110000Z";

/** What the command line asks for, read as the program reads it. */
function read(line: string): RestoreRequest {
  const args = ["restore", ...line.split(" ").filter((arg) => arg !== "")].map((arg) =>
    arg.replaceAll("''", ""),
  );
  const parsed = parseCommandLine({ args, commands: [restoreCommand], width: 100 });
  if (parsed.kind !== "command") throw new Error("no command");
  return readRestoreOptions(parsed.flags as unknown as RestoreFlags, { now: NOW });
}

/** What a request is when nothing is said. */
const PLAIN: RestoreRequest = {
  choice: { kind: "latest" },
  undo: undefined,
  filters: {
    includeNamespaces: undefined,
    excludeNamespaces: undefined,
    includeKinds: undefined,
    excludeKinds: undefined,
    selector: undefined,
  },
  kinds: [],
  objects: undefined,
  namespaces: undefined,
  mapping: [],
  transforms: [],
  shortcuts: {},
  paused: false,
  existing: "skip",
  restoreStatus: false,
  prune: false,
  dryRun: undefined,
  wait: undefined,
  waitForJobs: false,
  retryLock: undefined,
  lock: true,
  unencrypted: false,
  yes: false,
  flag: true,
  deleted: false,
};

const WEB = { kind: "deployment", name: "web" };
const ONE = { kinds: ["deployment"], objects: [WEB] };

describe("a command line says what to restore", () => {
  const rows: [line: string, request: Partial<Omit<RestoreRequest, "filters">> & { filters?: object }][] = [
    ["", {}],
    ["latest", {}],
    ["--retry-lock 5m", { retryLock: 300_000 }],
    ["--retry-lock 0s", { retryLock: 0 }],
    ["--no-lock", { lock: false }],
    ["--transform a.yaml --transform b,c.yaml", { transforms: ["a.yaml", "b,c.yaml"] }],
    ["--paused", { paused: true }],
    ["--wait --wait-for-jobs", { wait: 300_000, waitForJobs: true }],
    [NAME, { choice: { kind: "named", name: NAME } }],
    ["--at 2h", { choice: { kind: "at", time: new Date("2026-01-31T10:00:00Z") } }],
    ["--at 2026-01-30T00:00Z", { choice: { kind: "at", time: new Date("2026-01-30T00:00:00Z") } }],
    ["deployment/web", { ...ONE }],
    ["latest deployment/web", { ...ONE }],
    ["deployment/web latest", { ...ONE }],
    [
      `${NAME} deployment/web secret/login`,
      {
        choice: { kind: "named", name: NAME },
        kinds: ["deployment", "secret"],
        objects: [WEB, { kind: "secret", name: "login" }],
      },
    ],
    ["--at 2h deployment/web", { choice: { kind: "at", time: new Date("2026-01-31T10:00:00Z") }, ...ONE }],
    ["deployment/web -n shop", { ...ONE, namespaces: ["shop"] }],
    ["deployment web", ONE],
    ["latest deployment web", ONE],
    [
      "deployment web latest",
      { kinds: ["deployment"], objects: [WEB, { kind: "deployment", name: "latest" }] },
    ],
    [`deployment web ${NAME}.zip`, { ...ONE, choice: { kind: "named", name: NAME } }],
    [`-b ${NAME}.zip.age deployment web`, { ...ONE, choice: { kind: "named", name: NAME } }],
    [`-b ${NAME} latest`, { choice: { kind: "named", name: NAME, passedOver: ["latest"] } }],
    [
      `s3://bucket/blue/${NAME}.zip`,
      { choice: { kind: "named", name: NAME, place: { kind: "s3", bucket: "bucket", prefix: "blue" } } },
    ],
    ["deployment,secret", { kinds: ["deployment", "secret"] }],
    ["deployment -A", { kinds: ["deployment"], namespaces: "all" }],
    [
      "deployment -n shop,team-* -n data",
      {
        kinds: ["deployment"],
        namespaces: ["shop", "team-*", "data"],
      },
    ],
    ["-n shop", { filters: { includeNamespaces: ["shop"] } }],
    ["-n team-*", { filters: { includeNamespaces: ["team-*"] } }],
    ["-n a -n b,c", { filters: { includeNamespaces: ["a", "b", "c"] } }],
    ["-A", {}],
    ["-A --exclude-namespaces kube-*", { filters: { excludeNamespaces: ["kube-*"] } }],
    [
      "--include-namespaces shop,team-* --include-namespaces data --exclude-namespaces team-red",
      { filters: { includeNamespaces: ["shop", "team-*", "data"], excludeNamespaces: ["team-red"] } },
    ],
    [
      "-n shop --include-kinds deploy,sts -l app=web",
      {
        filters: { includeNamespaces: ["shop"], includeKinds: ["deploy", "sts"], selector: "app=web" },
      },
    ],
    ["--exclude-kinds secrets", { filters: { excludeKinds: ["secrets"] } }],
    [
      "--namespace-mapping shop=shop-2,data=data-2",
      {
        filters: { includeNamespaces: ["shop", "data"] },
        mapping: [
          ["shop", "shop-2"],
          ["data", "data-2"],
        ],
      },
    ],
    ["-A --namespace-mapping shop=shop-2", { mapping: [["shop", "shop-2"]] }],
    [
      "--include-namespaces shop,data --namespace-mapping shop=shop-2",
      { filters: { includeNamespaces: ["shop", "data"] }, mapping: [["shop", "shop-2"]] },
    ],
    [
      "deployment/web --namespace-mapping shop=shop-2",
      { ...ONE, namespaces: ["shop"], mapping: [["shop", "shop-2"]] },
    ],
    ["--existing update", { existing: "update" }],
    ["--restore-status", { restoreStatus: true }],
    ["--restore-status=false", {}],
    ["--existing=replace --prune -y", { existing: "replace", prune: true, yes: true }],
    ["--no-flag", { flag: false }],
    [
      "--undo --since 15m",
      {
        choice: { kind: "at", time: new Date("2026-01-31T11:45:00Z") },
        undo: new Date("2026-01-31T11:45:00Z"),
        existing: "update",
      },
    ],
    ["--dry-run", { dryRun: "server" }],
    ["--dry-run=server", { dryRun: "server" }],
    ["--dry-run=client", { dryRun: "client" }],
    ["--dry-run=none", {}],
    ["--no-dry-run", {}],
    ["--dry-run -n shop", { dryRun: "server", filters: { includeNamespaces: ["shop"] } }],
    // The parser takes the next word for the flag's value: it is none.
    ["--dry-run latest", { dryRun: "server" }],
    [`--dry-run ${NAME}`, { dryRun: "server", choice: { kind: "named", name: NAME } }],
    ["--dry-run deployment/web", { dryRun: "server", ...ONE }],
    [`${NAME} --dry-run deployment/web`, { dryRun: "server", choice: { kind: "named", name: NAME }, ...ONE }],
  ];
  for (const [line, { filters, ...request }] of rows) {
    it(`restore ${line}`, () =>
      assert.deepEqual(read(line), { ...PLAIN, ...request, filters: { ...PLAIN.filters, ...filters } }));
  }
});

describe("a command line that contradicts itself is refused, with what is wrong", () => {
  const rows: [line: string, ...problems: RegExp[]][] = [
    ["2h", /^"2h" is no kind, and no backup's name: .* a time as --at 36h/],
    ["yesterday", /^"yesterday" is no kind, and no backup's name/],
    ["backup_2026", /^BACKUP "backup_2026" is no backup's name/],
    ["deploy/web svc", /^"svc" is not KIND\/NAME: beside one such, all must be/],
    ["deploy --include-kinds secrets", /^--include-kinds and named kinds both/],
    ["./shop.zip", /^BACKUP ".\/shop.zip" is no backup's file: name it as it was stored/],
    ["s3://bucket/blue", /^BACKUP "s3:\/\/bucket\/blue" is a store and no backup of it/],
    [`-b ${NAME} -b latest`, /^--backup is given more than once/],
    ["latest latest", /^"latest" is too much after BACKUP "latest"/],
    [`--dry-run ${NAME} latest`, /is too much after BACKUP/],
    [`${NAME} --at 2h`, /^BACKUP "backup_\w+" and --at 2h both say which backup/],
    ["--at yesterday", /^--at "yesterday" is no time/],
    ["--at 2h --at 3h", /^--at is given more than once/],
    ["--existing skip --existing update", /^--existing is given more than once/],
    ["--existing overwrite", /^--existing "overwrite" is none of "skip", "update", "replace"/],
    ["--dry-run=clinet", /^--dry-run "clinet" is none of server, client, none/],
    ["deployment/", /^"deployment\/" names no object: write KIND\/NAME/],
    ["/web", /^BACKUP "\/web" is no backup's file/],
    ["a/b/c", /^"a\/b\/c" names no object/],
    ["-n shop -A", /^--namespace and --all-namespaces both say where/],
    ["-n shop --include-namespaces data", /^--namespace and --include-namespaces both say where/],
    ["-n shop --exclude-namespaces data", /^--namespace and --exclude-namespaces both say where/],
    ["-A --include-namespaces data", /^--all-namespaces and --include-namespaces both say where/],
    ["-n Shop", /^--namespace "Shop" is no namespace's name/],
    ["-n ''", /^--namespace is empty: name at least one/],
    ["deploy/web -A", /^--all-namespaces does not go with named objects/],
    ["deploy/web -l app=web", /^--selector and named objects both say what to restore/],
    ["deploy/web --include-kinds secrets", /^--include-kinds and named objects both/],
    ["deploy/web --exclude-kinds secrets", /^--exclude-kinds and named objects both/],
    ["deploy/web --include-namespaces shop", /^--include-namespaces and named objects both/],
    ["deploy/web --exclude-namespaces shop", /^--exclude-namespaces and named objects both/],
    ["--undo", /^--undo needs --since: from when on/],
    ["--since 15m", /^--since says when the changes began that --undo reverts: add that/],
    ["--undo --since yesterday", /^--since "yesterday" is no time/],
    ["latest --undo --since 15m", /^BACKUP "latest" does not go with --undo/],
    ["--at 2h --undo --since 15m", /^--at does not go with --undo/],
    ["--prune --paused --undo --since 15m", /^--paused does not go/, /^--prune does not go/],
    ["--existing replace --undo --since 15m", /^--existing does not go with --undo/],
    ["deploy/web --prune", /^--prune does not go with named objects: the rest would be deleted/],
    ["deploy/web --prune -l a=b", /^--selector and named/, /^--prune does not go/],
    ["--namespace-mapping shop", /^--namespace-mapping "shop" is none: write OLD=NEW/],
    ["--namespace-mapping shop=", /^--namespace-mapping "shop=" is none/],
    ["--namespace-mapping a=b=c", /^--namespace-mapping "a=b=c" is none/],
    ["--namespace-mapping shop=Shop", /^--namespace-mapping "shop=Shop" is none/],
    ["--include-namespaces ''", /^--include-namespaces is empty: name at least one/],
    ["--include-kinds ,", /^--include-kinds is empty/],
    ["--include-namespaces Shop", /^"Shop" is no namespace's name/],
    ["-l a=b=c", /^--selector "a=b=c" is no label selector/],
  ];
  for (const [line, ...problems] of rows) {
    it(`restore ${line}`, () => {
      assert.throws(
        () => read(line),
        (error) => {
          assert.ok(error instanceof UsageError, String(error));
          assert.equal(error.problems.length, problems.length, error.message);
          for (const [index, problem] of problems.entries())
            assert.match(error.problems[index] ?? "", problem);
          return true;
        },
      );
    });
  }
});
