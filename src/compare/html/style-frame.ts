/** The page around the list: heading, summary, toolbar. */
export const FRAME = `
html { scroll-padding-top: 6.4rem; }

.top h1 { font-size: 1.65rem; font-weight: 620; line-height: 1.25; letter-spacing: -0.012em; text-wrap: balance; }
h1 .added { color: var(--added); } h1 .removed { color: var(--removed); } h1 .changed { color: var(--changed); }
.alike { margin-top: 0.15rem; color: var(--ink-soft); font-variant-numeric: tabular-nums; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); gap: 0 1rem; align-items: center; margin-top: 1.1rem; }
.side { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 0.7rem 1rem 0.75rem; box-shadow: var(--shadow); align-self: stretch; }
.role { font-size: 0.8rem; color: var(--ink-faint); }
.side .name { font-weight: 600; font-size: 1.05rem; overflow-wrap: anywhere; }
.side .about { font-size: 0.87rem; color: var(--ink-soft); font-variant-numeric: tabular-nums; display: flex; flex-wrap: wrap; gap: 0 1.1rem; }
.server { overflow-wrap: anywhere; }
.between { font-size: 0.87rem; color: var(--ink-faint); text-align: center; white-space: nowrap; }
.between::after { content: "→"; display: block; font-size: 1.15rem; line-height: 1; }
.notes { list-style: none; margin-top: 1rem; padding: 0.6rem 1rem; background: var(--note-ground); border: 1px solid var(--note-line); border-radius: 8px; font-size: 0.93rem; }
.notes li + li { margin-top: 0.3rem; }

.summary { margin-top: 1.6rem; }
.summary > summary { cursor: pointer; color: var(--ink-soft); width: max-content; border-radius: 4px; }
.summary h2 { display: inline; font-size: 0.95rem; font-weight: 600; }
.matrix.long { max-height: 27rem; }
.matrix { margin-top: 0.5rem; overflow: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--sheet); box-shadow: var(--shadow); }
.matrix table { border-collapse: separate; border-spacing: 0; font-size: 0.87rem; min-width: 100%; font-variant-numeric: tabular-nums; }
.matrix th, .matrix td { padding: 0; border-bottom: 1px solid var(--line); text-align: center; vertical-align: middle; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--sunk); vertical-align: bottom; font-weight: 500; line-height: 1.25; }
.matrix th[scope=row] { position: sticky; left: 0; z-index: 1; background: var(--sheet); text-align: left; font-weight: 500; white-space: nowrap; border-right: 1px solid var(--line); }
.matrix thead th:first-child { left: 0; z-index: 3; text-align: left; padding: 0.45rem 0.8rem; color: var(--ink-soft); border-right: 1px solid var(--line); }
.matrix tfoot td, .matrix tfoot th { border-bottom: 0; color: var(--ink-soft); padding: 0.35rem 0.8rem; background: var(--sunk); position: sticky; bottom: 0; z-index: 1; }
.matrix tfoot th[scope=row] { background: var(--sunk); z-index: 2; }
.matrix .total { padding: 0.35rem 0.8rem; color: var(--ink-soft); font-weight: 500; border-left: 1px solid var(--line); }
.cell { display: block; width: 100%; min-width: 3.4rem; min-height: 2.2rem; padding: 0.35rem 0.8rem; border: 0; background: none; border-radius: 0; line-height: 1.25; }
th[scope=row] .cell { text-align: left; max-width: 20rem; overflow: hidden; text-overflow: ellipsis; }
.cell:hover { background: var(--hover); }
.cell[aria-pressed=true] { background: var(--accent); color: var(--sheet); }
.cell[aria-pressed=true] i { color: inherit; }
.cell:focus-visible { outline-offset: -2px; }
.cell svg { display: block; margin: 3px auto 0; border-radius: 1.5px; }
.cell small { display: block; color: var(--ink-faint); }
.cell[aria-pressed=true] small { color: inherit; }
rect.added { fill: #4aa869; } rect.removed { fill: #dd6a62; } rect.changed { fill: #dfa640; }

.toolbar { position: sticky; top: 0; z-index: 10; display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 1.4rem -1.5rem 0; padding: 0.7rem 1.5rem 0.5rem; background: var(--paper); border-bottom: 1px solid var(--line); }
.toolbar .spacer { flex: 1 0 0; }
.toolbar input { flex: 1 1 18rem; max-width: 26rem; min-width: 10rem; height: 2.2rem; padding: 0 0.75rem; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--sheet); }
.toolbar input::placeholder { color: var(--ink-faint); opacity: 1; }
.toolbar button, dialog button, .empty button { height: 2.2rem; padding: 0 0.75rem; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--sheet); }
.toolbar button:hover, dialog button:hover { background: var(--hover); }
.changes { display: flex; }
.toolbar .change { border-radius: 0; margin-left: -1px; }
.toolbar .change:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
.toolbar .change:last-child { border-radius: 0 6px 6px 0; }
.change .count { margin-left: 0.25rem; color: var(--ink-faint); font-variant-numeric: tabular-nums; }
.change.added .count { color: var(--added); } .change.removed .count { color: var(--removed); } .change.changed .count { color: var(--changed); }
.toolbar .change[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--paper); }
.toolbar .change[aria-pressed=true] .count { color: inherit; }
.switch { display: flex; align-items: center; gap: 0.4rem; margin-left: auto; }
.toolbar .switch input { flex: none; width: 1rem; min-width: 0; height: 1rem; margin: 0; accent-color: var(--accent); }
.switch .count { color: var(--ink-faint); font-variant-numeric: tabular-nums; }
#help { width: 2.2rem; padding: 0; }
.status { flex: 1 0 100%; display: flex; flex-wrap: wrap; gap: 0.2rem 0.8rem; align-items: center; font-size: 0.87rem; color: var(--ink-soft); font-variant-numeric: tabular-nums; min-height: 1.4rem; overflow-wrap: anywhere; }
.toolbar #clear { height: auto; padding: 0; border: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }

dialog { border: 1px solid var(--line-strong); border-radius: 10px; background: var(--sheet); color: var(--ink); padding: 1.2rem 1.4rem; min-width: 20rem; }
dialog::backdrop { background: rgb(20 20 20 / 40%); }
dialog h2 { font-size: 1.05rem; }
dialog dl { margin: 0.7rem 0 1rem; }
dialog dl div { display: flex; justify-content: space-between; gap: 2rem; padding: 0.2rem 0; }
dialog dt { white-space: nowrap; color: var(--ink-soft); }

.empty { display: grid; justify-items: center; gap: 1.2rem; padding: 16vh 1rem; text-align: center; font-size: 1.1rem; color: var(--ink-soft); }
.mark { width: 4.5rem; fill: none; stroke: var(--added); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.mark circle { fill: var(--added-ground); stroke: none; }
@media (max-width: 46rem) {
  html { scroll-padding-top: 1rem; }
  .top h1 { font-size: 1.3rem; }
  .sides { grid-template-columns: 1fr; gap: 0.5rem; }
  .between { text-align: left; padding-left: 1rem; }
  .between::after { content: none; }
  .toolbar { margin: 1rem -0.9rem 0; padding: 0.6rem 0.9rem 0.4rem; position: static; }
  .toolbar input { flex-basis: 100%; max-width: none; }
  .changes { width: 100%; }
  .toolbar .change { flex: 1; height: auto; padding: 0.25rem 0.2rem; font-size: 0.87rem; line-height: 1.3; }
  .change .count { display: block; margin: 0; }
  .toolbar .spacer, #help { display: none; }
  .switch { margin-left: 0; }
}
`;
