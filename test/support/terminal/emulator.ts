/**
 * What a terminal shows after it got some text: as much of one as the program makes use of. A column
 * that the text goes beyond, and control characters that it does not know, are errors.
 */
export function shownOn(text: string, columns: number): string[] {
  const lines = [""];
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are made of these.
  for (const [part] of text.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|./gsu)) {
    const line = lines.at(-1) ?? "";
    if (part === "\n") {
      lines.push("");
      // As terminals are set: a new line begins at its left.
      column = 0;
    } else if (part === "\r") column = 0;
    else if (part === "\u001b[K") lines[lines.length - 1] = line.slice(0, column);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour.
    else if (/^\u001b\[[0-9;]*m$/.test(part)) continue;
    else if (part < " ") throw new Error(`A terminal gets ${JSON.stringify(part)}`);
    else {
      if (column >= columns) throw new Error(`A line is wider than ${columns} columns: ${line}`);
      lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + 1);
      column += 1;
    }
  }
  return lines;
}
