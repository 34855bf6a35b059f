import type { Buffer } from "node:buffer";
import * as z from "zod";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** The owners of one object. */
export interface OwnedObjectEntry {
  /** The name of the object. */
  name: string;
  owners: Owner[];
}

/** The field managers of one object. */
export interface ManagedObjectEntry {
  /** The name of the object. */
  name: string;
  managers: FieldManager[];
}

/** The status of one object. */
export interface StatusEntry {
  /** The name of the object. */
  name: string;
  /** The line: JSON with `status` and, where they are known, `managers`. The line is not parsed, so that numbers stay as they were written. */
  text: string;
}

const OWNERS = z.object({
  name: z.string(),
  owners: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      name: z.string(),
      controller: z.boolean().exactOptional(),
      blockOwnerDeletion: z.boolean().exactOptional(),
    }),
  ),
});

const MANAGER_LIST = z.array(
  z.object({
    manager: z.string(),
    operation: z.string(),
    apiVersion: z.string().exactOptional(),
    time: z.string().exactOptional(),
    fieldsV1: z.unknown().optional(),
    subresource: z.string().exactOptional(),
  }),
);

const MANAGERS = z.object({ name: z.string(), managers: MANAGER_LIST });

const STATUS = z.object({
  name: z.string(),
  status: z.custom((status) => status !== undefined),
  managers: MANAGER_LIST.exactOptional(),
});

/**
 * Parses a line of an owners file.
 *
 * @throws {Error} where the line is none. The message does not quote the line.
 */
export function parseOwners(line: Buffer): OwnedObjectEntry {
  return parseLine(OWNERS, line, "a line of it names no owners");
}

/**
 * Parses a line of a field managers file.
 *
 * @throws {Error} where the line is none. The message does not quote the line.
 */
export function parseManagers(line: Buffer): ManagedObjectEntry {
  return parseLine(MANAGERS, line, "a line of it names no field managers");
}

/**
 * Parses a line of a status file.
 *
 * @throws {Error} where the line is none. The message does not quote the line.
 */
export function parseStatus(line: Buffer): StatusEntry {
  const { name } = parseLine(STATUS, line, "a line of it names no status");
  return { name, text: line.toString() };
}

function parseLine<T>(form: z.ZodType<T>, line: Buffer, problem: string): T {
  try {
    return form.parse(JSON.parse(line.toString()));
  } catch {
    // The messages of both libraries quote what they read, so that they are dropped.
    throw new Error(problem);
  }
}
