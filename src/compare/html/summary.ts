/** The summary by namespace and kind: a table whose numbers filter the list below it. */

import { type CountMatrix, type Counts, type KindColumn, total } from "./counts.ts";
import { escapeHtml, textHtml } from "./escape.ts";

/** Length of the bar below a number, in pixels. */
const BAR = 32;

/** The summary as HTML. A button says what it filters by: `data-namespace` ("-" being the cluster) and `data-resource`. */
export function summaryHtml({ kinds, rows, totals }: CountMatrix): string {
  const names = kinds.map(({ kind }) => kind);
  const ambiguous = new Set(names.filter((kind, index) => names.indexOf(kind) !== index));
  const head = kinds.map(
    (column, index) =>
      `<th scope="col">${button(totals[index], { resource: column.resource }, kindHtml(column, ambiguous))}</th>`,
  );
  const body = rows.map(({ namespace, total: ofRow, cells }) => {
    const place = namespaceValue(namespace);
    const label = namespace === null ? "<i>cluster-scoped</i>" : `<bdi>${textHtml(namespace)}</bdi>`;
    const row = cells.map((counts, index) =>
      counts === undefined
        ? "<td></td>"
        : `<td>${button(counts, { namespace: place, resource: kinds[index]?.resource ?? "" })}</td>`,
    );
    return `<tr><th scope="row">${button(ofRow, { namespace: place }, label)}</th>${row.join("")}<td class="total">${number(total(ofRow))}</td></tr>`;
  });
  const foot = totals.map((counts) => `<td>${number(total(counts))}</td>`);
  const all = totals.reduce((sum, counts) => sum + total(counts), 0);
  return `<details class="summary" open>
<summary><h2>By namespace and kind</h2></summary>
<div class="matrix" tabindex="0" role="region" aria-label="Differing objects by namespace and kind">
<table>
<thead><tr><th scope="col">Namespace</th>${head.join("")}<th scope="col" class="total">All</th></tr></thead>
<tbody>${body.join("\n")}</tbody>
<tfoot><tr><th scope="row">All</th>${foot.join("")}<td class="total">${number(all)}</td></tr></tfoot>
</table>
</div>
</details>`;
}

/** How a namespace is written in an attribute; no namespace is called "-". */
export function namespaceValue(namespace: string | null): string {
  return namespace ?? "-";
}

/** A number for people: 10,000. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

function button(
  counts: Counts | undefined,
  filter: { namespace?: string; resource?: string },
  label?: string,
): string {
  if (counts === undefined) return "";
  const data = Object.entries(filter).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`);
  const content = label ?? `${number(total(counts))}${bar(counts)}`;
  return `<button type="button" class="cell" aria-pressed="false"${data.join("")} title="${inWords(counts)}">${content}</button>`;
}

/** `3 added, 1 removed`. */
export function inWords(counts: Counts): string {
  const parts = (["added", "changed", "removed"] as const).flatMap((change) =>
    counts[change] === 0 ? [] : [`${number(counts[change])} ${change}`],
  );
  return parts.join(", ");
}

/** The shares of added, changed and removed as one bar. */
function bar(counts: Counts): string {
  let start = 0;
  const parts = (["added", "changed", "removed"] as const).map((change) => {
    const width = (BAR * counts[change]) / total(counts);
    const part = `<rect class="${change}" x="${round(start)}" width="${round(width)}" height="3"/>`;
    start += width;
    return width === 0 ? "" : part;
  });
  return `<svg width="${BAR}" height="3" aria-hidden="true">${parts.join("")}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A long name may break before each of its words. */
function kindHtml({ kind, resource }: KindColumn, ambiguous: ReadonlySet<string>): string {
  const words = kind
    .split(/(?<=[a-z])(?=[A-Z])/)
    .map(textHtml)
    .join("<wbr>");
  const group = resource.includes(".") ? resource.slice(resource.indexOf(".") + 1) : "core";
  return ambiguous.has(kind) ? `<bdi>${words}</bdi><small>${textHtml(group)}</small>` : `<bdi>${words}</bdi>`;
}
