import { MONOSPACE } from "../../pages/base-style.ts";

/** The rules of the page; those of the diff page come before. */
export const UI_STYLE = `
.page-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.3rem 1.2rem; padding-bottom: 0.8rem; border-bottom: 1px solid var(--line); margin-bottom: 1.3rem; }
.brand { font-weight: 650; font-size: 1.1rem; color: var(--ink); text-decoration: none; }
.store { flex: 1 1 10rem; color: var(--ink-soft); font-size: 0.87rem; overflow-wrap: anywhere; }
.page-head nav { display: flex; gap: 0.3rem; }
.page-head nav a { padding: 0.25rem 0.75rem; border-radius: 6px; color: var(--ink); text-decoration: none; }
.page-head nav a:hover { background: var(--hover); }
.page-head nav a[aria-current] { background: var(--ink); color: var(--paper); }
.help { width: 2rem; height: 2rem; padding: 0; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--sheet); }
main a { color: var(--accent); }
main h1 { font-size: 1.5rem; font-weight: 620; line-height: 1.25; overflow-wrap: anywhere; }
main h2 { font-size: 1.05rem; font-weight: 620; margin: 1.6rem 0 0.5rem; }
main h3 { font-size: 0.93rem; font-weight: 600; margin: 1rem 0 0.3rem; }
main .count { color: var(--ink-faint); font-weight: 400; font-variant-numeric: tabular-nums; }
.lead { font-size: 1.2rem; font-weight: 560; text-wrap: balance; }
.about, .range { color: var(--ink-soft); font-size: 0.9rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.waiting { padding: 1.2rem 0; color: var(--ink-soft); }
.problem { margin: 0.8rem 0; padding: 0.6rem 1rem; border: 1px solid var(--removed); border-radius: 8px; background: var(--removed-ground); overflow-wrap: anywhere; }
.masked-note { margin: 0.6rem 0; padding: 0.5rem 0.9rem; border: 1px solid var(--note-line); border-radius: 8px; background: var(--note-ground); }
.bar { display: flex; flex-wrap: wrap; gap: 0.5rem 0.7rem; align-items: center; margin: 0.9rem 0; }
.bar label { color: var(--ink-soft); font-size: 0.9rem; }
.bar input { flex: 0 1 19rem; min-width: 9rem; height: 2.2rem; padding: 0 0.75rem; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--sheet); }
.bar input[type=search] { flex: 1 1 22rem; max-width: 44rem; }
.bar input::placeholder { color: var(--ink-faint); opacity: 1; }
.bar button, .plain { height: 2.2rem; padding: 0 0.75rem; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--sheet); }
.bar button:hover, .plain:hover, .help:hover { background: var(--hover); }
.bar [aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--paper); }
.spans { display: flex; }
.spans button { border-radius: 0; margin-left: -1px; }
.spans button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
.spans button:last-child { border-radius: 0 6px 6px 0; }
.field-of-form { display: flex; align-items: center; gap: 0.5rem; flex: 1 1 17rem; max-width: 25rem; }
.field-of-form input { flex: 1; }
.field-of-form label { white-space: nowrap; }
.plain { margin: 0.5rem 0; }

.strip { margin: 1rem 0 0.4rem; }
.strip svg { display: block; width: 100%; height: 3.2rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 0.3rem 0.4rem; }
.strip .tick { fill: none; stroke: var(--accent); stroke-width: 1.5px; } .strip .covered { fill: #4aa869; }
.strip figcaption { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.8rem; color: var(--ink-faint); font-variant-numeric: tabular-nums; }
figure { margin: 0; }

.rows, .tree, .tree ul, .entries, .commands ul { list-style: none; margin: 0; padding: 0; }
.rows, .tree, .entries { border: 1px solid var(--line); border-radius: 8px; background: var(--sheet); box-shadow: var(--shadow); overflow: hidden; }
.line-row { display: grid; grid-template-columns: 6rem minmax(0, 1fr) 5rem 8rem; gap: 0 1rem; align-items: baseline; padding: 0.35rem 0.9rem; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.line-row:first-child, .tree > li:first-child > .item, .entries > li:first-child article { border-top: 0; }
.line-row .name { color: var(--ink-soft); font: 0.85rem ${MONOSPACE}; overflow-wrap: anywhere; }
.line-row .size { text-align: right; color: var(--ink-soft); }

.tree .item { display: flex; gap: 0.6rem; align-items: baseline; width: 100%; padding: 0.32rem 0.9rem; border: 0; border-top: 1px solid var(--line); background: none; text-align: left; text-decoration: none; color: var(--ink); overflow-wrap: anywhere; }
.tree .item:hover { background: var(--hover); }
.tree .item:focus-visible, .entries .toggle:focus-visible { outline-offset: -2px; }
.tree .branch::before { content: "▸"; color: var(--ink-faint); width: 0.9em; flex: none; }
.tree .branch[aria-expanded=true]::before { content: "▾"; }
.tree .branch .count { margin-left: auto; }
.tree ul .item { padding-left: 2.2rem; }
.tree ul ul .item { padding-left: 4rem; color: var(--accent); }
.tree .kind { color: var(--ink-soft); flex: 0 0 13rem; overflow: hidden; text-overflow: ellipsis; }
.tree .plain { margin: 0.4rem 0 0.6rem 4rem; }
.moment { margin: 0.4rem 0 0.9rem; color: var(--ink-soft); overflow-wrap: anywhere; }
.moment strong { color: var(--ink); }
.moment summary { cursor: pointer; width: max-content; }
.moment .command { margin-top: 0.4rem; }

.entries .toggle { display: flex; flex-wrap: wrap; gap: 0 0.7rem; align-items: baseline; }
.entries .when { font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--ink-soft); }
.entries .hint { flex: 1 1 12rem; }
.entries .manager { color: var(--ink-faint); font-size: 0.87rem; }
.entries .body > .about, .entries .body > .command { padding: 0 0.9rem 0.3rem 2.5rem; }
.range { margin-bottom: 0.5rem; }
.gap { padding: 0.5rem 0.9rem; background: var(--note-ground); border-top: 1px solid var(--note-line); font-size: 0.9rem; }

.object-head .about:first-child { margin-bottom: -0.15rem; }
.commands li { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0.2rem 1rem; align-items: center; padding: 0.2rem 0; }
.commands .command { margin-top: 0; }
.commands .what { color: var(--ink-soft); }
.counts .added { color: var(--added); } .counts .removed { color: var(--removed); } .counts .changed { color: var(--changed); }
.namespace > h2 { margin: 0; }
main .whole { margin-top: 0.6rem; font: 0.85rem/1.5 ${MONOSPACE}; }
@media (max-width: 46rem) {
  .store { order: 4; flex-basis: 100%; }
  .help { display: none; }
  .page-head nav a { padding: 0.25rem 0.5rem; }
  .line-row { grid-template-columns: 5rem minmax(0, 1fr) auto; }
  .line-row .name { display: none; }
  .strip .legend { display: none; }
  .commands li { grid-template-columns: minmax(0, 1fr); padding: 0.4rem 0; }
  .tree .kind { flex-basis: 8rem; }
  .field-of-form { flex-basis: 100%; max-width: none; }
  .field-of-form label { flex: 0 0 4rem; white-space: normal; }
  .tree ul .item { padding-left: 1.7rem; } .tree ul ul .item { padding-left: 2.6rem; }
}
`;
