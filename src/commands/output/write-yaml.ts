import { type Output, SCHEMA_VERSION } from "../../command-line/output.ts";
import { formatYaml } from "../../print/yaml.ts";

/** Writes the document of `-o json` as YAML. */
export function writeYaml(output: Output, json: object): void {
  // Without the members that JSON does not have.
  output.document(formatYaml(JSON.parse(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...json }))));
}
