import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { backupNameOfFile } from "../contract/backup-name.ts";
import { backupOfSideFile } from "../contract/side-objects.ts";

/**
 * The names of files that a process writes before they are backups. They name their writer, so that the next run knows
 * which of them nobody writes any more: `.backup_20260131T120000Z.zip.3f9a01bc-4711-88213.UUID.partial`.
 */

/** A process, told from every other that has or had its number. */
export interface Writer {
  /** Where its number means this process: the host, its boot and the namespace of process numbers, as a digest. */
  place: string;
  pid: number;
  /** When it was started, in the system's ticks; 0 where the system does not say. */
  started: number;
}

/** Eight digits of the digest tell apart the few machines that share a folder. */
const PLACE_DIGITS = 8;

const PARTIAL =
  /^\.(.+?)\.(?:([0-9a-f]{8})-(\d{1,10})-(\d{1,20})\.)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/;
const CLAIM = /^\.(.+)\.claim$/;

/** The hidden name of a file while it is written. */
export function partialName(file: string, { place, pid, started }: Writer, uuid: string): string {
  return `.${file}.${place}-${pid}-${started}.${uuid}.partial`;
}

/**
 * Whether a file is one of a backup that is written, and by whom. Undefined for all other files; `writer` is undefined
 * where the name does not tell.
 */
export function parsePartialName(name: string): { writer: Writer | undefined } | undefined {
  const partial = PARTIAL.exec(name);
  const file = partial?.[1] ?? CLAIM.exec(name)?.[1];
  if (file === undefined || (backupNameOfFile(file) ?? backupOfSideFile(file)) === undefined)
    return undefined;
  const [, , place, pid, started] = partial ?? [];
  return { writer: place === undefined ? undefined : { place, pid: Number(pid), started: Number(started) } };
}

/** This process. */
export async function thisWriter(): Promise<Writer> {
  const facts = [
    hostname(),
    await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    await readlink("/proc/self/ns/pid").catch(() => ""),
  ];
  const place = createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, PLACE_DIGITS);
  return { place, pid: process.pid, started: (await startOf(process.pid)) ?? 0 };
}

/**
 * Whether a process has ended. Undefined where this process cannot know, since the other ran on another machine or in
 * another container.
 */
export async function hasEnded(writer: Writer, self: Pick<Writer, "place">): Promise<boolean | undefined> {
  if (writer.place !== self.place) return undefined;
  try {
    process.kill(writer.pid, 0);
  } catch (error) {
    // Another user's process refuses the question, and is there.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  // Another process may have got the number.
  const started = await startOf(writer.pid);
  return started === undefined ? false : started !== writer.started;
}

/** When a process was started, in ticks since the machine's start. Undefined where the system does not say. */
async function startOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name of the command, in parentheses, may hold spaces and parentheses itself.
  const field = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return field === undefined ? undefined : Number(field);
}
