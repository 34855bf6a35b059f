/** The commands of a document under its headings, as they stand there. */

/** The indented blocks under a heading, each as one text for a shell. */
export function blocksUnder(document: string, heading: string): string[] {
  const blocks: string[] = [];
  let within = false;
  const text = sectionOf(document, heading).replaceAll(/^```.*?^```/gms, "");
  for (const line of text.split("\n")) {
    const indented = line.startsWith("    ");
    if (indented && within) blocks.push(`${blocks.pop()}\n${line.slice(4)}`);
    else if (indented) blocks.push(line.slice(4));
    within = indented;
  }
  return blocks;
}

/** What stands under a heading, up to the next one of any level. */
export function sectionOf(document: string, heading: string): string {
  const lines = document.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start < 0) throw new Error(`The document has no heading ${heading}`);
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}
