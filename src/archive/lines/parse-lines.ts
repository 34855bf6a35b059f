import type { Buffer } from "node:buffer";
import * as z from "zod";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** The owners of one object. */
export interface OwnedObjectEntry {
  /** The object's name. */
  name: string;
  owners: Owner[];
}

/** The field managers of one object. */
export interface ManagedObjectEntry {
  /** The object's name. */
  name: string;
  managers: FieldManager[];
}

/** The status of one object. */
export interface StatusEntry {
  /** The object's name. */
  name: string;
  /** Its line: JSON with `status` and, where they are known, `managers`. It is not parsed, for its numbers' sake. */
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
 * A line of a file of owners.
 *
 * @throws {Error} when it is none; the message does not quote it.
 */
export function parseOwners(line: Buffer): OwnedObjectEntry {
  return parseLine(OWNERS, line, "a line of it names no owners");
}

/**
 * A line of a file of field managers.
 *
 * @throws {Error} when it is none; the message does not quote it.
 */
export function parseManagers(line: Buffer): ManagedObjectEntry {
  return parseLine(MANAGERS, line, "a line of it names no field managers");
}

/**
 * A line of a file of statuses.
 *
 * @throws {Error} when it is none; the message does not quote it.
 */
export function parseStatus(line: Buffer): StatusEntry {
  const { name } = parseLine(STATUS, line, "a line of it names no status");
  return { name, text: line.toString() };
}

function parseLine<T>(form: z.ZodType<T>, line: Buffer, problem: string): T {
  try {
    return form.parse(JSON.parse(line.toString()));
  } catch {
    // Neither library's message is passed on: both quote what they read.
    throw new Error(problem);
  }
}
