/** What speaks against the deletion of a backup that somebody has named, without I/O. */

import { findObstacle, type ValidBackup } from "./guard.ts";
import { BY_TAG, KEEP } from "./keep-tags.ts";
import { FROM_FUTURE, NEWEST_COMPLETE, NEWEST_VALID, STORED_WITHIN, UNDER_RESTORE } from "./reasons.ts";

/** A backup that somebody has named, and what retention knows of it. */
export interface NamedBackup {
  /**
   * Why no rule could have it removed, as `prune` says it: `newest valid`, `may be under restore`. A reason that is not known
   * here speaks against the deletion as it stands.
   */
  reasons: readonly string[];
  /** The cluster that made it, for people; undefined where that cannot be read. */
  cluster: string | undefined;
  /** Whether a valid backup of its lineage is left once all that is named is gone. */
  leavesValid: boolean;
  /** Of one that is valid: its objects, and the newest valid backup of its lineage, where its loss is to be looked at. */
  compared?: { itself: ValidBackup; newest: ValidBackup } | undefined;
}

/** Reasons of which a person who names the backup knows better, or that are about other backups. */
const NO_OBJECTIONS: readonly string[] = ["damaged", FROM_FUTURE];

/** The words for reasons that are no clause. */
const CLAUSES: Readonly<Record<string, string>> = {
  [UNDER_RESTORE]: "it was the newest within the minimum age, and may be under restore",
  "newer format": "a later version of kube-backup wrote it, and nobody here can say what it holds",
  encrypted:
    "no key that is given opens it and it has no note, so that nobody can say whether another one is left",
  changed: "it was replaced since it was listed",
  [`${BY_TAG}${KEEP}`]: `it has the tag ${KEEP}`,
};

/**
 * The objections to the deletion of a backup, each a clause after "Cannot delete backup_…: ". None where it may go.
 */
export function objectionsTo({ reasons, cluster, leavesValid, compared }: NamedBackup): string[] {
  const of = cluster === undefined ? "" : ` of ${cluster}`;
  const objections = reasons
    .filter((reason) => !NO_OBJECTIONS.includes(reason) && !reason.startsWith(STORED_WITHIN))
    .map((reason) => {
      if (reason === NEWEST_VALID)
        return leavesValid ? `it is the newest valid backup${of}` : `no valid backup${of} would be left`;
      if (reason === NEWEST_COMPLETE) return `it is the newest complete backup${of}`;
      return CLAUSES[reason] ?? reason;
    });
  const obstacle = compared && findObstacle(compared.newest, compared.itself);
  return obstacle === undefined ? objections : [...objections, obstacle.reason];
}
