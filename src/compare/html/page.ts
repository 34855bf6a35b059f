import { escapeJson } from "../../pages/escape.ts";
import { FRAME_END, frameStart } from "../../pages/frame.ts";
import type { Comparison } from "../document.ts";
import { countMatrix } from "./counts.ts";
import { pageObjects } from "./data/page-object.ts";
import { emptyHtml, headingHtml, pageTitle } from "./heading.ts";
import { pageSides, type Sources } from "./sides.ts";
import { STYLE } from "./style.ts";
import { formatNumber, summaryHtml } from "./summary.ts";

/**
 * Writes a comparison as one self-contained HTML page, in chunks: a page of 10,000 objects is never held in
 * memory as a whole.
 *
 * @param options.script the page's script, `pageScript("diff")`.
 * @param options.sources for the commands that restore an object; none without it.
 */
export function* pageChunks(
  comparison: Comparison,
  { script, sources = {} }: { script: string; sources?: Sources },
): Iterable<string> {
  yield frameStart({ title: pageTitle(comparison), style: STYLE, script });
  yield `${headingHtml(comparison)}
`;
  if (comparison.objects.length === 0) {
    yield emptyHtml(comparison);
  } else {
    yield summaryHtml(countMatrix(comparison.objects));
    yield listHtml(comparison.objects.length);
    yield* data(comparison, sources);
    yield `<script>${script}</script>\n`;
  }
  yield FRAME_END;
}

/** The place of the list, which the page's script fills. */
function listHtml(objects: number): string {
  return `<div id="list"><main id="objects"><noscript><p>${formatNumber(objects)} objects differ. The list of them needs JavaScript: allow it for this file. Nothing is loaded from elsewhere.</p></noscript></main></div>
`;
}

function* data(comparison: Comparison, sources: Sources): Iterable<string> {
  const sides = escapeJson(pageSides(comparison, sources));
  yield `<script type="application/json" id="data">{"sides":${sides},"objects":[\n`;
  let separator = "";
  for (const object of pageObjects(comparison)) {
    yield `${separator}${escapeJson(object)}`;
    separator = ",\n";
  }
  yield "\n]}</script>\n";
}
