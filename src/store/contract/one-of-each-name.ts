import type { StoredBackup, StoredForm } from "./store.ts";

/** Backups by their names, where a store lists each form of its own: two forms of one name become one entry. */
export function oneOfEachName(listed: readonly StoredBackup[]): StoredBackup[] {
  const byName = Map.groupBy(listed, ({ name }) => name);
  return [...byName.values()].flatMap(([one, other]) => {
    if (one === undefined) return [];
    return other === undefined ? [one] : [bothForms(one, other)];
  });
}

/** The same over a stream, in which the two stand one behind the other. */
export async function* eachNameOnce(listed: AsyncIterable<StoredBackup>): AsyncGenerator<StoredBackup> {
  let last: StoredBackup | undefined;
  for await (const backup of listed) {
    if (last?.name === backup.name) {
      yield bothForms(last, backup);
      last = undefined;
      continue;
    }
    if (last !== undefined) yield last;
    last = backup;
  }
  if (last !== undefined) yield last;
}

/** The forms in which a backup is there. */
export function formsOf(backup: StoredBackup): readonly StoredForm[] {
  const { form } = backup;
  return form === "both" ? (backup.forms ?? []) : [{ ...backup, form }];
}

/** An etag is of one of them, so that the two together have none. */
function bothForms(one: StoredBackup, other: StoredBackup): StoredBackup {
  const { name, time, deleted } = one;
  const times = [one.lastModified, other.lastModified].flatMap((each) => each ?? []);
  const lastModified = times.sort((a, b) => a.getTime() - b.getTime()).at(-1);
  const size = one.size + other.size;
  const both = {
    name,
    time,
    form: "both",
    forms: [...formsOf(one), ...formsOf(other)],
    size,
    lastModified,
  } as const;
  return deleted === undefined ? both : { ...both, deleted };
}
