/** What `kube-backup report` says. docs/commands/report.md documents the JSON. */

import { type Day, daysOf, totalOf } from "../../audit/days.ts";
import type { History } from "../../audit/gather-history.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";

/** The history of a store, day by day. */
export interface StoreReport {
  store: string;
  /** RFC 3339, UTC, without fractions. */
  from: string;
  until: string;
  total: Omit<Day, "date">;
  days: readonly Day[];
  /** Number of notes and reports that do not count. */
  passedOver: number;
}

/** Assembles the report of a range of time. */
export function storeReport(
  history: History,
  { store, from, until }: { store: string; from: Date; until: Date },
): StoreReport {
  const days = daysOf(history, { from, until });
  const { passedOver } = history;
  return { store, from: rfc3339(from), until: rfc3339(until), total: totalOf(days), days, passedOver };
}

/** The sums as sentences without their full stop, and which of them somebody should look into. */
export function describeTotal({ total, passedOver }: Pick<StoreReport, "total" | "passedOver">): {
  text: string;
  isBad: boolean;
}[] {
  const { taken, missed, verified, rehearsed, refused, restored, failed } = total;
  return [
    { text: `${amount(taken, "backup")} taken, ${missed} missed`, isBad: missed > 0 || taken === 0 },
    { text: `${amount(verified, "backup")} verified, byte by byte`, isBad: false },
    {
      text: `${amount(rehearsed, "rehearsal")} of a restore${refused === 0 ? "" : `, ${refused} of which found what would be refused`}`,
      isBad: refused > 0,
    },
    {
      text: `${amount(restored, "restore")}${failed === 0 ? "" : `, ${failed} of which did not end well`}`,
      isBad: failed > 0,
    },
    ...(passedOver === 0
      ? []
      : [
          {
            text: `${amount(passedOver, "note or report does", "notes and reports do")} not count: nobody in ALLOWED_SIGNERS has signed them, or they cannot be read`,
            isBad: true,
          },
        ]),
  ];
}

/** The columns of the table. */
export const REPORT_COLUMNS = [
  { title: "DAY (UTC)" },
  { title: "TAKEN", align: "right" },
  { title: "MISSED", align: "right" },
  { title: "VERIFIED", align: "right" },
  { title: "REHEARSED", align: "right" },
  { title: "REFUSED", align: "right" },
  { title: "RESTORED", align: "right" },
  { title: "FAILED", align: "right" },
] as const;

/** The cells of a day. */
export function dayCells(day: Day): string[] {
  const { date, taken, missed, verified, rehearsed, refused, restored, failed } = day;
  return [date, ...[taken, missed, verified, rehearsed, refused, restored, failed].map(String)];
}
