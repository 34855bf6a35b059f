import { createHash } from "node:crypto";
import { visible } from "../../words/visible.ts";
import type { Comparison } from "../document.ts";
import { clientScript } from "./client/script.ts";
import { countMatrix } from "./counts.ts";
import { pageObjects } from "./data/page-object.ts";
import { escapeHtml, escapeJson } from "./escape.ts";
import { emptyHtml, headingHtml, pageTitle, sideLabels } from "./heading.ts";
import { STYLE } from "./style.ts";
import { summaryHtml } from "./summary.ts";
import { toolbarHtml } from "./toolbar.ts";

/** Two overlapping sheets. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='1' width='9' height='11' rx='2' fill='%23d1453b'/%3E%3Crect x='6' y='4' width='9' height='11' rx='2' fill='%232f8f4e'/%3E%3C/svg%3E";

/**
 * Writes a comparison as one self-contained HTML page, in chunks: a page of 10,000 objects is never held in
 * memory as a whole. The Content-Security-Policy names the script and the style by their hashes. No other
 * script or style can run or load, whatever the text of an object contains.
 */
export function* pageChunks(comparison: Comparison): Iterable<string> {
  const script = clientScript();
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(STYLE)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="kube-backup">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(visible(pageTitle(comparison)))}</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
${headingHtml(comparison)}
`;
  if (comparison.objects.length === 0) {
    yield emptyHtml(comparison);
  } else {
    yield summaryHtml(countMatrix(comparison.objects));
    yield toolbarHtml(comparison.objects.length);
    yield* data(comparison);
    yield `<script>${script}</script>\n`;
  }
  yield "</body>\n</html>\n";
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

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
