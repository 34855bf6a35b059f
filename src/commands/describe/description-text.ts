import { totalObjects } from "../../archive/format/counts.ts";
import { warningsOf } from "../../archive/format/lacking.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import { describeNotKept } from "../../archive/format/not-kept.ts";
import { describeScope } from "../../archive/format/scope.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge, formatDuration } from "../../terminal/duration.ts";
import { formatTable } from "../../terminal/table.ts";
import { amount } from "../../words/amount.ts";
import { fullClusterTitle } from "../../words/cluster-title.ts";
import type { Contents, DescriptionFacts } from "./description.ts";

/** The most namespaces in the table; -o json has all. */
const MOST_ROWS = 100;

/** What is known of a backup, for people: a line for each fact, and the table of what it holds. */
export function descriptionText(facts: DescriptionFacts, width: number | undefined): string[] {
  const { manifest, contents } = facts;
  const rows = [...head(facts), ...(manifest === undefined ? [] : ofManifest(manifest)), ...tail(facts)];
  const titleWidth = Math.max(...rows.map(([title]) => title.length)) + 1;
  const lines = rows.map(([title, text]) => `${`${title}:`.padEnd(titleWidth)}  ${text}`);
  if (contents === undefined) return [...lines, ...kindsTable(manifest)];
  return [...lines, "", ...contentsTable(contents, width)];
}

type Row = readonly [title: string, text: string];

function head({ backup, store, asOf, state, reason, checked, contents }: DescriptionFacts): Row[] {
  const unpacked = contents?.reduce((sum, each) => sum + each.unpackedBytes, 0);
  const age = formatAge(asOf.getTime() - backup.time.getTime());
  return [
    ["Name", backup.name],
    ["Store", store],
    ["Time", `${utc(backup.time)}, ${age}`],
    [
      "Size",
      `${formatBytes(backup.size)}${unpacked === undefined ? "" : `, ${formatBytes(unpacked)} unpacked`}`,
    ],
    ["State", reason === undefined ? state : `${state}: ${reason}`],
    ["Last check", checked === undefined ? "none is recorded" : `valid, ${utc(checked)}`],
  ];
}

function ofManifest(manifest: Omit<Manifest, "files">): Row[] {
  const { cluster, program, revision, oneMoment, intervalSeconds, parent } = manifest;
  const scope = describeScope(manifest);
  const excluded = Object.entries(manifest.excluded);
  return [
    ["Cluster", fullClusterTitle(cluster)],
    ["Kubernetes", cluster.kubernetesVersion],
    ["Program", `${program.version} (${program.commit})`],
    ["Revision", `${revision}, ${oneMoment ? "consistent: all of one moment" : "not all of one moment"}`],
    ...row("Interval", intervalSeconds === undefined ? [] : [formatDuration(intervalSeconds * 1000)]),
    ...row("Scope", scope === undefined ? [] : [scope]),
    ...row("Parent", parent === undefined ? [] : [describeParent(parent)]),
    ["Objects", String(totalObjects(manifest))],
    ...row(
      "Missing",
      manifest.missing.map(({ resource, reason }) => `${resource}: ${reason}`),
    ),
    ...row(
      "Left out",
      excluded.map(([resource, count]) => `${count} ${resource} by a label`).concat(leftOut(manifest)),
    ),
    ...row("Not kept", describeNotKept(manifest.notKept).map(withoutTitle)),
    ...row("Warning", warningsOf(manifest)),
  ];
}

function tail({ backup, note, signature, belief, tags, retention }: DescriptionFacts): Row[] {
  return [
    ...row("Tags", tags === undefined || tags.length === 0 ? [] : [tags.join(", ")]),
    ["Encryption", encryption(backup.form === "zip.age", note?.recipients)],
    ["Signature", describeSignature(signature, belief)],
    ["Retention", describeRetention(retention)],
  ];
}

/** A row for each text, under one title. */
function row(title: string, texts: readonly string[]): Row[] {
  return texts.map((text) => [title, text]);
}

function leftOut({ leftOut: rules = [] }: Omit<Manifest, "files">): string[] {
  return rules.map(({ resource, objects, why }) => `${objects} ${resource}: ${why}`);
}

function withoutTitle(line: string): string {
  return line.replace(/^Not kept: /, "");
}

function describeParent({ backup, cluster, restored }: NonNullable<Manifest["parent"]>): string {
  return `the cluster was restored from ${backup} of the cluster ${cluster}, ${restored}`;
}

function encryption(encrypted: boolean, recipients: readonly string[] | undefined): string {
  if (!encrypted) return "none";
  if (recipients === undefined) return "age; its note does not say to whom";
  return `age, to ${recipients.join(", ")}`;
}

function describeSignature(
  signature: DescriptionFacts["signature"],
  belief: DescriptionFacts["belief"],
): string {
  const who =
    signature === undefined
      ? "none"
      : signature.key === null
        ? `none that holds: it ${signature.reason}`
        : `by ${signature.key} for ${signature.principal}`;
  if (belief?.believed === true) return `${who}, whom ALLOWED_SIGNERS has believed`;
  if (belief?.believed === false) return `${who}; not believed: ${belief.reason}`;
  return signature === undefined ? who : `${who}; not judged: ALLOWED_SIGNERS is not set`;
}

function describeRetention(retention: DescriptionFacts["retention"]): string {
  if (retention === undefined) return "no rule is set (KEEP_LAST, KEEP_DAILY and others)";
  const { keep, reasons, until } = retention;
  if (!keep) return `not kept: ${reasons.join(", ")}`;
  return `kept by ${reasons.join(", ")}${until === undefined ? "" : `, until ${utc(until)}`}`;
}

function contentsTable(contents: readonly Contents[], width: number | undefined): string[] {
  const shown = contents.slice(0, MOST_ROWS);
  const more = contents.length - shown.length;
  const table = formatTable({
    columns: [
      { title: "NAMESPACE" },
      { title: "OBJECTS", align: "right" },
      { title: "UNPACKED", align: "right" },
      { title: "KINDS", minWidth: 10 },
    ],
    rows: shown.map(({ namespace, objects, unpackedBytes, kinds }) => [
      namespace ?? "-",
      String(objects),
      formatBytes(unpackedBytes),
      Object.entries(kinds)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", "),
    ]),
    width,
  });
  return more === 0 ? table : [...table, `and ${amount(more, "namespace")} more: -o json has all`];
}

/** Of what cannot be read, its note tells the kinds. */
function kindsTable(manifest: Omit<Manifest, "files"> | undefined): string[] {
  if (manifest === undefined) return [];
  const rows = Object.entries(manifest.counts).map(([kind, count]) => [kind, String(count)]);
  return ["", ...formatTable({ columns: [{ title: "KIND" }, { title: "OBJECTS", align: "right" }], rows })];
}

function utc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
