/** The summary by namespace and kind: a table whose numbers filter the list below the table. */

import { escapeHtml, textHtml } from "../../pages/escape.ts";
import { type CountMatrix, type Counts, type KindColumn, total } from "./counts.ts";

/** A summary of more rows scrolls by itself. */
const MOST_ROWS = 25;
/** Width of the bar below a number, in pixels. */
const BAR_WIDTH = 32;

/** The summary as HTML. Buttons have their filter as `data-namespace` ("-" for cluster-scoped) and `data-resource`. */
export function summaryHtml({ kinds, rows, totals }: CountMatrix): string {
  const names = kinds.map(({ kind }) => kind);
  const ambiguous = new Set(names.filter((kind, index) => names.indexOf(kind) !== index));
  const head = kinds.map(
    (column, index) =>
      `<th scope="col">${filterButton(totals[index], { resource: column.resource }, kindHtml(column, ambiguous))}</th>`,
  );
  const body = rows.map(({ namespace, total: ofRow, cells }) => {
    const place = namespaceAttribute(namespace);
    const label = namespace === null ? "<i>cluster-scoped</i>" : `<bdi>${textHtml(namespace)}</bdi>`;
    const row = cells.map((counts, index) =>
      counts === undefined
        ? "<td></td>"
        : `<td>${filterButton(counts, { namespace: place, resource: kinds[index]?.resource ?? "" })}</td>`,
    );
    return `<tr><th scope="row">${filterButton(ofRow, { namespace: place }, label)}</th>${row.join("")}<td class="total">${formatNumber(total(ofRow))}</td></tr>`;
  });
  const foot = totals.map((counts) => `<td>${formatNumber(total(counts))}</td>`);
  const all = totals.reduce((sum, counts) => sum + total(counts), 0);
  return `<details class="summary" open>
<summary><h2>By namespace and kind</h2></summary>
<div class="matrix${rows.length > MOST_ROWS ? " long" : ""}" tabindex="0" role="region" aria-label="Differing objects by namespace and kind">
<table>
<thead><tr><th scope="col">Namespace</th>${head.join("")}<th scope="col" class="total">All</th></tr></thead>
<tbody>${body.join("\n")}</tbody>
<tfoot><tr><th scope="row">All</th>${foot.join("")}<td class="total">${formatNumber(all)}</td></tr></tfoot>
</table>
</div>
</details>`;
}

/** A namespace as the value of an attribute. No namespace can be named "-". */
function namespaceAttribute(namespace: string | null): string {
  return namespace ?? "-";
}

/** Formats a number, `10,000`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

function filterButton(
  counts: Counts | undefined,
  filter: { namespace?: string; resource?: string },
  label?: string,
): string {
  if (counts === undefined) return "";
  const data = Object.entries(filter).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`);
  const content = label ?? `${formatNumber(total(counts))}${bar(counts)}`;
  return `<button type="button" class="cell" aria-pressed="false"${data.join("")} title="${countsText(counts)}">${content}</button>`;
}

/** `3 added, 1 removed`. */
function countsText(counts: Counts): string {
  const parts = (["added", "changed", "removed"] as const).flatMap((change) =>
    counts[change] === 0 ? [] : [`${formatNumber(counts[change])} ${change}`],
  );
  return parts.join(", ");
}

/** A bar of the shares of added, changed and removed objects. */
function bar(counts: Counts): string {
  let start = 0;
  const parts = (["added", "changed", "removed"] as const).map((change) => {
    const width = (BAR_WIDTH * counts[change]) / total(counts);
    const part = `<rect class="${change}" x="${round(start)}" width="${round(width)}" height="3"/>`;
    start += width;
    return width === 0 ? "" : part;
  });
  return `<svg width="${BAR_WIDTH}" height="3" aria-hidden="true">${parts.join("")}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The name of a kind, which may wrap before each of its words. */
function kindHtml({ kind, resource }: KindColumn, ambiguous: ReadonlySet<string>): string {
  const words = kind
    .split(/(?<=[a-z])(?=[A-Z])/)
    .map(textHtml)
    .join("<wbr>");
  const group = resource.includes(".") ? resource.slice(resource.indexOf(".") + 1) : "core";
  return ambiguous.has(kind) ? `<bdi>${words}</bdi><small>${textHtml(group)}</small>` : `<bdi>${words}</bdi>`;
}
