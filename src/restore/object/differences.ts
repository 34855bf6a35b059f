import { memberPath, namedItemPath } from "../../kubernetes/field-path.ts";
import { isJsonObject, jsonEqual } from "../../kubernetes/json.ts";

/** The fields in which an object differs from the backup, as paths for people. */
export interface Differences {
  /** Fields of the backup that the object lacks, or has with another value. */
  lost: string[];
  /** Fields that only the object has. */
  added: string[];
  /** Fields that the object has as the backup, and that backups would leave out of it. */
  unclaimed: string[];
}

/**
 * The differences between an object of a backup and the object that the API server returns.
 *
 * @param found the returned object in portable form.
 * @param raw the returned object with all fields: a field that only the portable form lacks is unclaimed, not lost.
 */
export function differencesOf(wanted: unknown, found: unknown, raw: unknown = found): Differences {
  const differences: Differences = { lost: [], added: [], unclaimed: [] };
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
  if (jsonEqual(wanted, found)) return;
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
    differences[jsonEqual(wanted, raw) ? "unclaimed" : "lost"].push(path);
  }
}
