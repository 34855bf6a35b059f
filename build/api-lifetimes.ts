/**
 * `node build/api-lifetimes.ts` writes src/kubernetes/api-lifetimes.ts anew: which kinds each Kubernetes serves in which
 * versions, from the Go modules of its API. Needs Go, and the network for modules that are not in Go's cache.
 *
 * For another Kubernetes, add its modules below, with their digests, as `go mod download -json MODULE` prints them.
 */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Modules of the API by the minor version of Kubernetes, with their digests as in a go.sum. */
const APIS: ReadonlyMap<number, readonly [version: string, sum: string]> = new Map([
  [22, ["v0.22.5", "h1:xk7C+rMjF/EGELiD560jdmwzrB788mfcHiNbMQLIVI8="]],
  [23, ["v0.23.16", "h1:op+yeqZLQxDt2tEnrOP9Y+WA7l4Lxh+7R0IWEzyuk2I="]],
  [24, ["v0.24.3", "h1:tt55QEmKd6L2k5DP6G/ZzdMQKvG5ro4H4teClqm0sTY="]],
  [25, ["v0.25.9", "h1:XuJ2bz2F52jZmp3YjUcp/pozH8kY1BlBHdXnoOXBP3U="]],
  [26, ["v0.26.9", "h1:s8Y+G1u2JM55b90+Yo2RVb3PGT/hkWNVPN4idPERxJg="]],
  [27, ["v0.27.4", "h1:0pCo/AN9hONazBKlNUdhQymmnfLRbSZjd5H5H3f0bSs="]],
  [28, ["v0.28.3", "h1:Gj1HtbSdB4P08C8rs9AR94MfSGpRhJgsS+GF9V26xMM="]],
  [29, ["v0.29.15", "h1:QxPcAheYujeBwkdiE0vMyKkAtqUq5YNyXVqimT+me44="]],
  [30, ["v0.30.14", "h1:iPq9YNOz1vHcSuN9YTmRUt8iPpB1cYPxxjgbY25xfS4="]],
  [31, ["v0.31.14", "h1:xYn/S/WFJsksI7dk/5uBRd3Umm/D8W5g7sRnd4csotA="]],
  [32, ["v0.32.13", "h1:CAtHUTtSau6UhSGcrypjKXc2365TncaxUtrIfnjUPGE="]],
  [33, ["v0.33.13", "h1:Au/I/J8SXmcCBxp+KiS82451AEaKjVHouB1x3lUm1Wk="]],
  [34, ["v0.34.13", "h1:OF+KERmzVThX1pZaUl+j2WorcbtGAh8sxm+G394FPPM="]],
  [35, ["v0.35.10", "h1:QwowbQKtMVBxxOi6dlfyU2vuP0eRQ3E7gStSIne4gso="]],
  [36, ["v0.36.6", "h1:3rpdtvtevl++F7XJ9lnSsNje6+032Lc9bUQRoMWFyDk="]],
  [37, ["v0.37.2", "h1:PnxqnUFy93jr2GcpWDkKOm8wfy25kT9wa572MuQS8oc="]],
]);

/** Groups that have modules of their own: the newest tells the lifetimes of all. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["k8s.io/apiextensions-apiserver@v0.37.2", "h1:myaUiAlm1NRLYdpAvWYTqdgeiCepFupJiRFVVueMUYw="],
  ["k8s.io/kube-aggregator@v0.37.2", "h1:cUT/C/WM3UtoREoTYthSCFxldpdG3y5q9UniWYxcmPE="],
]);

/** What the modules keep for clients and no API server of the table serves, and what is no object. */
const NOT_SERVED =
  /^(?:apidiscovery\.k8s\.io|(?:node|rbac\.authorization)\.k8s\.io\/v1alpha1|scheduling\.k8s\.io\/v1alpha1 PriorityClass$)/;

/** What API servers ended before the modules lost it, and in which version. */
const ENDED: ReadonlyMap<string, number> = new Map([
  ["networking.k8s.io/v1alpha1 IPAddress", 31],
  ["networking.k8s.io/v1alpha1 ServiceCIDR", 31],
]);

/** A kind that a module registers. Versions of Kubernetes are minor ones of 1; undefined where the module does not say. */
interface Registered {
  /** `policy/v1 PodDisruptionBudget`. */
  name: string;
  introduced: number | undefined;
  removed: number | undefined;
  /** The group of the kind that the API names in its place. */
  movedTo: string | undefined;
}

/** A row of the table. A removal is that of a version up to the newest. */
interface Lifetime {
  since: number;
  removed: number | undefined;
  movedTo: string | undefined;
}

/** The text of src/kubernetes/api-lifetimes.ts, as the modules have it. */
export async function lifetimesSource(): Promise<string> {
  const sums = new Map([
    ...[...APIS.values()].map(([version, sum]) => [`k8s.io/api@${version}`, sum] as const),
    ...OTHERS,
  ]);
  const folders = await download(sums);
  const rows = new Map<string, Lifetime>();
  const firstSeen = new Map<string, number>();
  const [first, newest] = [Math.min(...APIS.keys()), Math.max(...APIS.keys())];
  for (const [minor, [version]] of APIS) {
    const kinds = await registered(folders.get(`k8s.io/api@${version}`) ?? "");
    for (const { name, ...each } of kinds) {
      if ((ENDED.get(name) ?? newest) < minor) continue;
      // The modules say of some that they were there before they were.
      const seen = firstSeen.get(name) ?? (minor > first ? minor : 0);
      firstSeen.set(name, seen);
      rows.set(name, lifetime(name, each, { seen, newest }));
    }
    endOthers(rows, new Set(kinds.map(({ name }) => name)), { minor, newest });
  }
  for (const module of OTHERS.keys()) {
    for (const { name, ...each } of await registered(folders.get(module) ?? ""))
      rows.set(name, lifetime(name, each, { seen: 0, newest }));
  }
  return source(rows, { first, newest });
}

/** What a module does not register any more, its Kubernetes does not serve. */
function endOthers(
  rows: Map<string, Lifetime>,
  here: ReadonlySet<string>,
  { minor, newest }: { minor: number; newest: number },
): void {
  for (const [name, row] of rows) {
    const ended = ENDED.get(name) === minor || !here.has(name);
    if (ended && (row.removed ?? newest) >= minor) rows.set(name, { ...row, removed: minor });
  }
}

/** A removal that is yet to come is left out: releases move it. */
function lifetime(
  name: string,
  { introduced, removed, movedTo }: Omit<Registered, "name">,
  { seen, newest }: { seen: number; newest: number },
): Lifetime {
  const gone = removed !== undefined && removed <= newest;
  return {
    since: Math.max(introduced ?? 0, seen),
    removed: gone ? removed : undefined,
    movedTo: movedTo === groupOf(name) ? undefined : movedTo,
  };
}

function groupOf(name: string): string {
  return name.includes("/") ? (name.split("/")[0] ?? "") : "";
}

function source(
  rows: ReadonlyMap<string, Lifetime>,
  { first, newest }: { first: number; newest: number },
): string {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = [...Map.groupBy(sorted, ([name]) => name.split(" ")[0] ?? "")].flatMap(([version, kinds]) => [
    `  ${/^\w+$/.test(version) ? version : `"${version}"`}: {`,
    ...kinds.map(([name, { since, removed, movedTo }]) => {
      const cells = [since, removed, movedTo === undefined ? undefined : `"${movedTo}"`];
      return `    ${name.split(" ")[1]}: [${cells.filter((cell) => cell !== undefined).join(", ")}],`;
    }),
    "  },",
  ]);
  return `// Written by build/api-lifetimes.ts from the Go modules of Kubernetes' API. Do not edit.

/** The Kubernetes versions that the table is of: minor versions of 1. */
export const KNOWN_KUBERNETES = { oldest: ${first}, newest: ${newest} };

/**
 * In which Kubernetes a kind is served in an API version: from which minor version of 1 on (0: before the table begins), from
 * which on no more, and the group to which the kind has moved where that is another.
 */
export type ApiLifetime = readonly [since: number, removed?: number, movedTo?: string];

/** The lifetimes of built-in kinds that can be listed, by apiVersion. */
export const API_LIFETIMES: Readonly<Record<string, Readonly<Record<string, ApiLifetime>>>> = {
${lines.join("\n")}
};
`;
}

/** Downloads modules and returns their folders. */
async function download(sums: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const { stdout } = await run("go", ["mod", "download", "-json", ...sums.keys()], { cwd: tmpdir() });
  const found: { Path: string; Version: string; Dir: string; Sum: string }[] = JSON.parse(
    `[${stdout.replaceAll("}\n{", "},\n{")}]`,
  );
  return new Map(
    found.map(({ Path, Version, Dir, Sum }) => {
      const module = `${Path}@${Version}`;
      if (Sum !== sums.get(module))
        throw new Error(`Cannot use ${module}: its digest is ${Sum}, not ${sums.get(module)}`);
      return [module, Dir];
    }),
  );
}

/** The kinds of which a module registers lists too. */
async function registered(folder: string): Promise<Registered[]> {
  const found: Registered[] = [];
  const entries = await readdir(folder, { recursive: true });
  for (const entry of entries
    .filter((name) => /^(pkg\/apis\/)?\w+\/v\d\w*\/register\.go$/.test(name))
    .sort()) {
    const text = await readFile(path.join(folder, entry), "utf8");
    const group = /^const GroupName = "(.*)"$/m.exec(text)?.[1];
    const version = /Version: "(\w+)"/.exec(text)?.[1];
    if (group === undefined || version === undefined) throw new Error(`Cannot read ${entry}: no group in it`);
    const lifecycle = path.join(folder, path.dirname(entry), "zz_generated.prerelease-lifecycle.go");
    const lifetimes = existsSync(lifecycle) ? await readFile(lifecycle, "utf8") : "";
    const apiVersion = group === "" ? version : `${group}/${version}`;
    const types = new Set([...text.matchAll(/^\t+&(\w+)\{\},$/gm)].map(([, type]) => type ?? ""));
    for (const kind of types) {
      const name = `${apiVersion} ${kind}`;
      if (!types.has(`${kind}List`) || NOT_SERVED.test(name)) continue;
      found.push({ name, ...lifecycleOf(lifetimes, kind) });
    }
  }
  return found;
}

/** What zz_generated.prerelease-lifecycle.go says of a kind. */
function lifecycleOf(text: string, kind: string): Pick<Registered, "introduced" | "removed" | "movedTo"> {
  const body = (name: string) =>
    new RegExp(`^func \\(in \\*${kind}\\) APILifecycle${name}\\(\\).*\\n(.*)$`, "m").exec(text)?.[1] ?? "";
  const minor = (name: string) => {
    const digits = /return 1, (\d+)/.exec(body(name))?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  return {
    introduced: minor("Introduced"),
    removed: minor("Removed"),
    movedTo: /Group: "(.*?)"/.exec(body("Replacement"))?.[1],
  };
}

if (import.meta.main) {
  const file = path.join(import.meta.dirname, "..", "src", "kubernetes", "api-lifetimes.ts");
  await writeFile(file, await lifetimesSource());
}
