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
 * @param largest the valid backup with the most objects that it is compared with; undefined if there is none.
 */
export function findObstacle(
  newest: ValidBackup | undefined,
  largest: ValidBackup | undefined,
): Obstacle | undefined {
  if (newest === undefined) {
    return {
      reason: "none of the backups can be read",
      advice: "See what is wrong with them: kube-backup verify --all",
    };
  }
  if (largest === undefined || newest.objects * 2 >= largest.objects) return undefined;
  return {
    reason: `the newest backup ${newest.name} holds ${newest.objects} objects, less than half of the ${largest.objects} in ${largest.name}`,
    advice: `Find out what became of them; where that is as it should be, ACCEPT_SMALLER=${newest.name}, or once: kube-backup prune --force`,
  };
}
