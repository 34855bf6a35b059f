import { MONOSPACE } from "../../pages/base-style.ts";

/** The details of an unfolded object, and the printed page. */
export const DETAILS = `
.details { padding: 0.1rem 0.9rem 0.9rem 2.5rem; }
.details > .about { font-size: 0.87rem; color: var(--ink-faint); margin-bottom: 0.45rem; overflow-wrap: anywhere; }
.fields { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.field { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr) minmax(0, 1fr); border-top: 1px solid var(--line); }
.field:first-child { border-top: 0; }
.field.head { background: var(--sunk); font-size: 0.83rem; color: var(--ink-soft); }
.field .path, .value, .lines, .whole { font: 0.85rem/1.5 ${MONOSPACE}; }
.field .path { padding: 0.3rem 0.75rem; color: var(--ink-soft); overflow-wrap: anywhere; }
.remark { display: inline-block; margin-left: 0.5rem; font: italic 0.83rem system-ui, sans-serif; color: var(--ink-faint); }
.details .cell { min-height: 0; padding: 0.3rem 0.75rem; border-left: 1px solid var(--line); border-radius: 0; overflow-wrap: anywhere; white-space: pre-wrap; line-height: 1.5; background: none; }
.details .head .cell { white-space: normal; }
.details .value.left { background: var(--removed-ground); }
.details .value.right { background: var(--added-ground); }
mark { color: inherit; border-radius: 3px; padding: 0 1px; margin: 0 -1px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.left mark { background: var(--removed-word); } .right mark { background: var(--added-word); }
.details .absent, .details .masked { color: var(--ink-faint); font-style: italic; font-size: 0.9rem; }
.field.long { display: block; }
.field.long .path { background: none; }
.lines { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); border-top: 1px solid var(--line); }
.lines.only-left, .lines.only-right { grid-template-columns: minmax(0, 1fr); }
.line { display: flex; min-height: 1.5em; }
.line.right { border-left: 1px solid var(--line); }
.only-right .line.right { border-left: 0; }
.line::before { content: attr(data-line); flex: none; width: 3.2em; padding-right: 0.9em; text-align: right; color: var(--ink-faint); font-size: 0.8em; line-height: 1.875; user-select: none; }
.line .text { flex: 1; min-width: 0; padding-right: 0.6rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.line.left.differs { background: var(--removed-ground); } .line.right.differs { background: var(--added-ground); }
.line.none { background: var(--sunk); }
.folded { grid-column: 1 / -1; border: solid var(--line); border-width: 1px 0; margin: 2px 0; padding: 0.1rem 0.75rem; background: var(--sunk); color: var(--ink-soft); text-align: left; font: 0.83rem/1.5 system-ui, sans-serif; }
.folded:hover, .more:hover { background: var(--hover); }
.more { border: 1px solid var(--line-strong); border-radius: 4px; background: var(--sheet); font: 0.83rem system-ui, sans-serif; margin: 0 0.3rem; }
.ending { padding: 0.2rem 0.75rem; font-size: 0.83rem; color: var(--ink-faint); border-top: 1px solid var(--line); }
.whole { margin: 0; padding: 0.6rem 0.9rem; border: 1px solid var(--line); border-left-width: 3px; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; background: var(--sunk); }
.whole.added { border-left-color: var(--added); } .whole.removed { border-left-color: var(--removed); }
.whole code { font: inherit; unicode-bidi: isolate; }
.command { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.7rem; margin-top: 0.6rem; font-size: 0.83rem; }
.command code { padding: 0.2rem 0.6rem; border-radius: 4px; background: var(--sunk); font: 0.95em/1.5 ${MONOSPACE}; overflow-wrap: anywhere; unicode-bidi: isolate; }
.copy { padding: 0.15rem 0.6rem; border: 1px solid var(--line-strong); border-radius: 4px; background: var(--sheet); }
.copy:hover { background: var(--hover); }
.copied { color: var(--ink-soft); }
.key { color: var(--key); font-weight: 550; }
@media (max-width: 46rem) {
  .details { padding: 0 0.6rem 0.7rem; }
  .field { grid-template-columns: minmax(0, 1fr); }
  .field.head { display: none; }
  .details .cell { border-left: 0; display: flex; gap: 0.6rem; }
  .details .cell::before { content: attr(data-side); flex: none; min-width: 3rem; max-width: 40%; overflow-wrap: anywhere; font: 0.8rem/1.7 system-ui, sans-serif; color: var(--ink-faint); }
  .field .path { background: var(--sunk); }
  .lines { grid-template-columns: minmax(0, 1fr); }
  .line.right { border-left: 0; } .line.none { display: none; }
  .line.right:not(.differs) { display: none; } .only-right .line.right { display: flex; }
}
@media print {
  body { max-width: none; padding: 0; background: none; font-size: 10pt; }
  .toolbar, .link, .copy, .names, .toggle::before, .folded, #help { display: none; }
  .matrix { max-height: none; overflow: visible; }
  .block { content-visibility: visible; }
  .row, .field { break-inside: avoid; }
  .side, .block, .matrix { box-shadow: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
