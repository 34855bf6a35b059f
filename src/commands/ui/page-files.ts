import { STYLE } from "../../compare/html/style.ts";
import type { Answer } from "../../local-server/serve.ts";
import { pageScript } from "../../pages/scripts/page-script.ts";
import { UI_STYLE } from "./style.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>kube-backup</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<div id="page"></div>
</body>
</html>
`;

/** Two overlapping sheets, as of the pages that are files. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="1" width="9" height="11" rx="2" fill="#d1453b"/><rect x="6" y="4" width="9" height="11" rx="2" fill="#2f8f4e"/></svg>
`;

/** The files of the page, by their paths. */
export async function pageFiles(): Promise<ReadonlyMap<string, Answer>> {
  const file = (contentType: string, body: string): Answer => ({ status: 200, contentType, body });
  return new Map([
    ["", file("text/html; charset=utf-8", PAGE)],
    ["page.js", file("text/javascript; charset=utf-8", await pageScript("ui"))],
    ["page.css", file("text/css; charset=utf-8", STYLE + UI_STYLE)],
    ["icon.svg", file("image/svg+xml", ICON)],
  ]);
}
