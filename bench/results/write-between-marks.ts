const BEGIN = "<!-- Results: written by make bench. -->";
const END = "<!-- End of the results. -->";

/**
 * Inserts the results between the marks of a document.
 *
 * @throws {Error} when the document has no marks.
 */
export function writeBetweenMarks(document: string, results: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The document lacks its marks, ${BEGIN} and ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${results.trim()}\n\n${document.slice(end)}`;
}
