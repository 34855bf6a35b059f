import { describeNotKept } from "../../archive/format/not-kept.ts";
import type { GateDecision } from "../../restore-gate/decide.ts";
import { describeDecision } from "../../restore-gate/describe.ts";
import type { FoundRecord } from "../../restore-gate/restore-record.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { fullClusterTitle } from "../../words/cluster-title.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { describeLog, logStatusJson } from "./change-log.ts";
import type { Copies } from "./copies.ts";
import type { Status } from "./gather-status.ts";
import type { NewestBackup } from "./newest.ts";

/** The status as lines for people. */
export function statusLines(status: Status, asOf: Date): string[] {
  const { cluster, begun, newest, foreign, gate, due, copies } = status;
  const name = cluster.name === undefined ? "" : `${cluster.name}: `;
  const rows: [string, string][] = [
    ["Cluster", `${name}${cluster.context} (${cluster.server})`],
    ["Store", status.store],
    ["Restore flag", describeFlag(status, asOf)],
    ...(begun === undefined
      ? []
      : [["Restore begun", `${describeBegun(begun)}, ${begun.begun}`] as [string, string]]),
    ["Newest backup", newest === undefined ? describeNone(status) : describeNewest(newest, cluster)],
    ...(newest === undefined ? [] : [["Checked", describeChecked(newest, asOf)] as [string, string]]),
    ...(foreign === undefined ? [] : [["Not counted", describeNewest(foreign, cluster)] as [string, string]]),
    ...status.unreadable.map(({ backup, reason }): [string, string] => [
      "Cannot be read",
      `${backup.name}, ${formatAge(asOf.getTime() - backup.time.getTime())}: ${reason}`,
    ]),
    ["Gate", gate === undefined ? "unknown: MAXRESTOREAGE is not set" : describeDecision(gate)],
    ["Next backup", describeDue(due, asOf)],
    ["Change log", describeLog(status.changeLog, asOf)],
    ...(copies === undefined ? [] : [["Second store", describeCopies(copies, asOf)] as [string, string]]),
  ];
  return [
    ...rows.map(([title, text]) => `${title.padEnd(14)} ${text}`),
    // What the newest backup recorded when it was taken: what KINDS is where it is taken is not known here.
    ...describeNotKept(newest?.notKept),
  ];
}

function describeBegun({ backup, complete }: FoundRecord): string {
  const moment = complete?.moment;
  return moment === undefined ? backup : `${rfc3339(moment.time)} from the change log, from ${backup}`;
}

function describeFlag({ flag }: Pick<Status, "flag">, asOf: Date): string {
  if (flag.state !== "present") return flag.state;
  const { reason, backup, cluster, store, time, objects } = flag.facts;
  const age = time === undefined ? [] : [formatAge(asOf.getTime() - time.getTime())];
  if (reason !== "restored" || backup === undefined) {
    const what = reason === undefined ? ["made by hand"] : [reason];
    return ["present", ...what, ...(store === undefined ? [] : [`from ${store}`]), ...age].join(", ");
  }
  const of = cluster === undefined ? "" : ` of the cluster ${fullClusterTitle(cluster)}`;
  const from = store === undefined ? "" : ` from ${store}`;
  const count = objects === undefined ? [] : [`${objects} objects`];
  return ["present", `restored ${backup}${of}${from}`, ...age, ...count].join(", ");
}

function describeNone({ none, foreign }: Pick<Status, "none" | "foreign">): string {
  return none?.message ?? (foreign === undefined ? "none that can be read" : "none of this cluster");
}

function describeNewest(newest: NewestBackup, here: Status["cluster"]): string {
  const maker =
    here.id === newest.cluster.id ? "this cluster" : `the cluster ${fullClusterTitle(newest.cluster)}`;
  return [
    newest.name,
    formatAge(newest.age),
    formatBytes(newest.size),
    `${newest.objects} objects`,
    `of ${maker}`,
    ...(newest.missing.length === 0
      ? []
      : [`without ${newest.missing.map(({ resource }) => resource).join(", ")}`]),
  ].join(", ");
}

/** A status reads no gigabyte: it looks at the manifest and the table of contents, and at what a full check has recorded. */
function describeChecked({ name, checked }: NewestBackup, asOf: Date): string {
  if (checked !== undefined) {
    return `valid: every byte was checked ${formatAge(asOf.getTime() - checked.getTime())} (${rfc3339(checked)})`;
  }
  return `ok by its manifest; every byte: ${shellCommand`kube-backup verify ${name}`}`;
}

function describeDue(due: Date | undefined, asOf: Date): string {
  if (due === undefined) return "unknown: FREQUENCY is not set";
  if (due <= asOf) return "due now";
  return `${formatAge(asOf.getTime() - due.getTime())} (${rfc3339(due)})`;
}

function describeCopies({ store, newest, problem }: Copies, asOf: Date): string {
  if (problem !== undefined) return `${store}: ${problem}`;
  if (newest === undefined) return `${store}: no backups`;
  return `${store}: the newest is ${newest.name}, ${formatAge(asOf.getTime() - newest.time.getTime())}`;
}

/** The status as JSON; docs/commands/status.md documents it. */
export function statusJson(
  { cluster, store, flag, begun, newest, foreign, unreadable, none, gate, due, copies, changeLog }: Status,
  { asOf, stale }: { asOf: Date; stale: string | undefined },
): object {
  const { reason, backup, cluster: origin, time, objects } = flag.facts;
  return {
    cluster: {
      id: cluster.id ?? null,
      name: cluster.name ?? null,
      context: cluster.context,
      server: cluster.server,
    },
    store,
    flag: {
      state: flag.state,
      reason: reason ?? null,
      backup: backup ?? null,
      cluster: origin ?? null,
      store: flag.facts.store ?? null,
      time: time === undefined ? null : rfc3339(time),
      objects: objects ?? null,
    },
    begunRestore: begun?.backup ?? null,
    newest: newest === undefined ? null : newestJson(newest),
    notCounted: foreign === undefined ? null : newestJson(foreign),
    unreadable: unreadable.map(({ backup: { name, time, size }, state, reason }) => ({
      name,
      time: rfc3339(time),
      ageSeconds: Math.floor((asOf.getTime() - time.getTime()) / 1000),
      sizeBytes: size,
      state,
      reason,
    })),
    backupsIn: none?.beside ?? [],
    gate: gate === undefined ? null : gateJson(gate),
    nextBackupDue: due === undefined ? null : rfc3339(due),
    stale: stale ?? null,
    copies: copies === undefined ? null : copiesJson(copies, asOf),
    changeLog: logStatusJson(changeLog, asOf),
  };
}

function gateJson(gate: GateDecision): object {
  if (!("moment" in gate) || gate.moment === undefined) return gate;
  return { ...gate, moment: rfc3339(gate.moment.time) };
}

function copiesJson({ store, newest, problem }: Copies, asOf: Date): object {
  return {
    copyStore: store,
    backup: newest?.name ?? null,
    ageSeconds: newest === undefined ? null : Math.floor((asOf.getTime() - newest.time.getTime()) / 1000),
    reason: problem ?? null,
  };
}

function newestJson({
  name,
  time,
  age,
  size,
  objects,
  cluster,
  checked,
  missing,
  notKept,
}: NewestBackup): object {
  return {
    name,
    time: rfc3339(time),
    ageSeconds: Math.floor(age / 1000),
    sizeBytes: size,
    // A status reads no gigabyte: every byte is for verify to check.
    state: checked === undefined ? "ok" : "valid",
    checked: checked === undefined ? null : rfc3339(checked),
    objects,
    cluster,
    missing,
    notKept: notKept ?? [],
  };
}
