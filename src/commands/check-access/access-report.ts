import { jsonText } from "../../command-line/output.ts";
import { formatYaml } from "../../print/yaml.ts";
import type { CheckedRight, Job } from "../../store/contract/store-access.ts";
import { formatTable } from "../../terminal/table.ts";
import { someNames } from "../../words/some-names.ts";

/** One side that was asked: the store or the API server. */
interface CheckedSide {
  /** `s3://my-bucket/blue`, `blue (https://…)`. */
  title: string;
  rights: readonly CheckedRight[];
  /** Why it could not be asked. */
  failure?: Error | undefined;
}

/** A store that was asked. */
interface CheckedStore extends CheckedSide {
  leftBehind: readonly string[];
  policy: object | undefined;
}

/** All that a check has found. */
export interface AccessReport {
  jobs: readonly Job[];
  store: CheckedStore;
  /** The second store; undefined where there is none, or nothing is copied into it. */
  copyStore: CheckedStore | undefined;
  cluster: CheckedSide & {
    context: string;
    /** The address of the API server. */
    server: string;
    /** The name under which the API server knows the user. */
    user: string | undefined;
    roles: readonly object[];
    /** What KINDS names and the API server does not serve. */
    notes: readonly string[];
  };
}

/** Whether all is there, something is missing, or something could not be asked. */
export type AccessVerdict = { kind: "all" } | { kind: "missing" | "unasked"; message: string };

/** The verdict: what could not be asked outweighs what is missing, since more may be missing. */
export function verdictOn(report: AccessReport): AccessVerdict {
  const sides = sidesOf(report);
  const rights = sides.flatMap((side) => side.rights);
  const missing = rights.filter(({ allowed }) => allowed === false);
  const names = someNames(missing.map(titleOf), 5);
  const lacking =
    missing.length === 0 ? "" : `${missing.length} of ${rights.length} rights are missing: ${names}`;
  const failed = sides.map(({ failure }) => failure).find((each) => each !== undefined);
  if (failed !== undefined) {
    return { kind: "unasked", message: lacking === "" ? failed.message : `${failed.message}; ${lacking}` };
  }
  if (lacking !== "") return { kind: "missing", message: `Access is not complete: ${lacking}` };
  const unknown = rights.filter(({ allowed }) => allowed === undefined);
  if (unknown.length === 0) return { kind: "all" };
  const [first] = unknown;
  const why = `${someNames(unknown.map(titleOf))}: ${first?.why ?? ""}`;
  return { kind: "unasked", message: `Cannot find out whether all rights are there: ${why}` };
}

/** All that were asked, in the order of the report. */
export function sidesOf({ store, copyStore, cluster }: AccessReport): readonly CheckedSide[] {
  return [store, ...(copyStore === undefined ? [] : [copyStore]), cluster];
}

/** `s3:DeleteObject (only for prune)`. */
function titleOf({ right, jobs }: CheckedRight): string {
  return `${right}${jobs.length === 1 ? ` (only for ${jobs[0]})` : ""}`;
}

/** The report for scripts. */
export function accessJson({ jobs, store, copyStore, cluster }: AccessReport): object {
  const storeJson = ({ title, failure, leftBehind }: CheckedStore) => ({
    url: title,
    reason: failure?.message ?? null,
    leftBehind,
  });
  const rights = (side: CheckedSide, of: string) =>
    side.rights.map(({ right, where, jobs: needed, allowed, why }) => ({
      of,
      right,
      where,
      for: needed,
      allowed: allowed ?? null,
      reason: why === "" ? null : why,
    }));
  return {
    for: jobs,
    store: storeJson(store),
    copyStore: copyStore === undefined ? null : storeJson(copyStore),
    cluster: {
      context: cluster.context,
      server: cluster.server,
      user: cluster.user ?? null,
      reason: cluster.failure?.message ?? null,
      notes: cluster.notes,
    },
    rights: [
      ...rights(store, "store"),
      ...(copyStore === undefined ? [] : rights(copyStore, "copyStore")),
      ...rights(cluster, "cluster"),
    ],
    policy: store.policy ?? null,
    copyPolicy: copyStore?.policy ?? null,
    roles: cluster.roles,
  };
}

/** The report for people. The policy and the roles are shown where something of them is missing. */
export function accessText(report: AccessReport): string[] {
  const { store, copyStore, cluster } = report;
  const sides = sidesOf(report);
  const stores = [store, ...(copyStore === undefined ? [] : [copyStore])];
  const rights = sides.flatMap((side) => side.rights);
  const table = formatTable({
    columns: [
      { title: "RIGHT" },
      { title: "WHERE" },
      { title: "FOR" },
      { title: "ALLOWED" },
      { title: "WHY" },
    ],
    rows: rights.map(({ right, where, jobs, allowed, why }) => [
      right,
      where,
      jobText(jobs),
      answer(allowed),
      why,
    ]),
    // Not shortened to the terminal: the end of the server's words may be what matters.
  });
  const user = cluster.user === undefined ? "" : `, as ${cluster.user}`;
  const lines = [
    `Store    ${store.title}`,
    ...(copyStore === undefined ? [] : [`Copies   ${copyStore.title}`]),
    `Cluster  ${cluster.title}${user}`,
    "",
    ...table,
  ];
  for (const { failure } of sides) if (failure !== undefined) lines.push("", failure.message);
  for (const note of cluster.notes) lines.push("", note);
  const leftBehind = stores.flatMap((each) => each.leftBehind);
  if (leftBehind.length > 0)
    lines.push("", "Left behind, since this access key may not delete them:", ...leftBehind);
  for (const each of stores) {
    if (each.policy === undefined || !lacks(each)) continue;
    const where = each === copyStore ? "S3 by the second store" : "S3";
    lines.push("", `The IAM policy that gives what is needed of ${where}:`, "");
    lines.push(...jsonText(each.policy).split("\n"));
  }
  if (lacks(cluster) && cluster.roles.length > 0) {
    lines.push(
      "",
      ...roleHeading(cluster.user),
      "",
      ...cluster.roles.map(formatYaml).join("---\n").trimEnd().split("\n"),
    );
  }
  return lines;
}

function roleHeading(user: string | undefined): string[] {
  const heading = "The roles that give what is needed of the API server, for kubectl apply -f -:";
  return user === undefined
    ? [heading, "Bind them to the user: the API server does not say who that is."]
    : [heading];
}

function lacks({ rights }: CheckedSide): boolean {
  return rights.some(({ allowed }) => allowed !== true);
}

function answer(allowed: boolean | undefined): string {
  return allowed === undefined ? "unknown" : allowed ? "yes" : "no";
}

/** What a single job needs is marked: others do without it. */
function jobText(jobs: readonly Job[]): string {
  return jobs.length === 1 ? `only ${jobs[0]}` : jobs.join(", ");
}
