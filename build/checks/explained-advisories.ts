import type { Explained } from "./audit.ts";

/** Advisories about packages of this tree that do not concern it. */
export const EXPLAINED_ADVISORIES: readonly Explained[] = [];
