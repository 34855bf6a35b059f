import { COLORS } from "./colors.ts";

/** Fonts of one width, for YAML, field paths, keys and commands. */
export const MONOSPACE =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** What all pages have in common, light and dark; a page's own rules follow. */
export const BASE_STYLE = `${COLORS}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 6rem; max-width: 88rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Helvetica Neue", sans-serif;
}
h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
[hidden]:not([hidden="until-found"]) { display: none !important; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
i { font-style: italic; color: var(--ink-soft); }
kbd { font: 0.87em ${MONOSPACE}; border: 1px solid var(--line-strong); border-radius: 4px; padding: 0.05rem 0.35rem; background: var(--sunk); color: var(--ink); }
.code { font: 0.72rem/1 ${MONOSPACE}; border: 1px solid var(--line-strong); border-radius: 3px; padding: 0 0.2rem; margin: 0 1px; color: var(--changed); background: var(--changed-ground); }
@media (max-width: 46rem) {
  body { padding: 1.2rem 0.9rem 4rem; }
}
`;
