/**
 * What becomes of an object that exists and differs from the backup. `skip`: the object stays. `update`: the object
 * is updated to what the backup has. `replace`: as `update`; where a field is immutable, the object is deleted, its
 * dependents are orphaned, and the object is created again.
 */
export type ExistingPolicy = "skip" | "update" | "replace";
