/** What a check of the rights on a store finds. */

/** What the program does with its rights. "restore" is the restore gate too. */
export type Job = "backup" | "restore" | "prune";

/** All jobs, in the order in which they are shown. */
export const JOBS: readonly Job[] = ["backup", "restore", "prune"];

/** A right, and whether it is there. */
export interface CheckedRight {
  /** In the words of whoever grants it: `s3:PutObject`, `list secrets`. */
  right: string;
  /** The bucket, the keys, the namespaces, the object. */
  where: string;
  /** The jobs that need the right. A right with one job alone is needed for nothing else. */
  jobs: readonly Job[];
  /** Undefined where it could not be found out. */
  allowed: boolean | undefined;
  /** The refusal in the server's words, or what was done to find out. */
  why: string;
}

/** The rights on a store. */
export interface StoreAccess {
  /** The store's URL for messages, without secrets. */
  url: string;
  rights: CheckedRight[];
  /** Names of what the check has made and may not remove. */
  leftBehind: string[];
  /** Why nothing could be asked, where that is so: the store does not answer, or knows no such key. */
  failure?: Error;
  /** The policy that gives the rights; undefined for a folder. */
  policy?: object;
}
