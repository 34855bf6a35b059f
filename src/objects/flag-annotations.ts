/** The annotations of the restore flag: where the contents of a cluster came from. */

/** What the restore flag says when it is written. */
export interface FlagFacts {
  /** Why the restore flag was written. */
  reason: "restored" | "nothing to restore";
  /** Name of the backup that was restored. */
  backup?: string;
  /** The cluster that made the backup: the uid of its kube-system, and its CLUSTER_NAME. */
  cluster?: { id: string; name?: string | undefined };
  /** URL of the store of the backup. */
  store: string;
  time: Date;
  /** Number of objects that the restore found or created. */
  objects?: number;
}

/** What a restore flag in a cluster says. Somebody may have made or changed it by hand: anything may be missing. */
export interface FoundFlagFacts {
  reason?: string;
  backup?: string;
  cluster?: { id: string; name?: string };
  store?: string;
  time?: Date;
  objects?: number;
}

const PREFIX = "kube-backup/";

/** The annotations for a restore flag. */
export function flagAnnotations(facts: FlagFacts): Record<string, string> {
  const values: Record<string, string | undefined> = {
    reason: facts.reason,
    store: facts.store,
    time: facts.time.toISOString(),
    backup: facts.backup,
    cluster: facts.cluster?.id,
    "cluster-name": facts.cluster?.name,
    objects: facts.objects === undefined ? undefined : String(facts.objects),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[PREFIX + name, value]])),
  );
}

/** What the annotations of a restore flag say. A value that the program does not write counts as missing. */
export function readFlagAnnotations(annotations: Readonly<Record<string, string>> = {}): FoundFlagFacts {
  const text = (name: string) => annotations[PREFIX + name] || undefined;
  const matching = (name: string, pattern: RegExp) => {
    const value = text(name);
    return value !== undefined && pattern.test(value) ? value : undefined;
  };
  const time = new Date(text("time") ?? Number.NaN);
  const id = matching("cluster", /^[-A-Za-z0-9]{1,128}$/);
  const objects = matching("objects", /^\d{1,12}$/);
  const name = text("cluster-name");
  return present<FoundFlagFacts>({
    reason: text("reason"),
    backup: matching("backup", /^backup_\d{8}T\d{6}Z$/),
    cluster: id === undefined ? undefined : present({ id, name }),
    store: text("store"),
    time: Number.isNaN(time.getTime()) ? undefined : time,
    objects: objects === undefined ? undefined : Number(objects),
  });
}

function present<T>(values: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
