import { createHash } from "node:crypto";
import { visible } from "../words/visible.ts";
import { escapeHtml } from "./escape.ts";

/** Two overlapping sheets. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='1' width='9' height='11' rx='2' fill='%23d1453b'/%3E%3Crect x='6' y='4' width='9' height='11' rx='2' fill='%232f8f4e'/%3E%3C/svg%3E";

/** What follows the body of a page. */
export const FRAME_END = "</body>\n</html>\n";

/**
 * The beginning of a page that is one file and loads nothing. The Content-Security-Policy names the script and the style by
 * their hashes: no other script or style can run or load, whatever the text of an object contains.
 *
 * @param options.script the only script of the page; none without it.
 */
export function frameStart({
  title,
  style,
  script,
}: {
  title: string;
  style: string;
  script?: string | undefined;
}): string {
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${hash(script)}'`]),
    `style-src '${hash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="kube-backup">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(visible(title))}</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
`;
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
