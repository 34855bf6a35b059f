/**
 * The note beside an archive: `notes/NAME.note`, a few lines of text that say what was stored. docs/notes.md specifies it.
 */

/** What a note says. */
export interface Note {
  /** The name of the archive in its store: `backup_20260131T120000Z.zip`. */
  object: string;
  /** The stored bytes. */
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** SHA-256 of the archive's MANIFEST, which has those of all its files. Hexadecimal. */
  manifest: string;
  /** The backup's moment, RFC 3339, UTC, whole seconds. */
  time: string;
  cluster: { id: string; name?: string };
  /** The API server's gitVersion. */
  kubernetesVersion: string;
  revision: string;
  /** Whether everything was read at that revision. */
  oneMoment: boolean;
  /** Seconds from one backup to the next, where a loop took it. */
  intervalSeconds?: number;
  /** The tags that were given when the backup was taken; absent for none. */
  tags?: string[];
  scope?: { includeNamespaces?: string[]; excludeNamespaces?: string[] };
  parent?: { cluster: string; backup: string; restored: string };
  /** Number of objects by the title of the kind. */
  counts: Record<string, number>;
  /** Names of the resources that could not be read. */
  missing: string[];
  /** Number of objects that a label left out. */
  excluded: number;
  /** Number of the archive's warnings. */
  warnings: number;
  /** The public keys that the archive is encrypted to, by their fingerprints; none where it is not. */
  recipients: string[];
  program: { version: string; commit: string };
  /** Counts the backups of a cluster: each has a greater number than the one before. */
  counter: number;
  /** SHA-256 of the note before, hexadecimal; absent in the first. */
  previous?: string;
}

/** The first line: a program that knows another version takes no other for this one. */
const TITLE = "kube-backup note 1";

/** Where the signature begins, which follows the text. */
const SIGNATURE = "-----BEGIN SSH SIGNATURE-----";

/** The bytes of a note are not as this program writes them. The message does not quote them. */
export class NoteFault extends Error {
  override name = "NoteFault";
}

/** The lines of a note, without a signature. */
export function formatNote(note: Note): string {
  const { cluster, parent, scope = {}, program } = note;
  const fields: [string, string | number | undefined][] = [
    ["object", note.object],
    ["bytes", note.bytes],
    ["sha256", note.sha256],
    ["manifest", note.manifest],
    ["time", note.time],
    ["cluster", cluster.id],
    ["cluster-name", cluster.name],
    ["kubernetes", note.kubernetesVersion],
    ["revision", note.revision],
    ["consistent", note.oneMoment ? "yes" : "no"],
    ["interval", note.intervalSeconds],
    ...each("tag", note.tags),
    ...each("include-namespace", scope.includeNamespaces),
    ...each("exclude-namespace", scope.excludeNamespaces),
    ["parent", parent && `${parent.cluster} ${parent.backup} ${parent.restored}`],
    ...each(
      "count",
      Object.entries(note.counts).map(([kind, count]) => `${count} ${kind}`),
    ),
    ...each("missing", note.missing),
    ["excluded", note.excluded],
    ["warnings", note.warnings],
    ...each("recipient", note.recipients),
    ["program", `${program.version} ${program.commit}`],
    ["counter", note.counter],
    ["previous", note.previous],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const text = `${[TITLE, ...lines].join("\n")}\n`;
  if (text.split("\n").length !== lines.length + 2) throw new NoteFault("a text of it has several lines");
  return text;
}

function each(name: string, values: readonly string[] | undefined): [string, string][] {
  return (values ?? []).map((value) => [name, value]);
}

/** The text of a note, and its signature where it has one. */
export function splitNote(bytes: Uint8Array): { text: string; signature: string | undefined } {
  const all = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = all.decode(bytes);
  } catch {
    throw new NoteFault("it is not UTF-8");
  }
  const begin = text.indexOf(`\n${SIGNATURE}`) + 1;
  if (begin === 0) return { text, signature: undefined };
  return { text: text.slice(0, begin), signature: text.slice(begin) };
}
