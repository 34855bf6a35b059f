/** Bar charts as SVG: panels in a column, each with its own scale. */

/** One bar. */
export interface Bar {
  label: string;
  value: number;
  /** The label at the end of the bar, "1.93 s". */
  text: string;
  /** The ends of the line that shows the spread. */
  spread?: { least: number; most: number } | undefined;
  ours: boolean;
}

/** The bars of one measure. */
export interface Panel {
  title: string;
  bars: readonly Bar[];
}

const WIDTH = 760;
const LEFT = 230;
const RIGHT = 110;
const BAR = 18;
const STEP = 26;
const HEAD = 34;
const GAP = 18;
const MARGIN = 16;

/** Colors for light and dark pages. An SVG in an img element follows the reader's preference too. */
const STYLE = `
svg { font: 13px system-ui, sans-serif; }
.page { fill: #ffffff; } text { fill: #1f2328; } .title { font-weight: 600; } .value { fill: #59636e; }
.bar { fill: #a5b1bd; } .ours { fill: #1f6feb; } .spread { stroke: #1f2328; stroke-width: 1.5; fill: none; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; } text { fill: #f0f6fc; } .value { fill: #9198a1; }
  .bar { fill: #59636e; } .ours { fill: #4493f8; } .spread { stroke: #f0f6fc; }
}`;

/** Draws panels in a column. Panels without bars are omitted. */
export function drawChart(title: string, panels: readonly Panel[]): string {
  const shown = panels.filter(({ bars }) => bars.length > 0);
  const parts: string[] = [];
  let top = MARGIN;
  for (const panel of shown) {
    parts.push(drawPanel(panel, top));
    top += HEAD + panel.bars.length * STEP + GAP;
  }
  const height = top - GAP + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(title)}</title>
<style>${STYLE}
</style>
<rect class="page" width="100%" height="100%"/>
${parts.join("\n")}
</svg>
`;
}

function drawPanel({ title, bars }: Panel, top: number): string {
  const most = Math.max(...bars.map(({ value, spread }) => Math.max(value, spread?.most ?? 0)));
  const length = (value: number) => round(most === 0 ? 0 : (value / most) * (WIDTH - LEFT - RIGHT));
  const lines = bars.map((bar, index) => {
    const y = top + HEAD + index * STEP;
    const middle = y + BAR / 2;
    const end = length(Math.max(bar.value, bar.spread?.most ?? 0));
    return [
      `<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${escapeXml(bar.label)}</text>`,
      `<rect class="${bar.ours ? "ours" : "bar"}" x="${LEFT}" y="${y}" width="${Math.max(1, length(bar.value))}" height="${BAR}" rx="2"/>`,
      ...(bar.spread === undefined ? [] : [drawSpread(bar.spread, { length, middle })]),
      `<text class="value" x="${LEFT + end + 8}" y="${middle + 4}">${escapeXml(bar.text)}</text>`,
    ].join("\n");
  });
  return [`<text class="title" x="${MARGIN}" y="${top + 16}">${escapeXml(title)}</text>`, ...lines].join(
    "\n",
  );
}

function drawSpread(
  { least, most }: { least: number; most: number },
  { length, middle }: { length: (value: number) => number; middle: number },
): string {
  const [from, to] = [LEFT + length(least), LEFT + length(most)];
  return `<path class="spread" d="M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
