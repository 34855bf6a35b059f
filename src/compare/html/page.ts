import { escapeJson } from "../../pages/escape.ts";
import { FRAME_END, frameStart } from "../../pages/frame.ts";
import type { Comparison } from "../document.ts";
import { countMatrix } from "./counts.ts";
import { pageObjects } from "./data/page-object.ts";
import { emptyHtml, headingHtml, pageTitle, sideLabels } from "./heading.ts";
import { STYLE } from "./style.ts";
import { summaryHtml } from "./summary.ts";
import { toolbarHtml } from "./toolbar.ts";

/**
 * Writes a comparison as one self-contained HTML page, in chunks: a page of 10,000 objects is never held in
 * memory as a whole.
 *
 * @param script the page's script, `pageScript("diff")`.
 */
export function* pageChunks(comparison: Comparison, script: string): Iterable<string> {
  yield frameStart({ title: pageTitle(comparison), style: STYLE, script });
  yield `${headingHtml(comparison)}
`;
  if (comparison.objects.length === 0) {
    yield emptyHtml(comparison);
  } else {
    yield summaryHtml(countMatrix(comparison.objects));
    yield toolbarHtml(comparison.objects.length);
    yield* data(comparison);
    yield `<script>${script}</script>\n`;
  }
  yield FRAME_END;
}

function* data(comparison: Comparison): Iterable<string> {
  const labels = escapeJson(sideLabels(comparison));
  yield `<script type="application/json" id="data">{"sides":${labels},"objects":[\n`;
  let separator = "";
  for (const object of pageObjects(comparison)) {
    yield `${separator}${escapeJson(object)}`;
    separator = ",\n";
  }
  yield "\n]}</script>\n";
}
