import { memberPath, namedItemPath } from "../../kubernetes/field-path.ts";
import { isJsonObject, jsonEqual } from "../../kubernetes/json.ts";

/** Where an object is not as the backup has it, as paths for people. */
export interface Differences {
  /** Fields of the backup that the object lacks, or holds with another value. */
  lost: string[];
  /** Fields that the object has beyond those of the backup. */
  added: string[];
}

/**
 * What differs between an object as a backup has it and as the API server gives it.
 *
 * @param found the server's object in portable form.
 * @param raw the server's object with all its fields: what portable form leaves out there is not lost.
 */
export function differencesOf(wanted: unknown, found: unknown, raw: unknown = found): Differences {
  const differences: Differences = { lost: [], added: [] };
  walk({ wanted, found, raw, path: "" }, differences);
  return differences;
}

interface Place {
  wanted: unknown;
  found: unknown;
  raw: unknown;
  path: string;
}

function walk({ wanted, found, raw, path }: Place, differences: Differences): void {
  if (jsonEqual(wanted, found) || (wanted !== undefined && jsonEqual(wanted, raw))) return;
  if (wanted === undefined) {
    differences.added.push(path);
  } else if (isJsonObject(wanted) && isJsonObject(found)) {
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      const place = { wanted: wanted[name], found: found[name], path: memberPath(path, name) };
      walk({ ...place, raw: isJsonObject(raw) ? raw[name] : undefined }, differences);
    }
  } else if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    for (const [index, item] of wanted.entries()) {
      const place = { wanted: item, found: found[index], path: namedItemPath(path, item, index) };
      walk({ ...place, raw: Array.isArray(raw) ? raw[index] : undefined }, differences);
    }
  } else {
    differences.lost.push(path);
  }
}
