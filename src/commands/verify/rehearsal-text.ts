/** How `kube-backup verify --rehearse` shows its findings. */

import { objectTitle } from "../../kubernetes/resource.ts";
import type { RehearsalReport } from "../../rehearse/rehearsal-report.ts";
import { describeFailures, groupFailures, remedyOf } from "../../restore/report/failure-groups.ts";
import { describeUnmet } from "../../restore/report/unmet-references.ts";
import { formatTable } from "../../terminal/table.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";

/** The report for people. */
export function describeRehearsal({
  name,
  cluster,
  report,
}: {
  name: string;
  cluster: { context: string; server: string };
  report: RehearsalReport;
}): string[] {
  const table = formatTable({
    columns: [
      { title: "KIND" },
      { title: "ACCEPTED", align: "right" },
      { title: "WOULD FAIL", align: "right" },
      { title: "NOT ASKED", align: "right" },
    ],
    rows: Object.entries(report.byKind()).map(([kind, { accepted, refused, notAsked }]) =>
      [kind, accepted, refused, notAsked].map(String),
    ),
  });
  const accepted = report.total("accepted");
  const total = accepted + report.total("refused") + report.total("notAsked");
  const { definedFirst } = report;
  const come = definedFirst === 1 ? "comes after its definition" : "come after their definitions";
  const later = definedFirst === 0 ? "" : `, ${definedFirst} ${come}`;
  return [
    ...table,
    ...describeFindings(report),
    `${name} rehearsed in ${cluster.context} (${cluster.server}): ${accepted} of ${amount(total, "object")} would be accepted${later}; nothing was changed`,
  ];
}

/** What is not as it should be. */
export function describeFindings(report: RehearsalReport): string[] {
  return [
    ...describeRefused(report),
    ...describeNotAsked(report),
    ...report.notes,
    ...report.unmet.map((each) => describeUnmet(each, { planned: true })),
  ];
}

function describeRefused(report: RehearsalReport): string[] {
  const refused = report.items.filter(({ verdict }) => verdict === "refused");
  if (refused.length === 0) return [];
  const groups = groupFailures(refused.map((item) => ({ ...item, kind: report.kindOf(item) })));
  const remedy = remedyOf(groups);
  return [
    `${refused.length === 1 ? "1 object" : `${refused.length} objects`} would fail:`,
    ...describeFailures(groups),
    ...(remedy === undefined ? [] : [`${remedy} before a restore`]),
  ];
}

/** Objects that could not be checked usually share one reason. */
function describeNotAsked(report: RehearsalReport): string[] {
  const items = report.items.filter(({ verdict }) => verdict === "notAsked");
  const byReason = Map.groupBy(items, ({ reason, advice }) => `${reason}${advice ? `. ${advice}` : ""}`);
  return [...byReason].map(([reason, alike]) => {
    const titles = alike.map((item) => objectTitle(report.kindOf(item), item));
    return `Not asked about ${someNames(titles)}: ${reason}`;
  });
}
