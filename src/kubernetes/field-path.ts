import { isJsonObject } from "./json.ts";

/** A field's path for people: `spec.containers[name=web].image`, `metadata.annotations[example.com/a]`. */
export function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_][-\w]*$/.test(name)) return `${path}[${name}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** The path of a list's item, by its name where it has one. */
export function itemPath(path: string, item: unknown, index: number): string {
  const name = isJsonObject(item) ? item["name"] : undefined;
  return `${path}[${typeof name === "string" ? `name=${name}` : index}]`;
}
