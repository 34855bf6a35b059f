/**
 * What is another one each time: whatever these patterns match counts as the same in the document and
 * in the run. All else must be the same, letter by letter.
 */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/backup_\d{8}T\d{6}Z(?:-\w+)?/g, "BACKUP"],
  [/\.restore-\d{8}T\d{6}Z/g, ".restore-TIME"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC)?/g, "TIME"],
  [/^\[\d\d:\d\d:\d\d\]/gm, "[CLOCK]"],
  [/https:\/\/127\.0\.0\.1:\d+/g, "SERVER"],
  [/\b\d+(?:\.\d)? (?:B|KiB|MiB)\b/g, "SIZE"],
  [/\b\d+(?:\.\d)?(?:ms|[smh])(?: ago)?(?![\w.])/g, "LENGTH"],
  // A column is as wide as what is in it.
  [/ {2,}/g, "  "],
  // The hash that ends a ReplicaSet's name is of its template, which the API server fills in.
  [/\b(cart|frontend)-[a-z0-9]{8,10}\b/g, "$1-HASH"],
];

/** A text with a word in place of everything that varies. */
export function withoutVarying(text: string): string {
  return VARYING.reduce((result, [pattern, word]) => result.replace(pattern, word), text);
}
