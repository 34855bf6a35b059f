import * as z from "zod";
import { CHECK_SUFFIX, parseCheck } from "../catalog/check-record.ts";
import type { ListedSideObject, SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { FAR_FUTURE } from "../time/far-future.ts";

/** A rehearsal of which the store has a report. */
export interface ReportedRehearsal {
  time: Date;
  /** Objects that would be refused. */
  refused: number;
}

/** What the reports of a store say was done last. */
export interface LastReports {
  /** When every byte of a backup was last found valid, whichever it was. The record is as good as the store that keeps it. */
  verified: Date | undefined;
  /** The last rehearsal in the cluster. */
  rehearsed: ReportedRehearsal | undefined;
}

/** What of the report of a rehearsal counts here. */
const REHEARSAL = z.object({
  time: z.iso.datetime(),
  cluster: z.object({ id: z.string().nullable() }),
  summary: z.object({ refused: z.number().int().min(0) }),
});

const REHEARSAL_SUFFIX = /^rehearsal-\d{8}T\d{6}Z$/;

/** How many reports are read at the most for one of this cluster: others may rehearse the backups of this place, too. */
const MOST_READ = 20;

/** Finds what {@link readLastReports} reads. Where reports may not be read, nothing is known. */
export async function findLastReports(
  store: Pick<Store, "beside">,
  options: { cluster: string },
  signal: AbortSignal,
): Promise<LastReports> {
  try {
    return await readLastReports(store, options, signal);
  } catch {
    signal.throwIfAborted();
    return { verified: undefined, rehearsed: undefined };
  }
}

/**
 * Reads what the reports of a store say was done last, by one listing. What is not there is undefined.
 *
 * @param cluster the uid of the kube-system of the cluster whose rehearsals count.
 * @throws {OperatorError} where reports cannot be read.
 */
export async function readLastReports(
  { beside }: Pick<Store, "beside">,
  { cluster }: { cluster: string },
  signal: AbortSignal,
): Promise<LastReports> {
  let check: ListedSideObject | undefined;
  const rehearsals: SidePlace[] = [];
  for await (const each of beside.listBefore("reports", FAR_FUTURE, signal)) {
    const { suffix } = each.place;
    if (suffix === CHECK_SUFFIX && (check === undefined || modified(each) >= modified(check))) check = each;
    if (REHEARSAL_SUFFIX.test(suffix)) rehearsals.push(each.place);
  }
  const bytes = check && (await beside.read(check.place, signal));
  return {
    verified: bytes && parseCheck(bytes)?.time,
    rehearsed: await readLastRehearsal(beside, { rehearsals, cluster }, signal),
  };
}

async function readLastRehearsal(
  beside: Store["beside"],
  { rehearsals, cluster }: { rehearsals: readonly SidePlace[]; cluster: string },
  signal: AbortSignal,
): Promise<ReportedRehearsal | undefined> {
  // The time of the rehearsal is in the name, in the order of its digits.
  const newestFirst = rehearsals.toSorted((a, b) => (a.suffix < b.suffix ? 1 : -1));
  for (const place of newestFirst.slice(0, MOST_READ)) {
    const report = parseRehearsal(await beside.read(place, signal));
    // Who may not read kube-system rehearses in a cluster without a name.
    if (report === undefined || (report.cluster.id ?? cluster) !== cluster) continue;
    return { time: new Date(report.time), refused: report.summary.refused };
  }
  return undefined;
}

function parseRehearsal(bytes: Uint8Array | undefined): z.infer<typeof REHEARSAL> | undefined {
  try {
    return bytes && REHEARSAL.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function modified({ lastModified }: ListedSideObject): number {
  return lastModified?.getTime() ?? 0;
}
