import { MONOSPACE } from "../../pages/base-style.ts";

/** The list of folded objects. */
export const LIST = `
#objects { padding-top: 0.4rem; }
.namespace { margin-top: 1.1rem; }
.namespace > h2 { display: flex; align-items: baseline; gap: 0.6rem; font-size: 1.02rem; font-weight: 600; padding: 0.25rem 0 0.4rem; overflow-wrap: anywhere; }
.namespace > h2 .count { font-size: 0.87rem; font-weight: 400; color: var(--ink-faint); font-variant-numeric: tabular-nums; }
.block { content-visibility: auto; background: var(--sheet); border: 1px solid var(--line); border-top-width: 0; }
h2 + .block { border-top-width: 1px; border-radius: 8px 8px 0 0; }
.block:last-child { border-radius: 0 0 8px 8px; }
h2 + .block:last-child { border-radius: 8px; }
.object, .group { border-top: 1px solid var(--line); scroll-margin-top: 6.4rem; }
h2 + .block > :first-child { border-top: 0; }
.row { position: relative; display: flex; align-items: stretch; }
.toggle { flex: 1; min-width: 0; display: grid; grid-template-columns: 0.8rem 1.1rem minmax(8rem, 13rem) minmax(9rem, 1.1fr) minmax(0, 1fr); gap: 0 0.5rem; align-items: baseline; padding: 0.42rem 0.9rem; border: 0; background: none; text-align: left; border-radius: 7px; line-height: 1.5; }
.toggle::before { content: ""; width: 0.4rem; height: 0.4rem; border: solid var(--ink-faint); border-width: 0 1.5px 1.5px 0; transform: translateY(-0.12rem) rotate(-45deg); }
.open > .row .toggle::before { transform: translateY(-0.2rem) rotate(45deg); }
.toggle:hover { background: var(--hover); }
.toggle:focus-visible { outline-offset: -2px; }
.sign { font: 600 1rem/1.2 ${MONOSPACE}; text-align: center; border-radius: 4px; }
.added > .row .sign { color: var(--added); background: var(--added-ground); }
.removed > .row .sign { color: var(--removed); background: var(--removed-ground); }
.changed > .row .sign { color: var(--changed); background: var(--changed-ground); }
.kind { color: var(--ink-soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.toggle .name { font-weight: 550; overflow-wrap: anywhere; }
.hint { color: var(--ink-faint); font-size: 0.87rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.open > .row .hint { visibility: hidden; }
.link { position: absolute; right: 0.5rem; top: 0.35rem; padding: 0.1rem 0.4rem; border-radius: 4px; color: var(--ink-faint); background: var(--hover); text-decoration: none; opacity: 0; }
.row:hover .link, .link:focus, .row:focus-within .link { opacity: 1; }
.kind .count { font-variant-numeric: tabular-nums; color: var(--ink-faint); }
.names { margin: 0; padding: 0 0.9rem; overflow-wrap: anywhere; color: var(--ink-soft); }
.members { margin: 0 0.9rem 0.9rem 2.5rem; border: 1px solid var(--line); border-radius: 6px; }
.members > .object:first-child { border-top: 0; }
.group > .body > .more { display: block; margin: 0 0 0.9rem 2.5rem; padding: 0.2rem 0.6rem; }
.below { margin-left: 1.35rem; border-left: 2px solid var(--line); }
.below .toggle .name { font-weight: 450; }
.nothing { padding: 3rem 1rem; text-align: center; color: var(--ink-soft); }
@media (max-width: 46rem) {
  .object { scroll-margin-top: 1rem; }
  .toggle { grid-template-columns: 0.7rem 1.1rem minmax(0, 1fr); padding: 0.5rem 0.6rem; }
  .kind { grid-column: 3; font-size: 0.87rem; white-space: normal; }
  .toggle .name { grid-column: 3; }
  .hint { grid-column: 3; white-space: normal; overflow-wrap: anywhere; }
  .open > .row .hint, .link { display: none; }
  .members { margin: 0 0.6rem 0.7rem; }
  .below { margin-left: 0.6rem; }
}
`;
