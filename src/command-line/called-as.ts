/** The name by which the program was called: it is a plugin of kubectl too. */

/** How people call the program. */
export interface CalledAs {
  /** What they type: `kube-backup`, or `kubectl backup`. */
  command: string;
  /** The name of the executable: `kube-backup`, or `kubectl-backup`. */
  file: string;
}

/** The program by its own name. */
export const KUBE_BACKUP: CalledAs = { command: "kube-backup", file: "kube-backup" };

/** The program as a plugin of kubectl, where nobody says of which name. */
export const KUBECTL_BACKUP: CalledAs = { command: "kubectl backup", file: "kubectl-backup" };

/**
 * How the program was called. kubectl runs `kubectl backup` as `kubectl-backup`, and `kubectl cluster-backup` as
 * `kubectl-cluster_backup`.
 *
 * @param argv0 the name under which the process was started, with or without its folder.
 */
export function calledAs(argv0: string): CalledAs {
  const file = (argv0.split(/[/\\]/).at(-1) ?? "").replace(/\.exe$/i, "");
  if (!/^kubectl-./.test(file)) return KUBE_BACKUP;
  return { command: file.replaceAll("-", " ").replaceAll("_", "-"), file };
}

/**
 * A text of this program, with its commands as whoever has called it types them: `kubectl backup list` for
 * `kube-backup list`.
 *
 * @param names of commands.
 */
export function asTyped(text: string, { command }: CalledAs, names: readonly string[]): string {
  if (command === KUBE_BACKUP.command) return text;
  return text.replaceAll(/\bkube-backup (?=(--help|[a-z-]+))/g, (words, next: string) =>
    next === "--help" || names.includes(next) ? `${command} ` : words,
  );
}
