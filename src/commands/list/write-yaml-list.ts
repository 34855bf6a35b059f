import { type Output, SCHEMA_VERSION } from "../../command-line/output.ts";
import { formatYaml, formatYamlItem } from "../../print/yaml.ts";

/** Writes the document of `-o json` as YAML, element by element. Nothing is written before the first element. */
export async function writeYamlList(
  output: Output,
  name: string,
  elements: AsyncIterable<unknown>,
  more: () => Promise<Record<string, unknown>>,
): Promise<void> {
  let written = 0;
  for await (const element of elements) {
    if (written === 0) output.document(`${formatYaml({ schemaVersion: SCHEMA_VERSION })}${name}:\n`);
    // Without the members that JSON does not have.
    output.document(formatYamlItem(JSON.parse(JSON.stringify(element))));
    written += 1;
  }
  if (written === 0) output.document(formatYaml({ schemaVersion: SCHEMA_VERSION, [name]: [] }));
  const members = await more();
  if (Object.keys(members).length > 0) output.document(formatYaml(members));
}
