import { z } from "zod";

/** What a report of a restore or of a rehearsal says, as far as a history tells it. */
export interface ParsedReport {
  /** When it ended. */
  time: Date;
  outcome: "done" | "partial" | "failed" | "interrupted";
  /** The cluster, by its name or uid. */
  principal: string;
  /** What the signature is of. */
  text: string;
  signature: string | undefined;
}

/** Members that are not looked at may be there: a later program may write more. */
const REPORT = z.looseObject({
  time: z.iso.datetime(),
  outcome: z.enum(["done", "partial", "failed", "interrupted"]),
  cluster: z.looseObject({ id: z.string().nullable(), name: z.string().nullable() }),
  signature: z.string().optional(),
});

/** Parses a report; undefined for what is none. */
export function parseReport(bytes: Uint8Array): ParsedReport | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { time, outcome, cluster, signature } = REPORT.parse(document);
    const { signature: _, ...signed } = document as Record<string, unknown>;
    const principal = cluster.name ?? cluster.id ?? "";
    return { time: new Date(time), outcome, principal, text: JSON.stringify(signed), signature };
  } catch {
    return undefined;
  }
}
