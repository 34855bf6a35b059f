/** A backup that can be read, and how much it holds. */
export interface ValidBackup {
  name: string;
  objects: number;
}

/** Why nothing is removed, though rules would remove something. */
export interface Obstacle {
  /** A clause that goes after "Cannot prune: ". */
  reason: string;
  advice: string;
}

/**
 * What speaks against removing anything at all: a cluster that lost its objects goes on being backed
 * up, and each of those backups would push out one that still holds them.
 *
 * @param newest the newest backup that can be read; undefined where none can.
 * @param before the next older one that can be read; undefined where there is none.
 */
export function findObstacle(
  newest: ValidBackup | undefined,
  before: ValidBackup | undefined,
): Obstacle | undefined {
  if (newest === undefined) {
    return {
      reason: "none of the backups can be read",
      advice: "See what is wrong with them: kube-backup verify --all",
    };
  }
  if (before === undefined || newest.objects * 2 >= before.objects) return undefined;
  return {
    reason: `the newest backup ${newest.name} holds ${newest.objects} objects, less than half of the ${before.objects} in ${before.name} before it`,
    advice: "Find out what became of them; where that is as it should be, kube-backup prune --force",
  };
}
