import type { StoredBackup } from "./store.ts";

/** Backups by their names, where a store lists each form of its own: two forms of one name become one entry. */
export function oneOfEachName(listed: readonly StoredBackup[]): StoredBackup[] {
  const found: StoredBackup[] = [];
  for (const backup of listed) {
    const last = found.at(-1);
    if (last?.name === backup.name) found[found.length - 1] = bothForms(last, backup);
    else found.push(backup);
  }
  return found;
}

/** The same over a stream, in which the two stand one behind the other. */
export async function* eachNameOnce(listed: AsyncIterable<StoredBackup>): AsyncGenerator<StoredBackup> {
  let last: StoredBackup | undefined;
  for await (const backup of listed) {
    if (last?.name === backup.name) {
      last = bothForms(last, backup);
      continue;
    }
    if (last !== undefined) yield last;
    last = backup;
  }
  if (last !== undefined) yield last;
}

/** An etag is of one of them, so that there is none. */
function bothForms(one: StoredBackup, other: StoredBackup): StoredBackup {
  const { name, time, deleted } = one;
  const times = [one.lastModified, other.lastModified].flatMap((each) => each ?? []);
  const lastModified = times.sort((a, b) => a.getTime() - b.getTime()).at(-1);
  const both = { name, time, form: "both", size: one.size + other.size, lastModified } as const;
  return deleted === undefined ? both : { ...both, deleted };
}
