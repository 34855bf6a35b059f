/**
 * JSON as text: its parts are cut out and never read, so that what two answers of an API server say is
 * compared to the letter. A comparison of parsed numbers would not see what it is to find.
 */

/** Members of an object: their names, parsed, and the text of their values. Only compact JSON is taken. */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  for (const part of partsOf(text, "{")) {
    const end = endOfString(part, 0);
    members.set(JSON.parse(part.slice(0, end)), part.slice(end + 1));
  }
  return members;
}

/** The texts of a list's items. */
export function itemsOf(text: string): string[] {
  return partsOf(text, "[");
}

/** The text of what stands at a path; throws where nothing does. */
export function textAt(text: string, path: readonly string[]): string {
  let value = text.trim();
  for (const step of path) {
    const next = membersOf(value).get(step);
    if (next === undefined) throw new Error(`There is no ${path.join(".")}`);
    value = next;
  }
  return value;
}

/** Metadata that names this one object of this one cluster, and that every restore gives anew. */
const OWN_METADATA = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"];

/** An object's text without what belongs to its cluster alone; owner references without their uids. */
export function withoutOwn(object: string): string {
  const members = membersOf(object.trim());
  const metadata = membersOf(members.get("metadata") ?? "{}");
  for (const name of OWN_METADATA) metadata.delete(name);
  const owners = metadata.get("ownerReferences");
  if (owners !== undefined) {
    const texts = itemsOf(owners).map((owner) => {
      const parts = membersOf(owner);
      parts.delete("uid");
      return textOf(parts);
    });
    metadata.set("ownerReferences", `[${texts.join(",")}]`);
  }
  members.set("metadata", textOf(metadata));
  members.delete("status");
  return textOf(members);
}

function textOf(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

/** What stands between the commas of an object or a list. */
function partsOf(text: string, open: "{" | "["): string[] {
  if (text[0] !== open) throw new Error(`No ${open} at the beginning of ${text.slice(0, 40)}`);
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "," && depth === 1) {
      parts.push(text.slice(start, at));
      start = at + 1;
    } else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth > 0) continue;
      if (at > start) parts.push(text.slice(start, at));
      return parts;
    }
  }
  throw new Error(`No end of ${text.slice(0, 40)}`);
}

/** Where the string that begins at `start` has ended. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  throw new Error("A string has no end");
}
