/** Bounds of what an archive holds. A writer keeps them, so that a reader can refuse what is beyond them. */

import type { JsonBounds } from "../../kubernetes/json-scanner.ts";

/**
 * The largest object, and the largest line, in bytes. etcd takes 1.5 MiB by default; an object of control characters
 * alone is six times as long in JSON. A reader holds several copies of a line, of which each takes up to twice its bytes.
 */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

/**
 * A comparison, or the object as YAML, takes some 300 bytes of memory for each value: with more values than these, more than
 * the image's limit. The largest definitions have some ten thousand. The API server takes nesting of up to 10,000 levels,
 * most of which no program can follow that calls itself for each level.
 */
export const OBJECT_BOUNDS: JsonBounds = { depth: 500, values: 256 * 1024 };

/** The largest manifest, in bytes: that of 300,000 files is smaller. */
export const MAX_MANIFEST_BYTES = 96 * 1024 * 1024;

/** The largest manifest but for the files that are in the writer's lines, in bytes. */
export const MAX_HEAD_BYTES = 32 * 1024 * 1024;

/** What a file of a manifest may hold. */
export const FILE_BOUNDS: JsonBounds = { depth: 32, values: 1024, loose: true };

export const MANIFEST_BOUNDS: JsonBounds = { depth: 32, values: 1024 * 1024, loose: true };

/** A manifest that is larger than this, in bytes, is not packed better than this: its checksums cannot be. */
export const MANIFEST_RATIO = { from: 1024 * 1024, ratio: 100 };

/** How many elements a list of a manifest may have, but for that of the files. */
export const MAX_ELEMENTS = 10_000;

/** The longest text for people, in UTF-16 units: a warning, or the reason why something is missing. */
export const MAX_TEXT = 4096;

/** The length of all of a manifest but its files, in UTF-16 units: it stays in memory where many backups are listed. */
export const MAX_FACTS = 4 * 1024 * 1024;

/** The names, extra fields and comment of one record of a zip's directory, in bytes. */
export const MAX_ENTRY_BYTES = 1024;

/** How many entries a zip may have: a reader has what the manifest says of each file in memory. */
export const MAX_ENTRIES = 300_000;

/** A zip's central directory, in bytes. A reader has it in memory; as many files with 60 bytes of path take less. */
export const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;
