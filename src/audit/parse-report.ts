import * as z from "zod";

/** What a report of a restore or of a rehearsal says, as far as a history tells it. */
export interface ParsedReport {
  /** When it ended. */
  time: Date;
  /** Whether a restore ended well, or a rehearsal found nothing that would be refused. */
  isGood: boolean;
  /** The cluster, by its name or uid. */
  principal: string;
  /** What the signature is of. */
  text: string;
  signature: string | undefined;
}

/** Members that are not looked at may be there: a later program may write more. */
const REPORT = z.looseObject({
  time: z.iso.datetime(),
  /** Of a restore. */
  outcome: z.enum(["done", "partial", "failed", "interrupted"]).optional(),
  /** Of a rehearsal. */
  summary: z.looseObject({ refused: z.number().optional() }).optional(),
  cluster: z.looseObject({ id: z.string().nullable(), name: z.string().nullish() }),
  signature: z.string().optional(),
});

/** Parses a report; undefined for what is none. */
export function parseReport(bytes: Uint8Array): ParsedReport | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { time, outcome, summary, cluster, signature } = REPORT.parse(document);
    const isGood = outcome === undefined ? summary?.refused === 0 : outcome === "done";
    const { signature: _, ...signed } = document as Record<string, unknown>;
    const principal = cluster.name ?? cluster.id ?? "";
    return { time: new Date(time), isGood, principal, text: JSON.stringify(signed), signature };
  } catch {
    return undefined;
  }
}
