import { formatNumber } from "./summary.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Search"],
  ["j k or ↓ ↑", "Next and previous object"],
  ["Enter", "Unfold or fold"],
  ["→ ←", "Unfold, fold"],
  ["e", "Unfold all"],
  ["c", "Fold all"],
  ["Esc", "Clear the filter"],
  ["?", "This list"],
];

/** The search field, the filters and the element of the list. All of them need the page's script. */
export function toolbarHtml(objects: number): string {
  const changes = ["all", "changed", "removed", "added"].map(
    (change) =>
      `<button type="button" class="change ${change}" data-change="${change}" aria-pressed="${change === "all"}">${capital(change)} <span class="count"></span></button>`,
  );
  const keys = KEYS.map(
    ([key, meaning]) =>
      `<div><dt>${key.replace(/[^ ]+/g, (word) => (word === "or" || word === "and" ? word : `<kbd>${word}</kbd>`))}</dt><dd>${meaning}</dd></div>`,
  );
  return `<div class="toolbar" role="search">
<input type="search" id="search" placeholder="Search names, kinds, fields, values" aria-label="Search" aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
<div class="changes" role="group" aria-label="Kind of change">${changes.join("")}</div>
<span class="spacer"></span>
<button type="button" id="unfold">Unfold all</button>
<button type="button" id="fold">Fold all</button>
<button type="button" id="help" aria-label="Keys" title="Keys">?</button>
<p class="status"><span id="status" role="status"></span><button type="button" id="clear" hidden>Clear filter</button></p>
</div>
<dialog id="keys" aria-label="Keys"><h2>Keys</h2><dl>${keys.join("")}</dl><button type="button" id="close-keys">Close</button></dialog>
<main id="objects"><noscript><p>${formatNumber(objects)} objects differ. The list of them needs JavaScript: allow it for this file. Nothing is loaded from elsewhere.</p></noscript></main>
`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
