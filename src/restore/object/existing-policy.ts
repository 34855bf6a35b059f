/**
 * What becomes of an object that is there and differs from the backup. `skip`: it stays. `update`: it
 * is written over and ends as the backup has it. `replace`: as update; where fields are immutable, it
 * is deleted, its dependents orphaned, and created again.
 */
export type ExistingPolicy = "skip" | "update" | "replace";
