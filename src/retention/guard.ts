/** A valid backup and the number of its objects. */
export interface ValidBackup {
  name: string;
  objects: number;
}

/** Why pruning removes no backup, although the keep rules would remove some. */
export interface Obstacle {
  /** A clause that follows "Cannot prune: ". */
  reason: string;
  advice: string;
}

/**
 * Finds a reason not to prune. Backups of a cluster that lost its objects continue, and each new backup
 * would displace a backup that still holds the objects.
 *
 * @param newest the newest valid backup; undefined if there is no valid backup.
 * @param before the second newest valid backup; undefined if there is no such backup.
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
