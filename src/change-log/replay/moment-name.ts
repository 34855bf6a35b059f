import { amount } from "../../words/amount.ts";

/** The name of a moment between backups: that of the backup that it starts from, and how far it is from it. */
export function momentName(base: string, changes: number, until: string): string {
  return `${base} with ${amount(changes, "change")} up to ${until}`;
}

/** The name of the backup that an archive is, or that its moment starts from. */
export function backupOfMoment(name: string): string {
  return name.replace(/ .*$/s, "");
}

/** The time of a moment that has a name of its own; undefined for the name of a backup. */
export function timeOfMoment(name: string): string | undefined {
  return / up to (\S+)$/.exec(name)?.[1];
}
