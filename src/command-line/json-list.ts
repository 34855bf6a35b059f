import { jsonText, type Output, SCHEMA_VERSION } from "./output.ts";

/**
 * Writes one JSON document with a list, element by element, so that the list is never in memory as a whole:
 * `{"schemaVersion": 1, "backups": […]}`.
 *
 * Nothing is written before the first element: if an error comes before it, standard output holds the error document
 * alone. What `more` gives comes behind the list. A later error leaves the document unterminated, since a truncated list must not look like a complete list.
 */
export async function writeJsonList(
  output: Output,
  name: string,
  elements: AsyncIterable<unknown>,
  more: () => Promise<Record<string, unknown>> = async () => ({}),
): Promise<void> {
  const head = `{\n  "schemaVersion": ${JSON.stringify(SCHEMA_VERSION)},\n  ${JSON.stringify(name)}: [`;
  let written = 0;
  for await (const element of elements) {
    const text = jsonText(element).replaceAll("\n", "\n    ");
    output.document(`${written === 0 ? head : ","}\n    ${text}`);
    written += 1;
  }
  const members = Object.entries(await more()).map(
    ([member, value]) => `,\n  ${JSON.stringify(member)}: ${jsonText(value).replaceAll("\n", "\n  ")}`,
  );
  output.document(`${written === 0 ? `${head}]` : "\n  ]"}${members.join("")}\n}\n`);
}
