/** What `npm audit` says, without I/O. */

/** An advisory that was looked at: why it does not concern this program, until when. */
export interface Explained {
  /** `https://github.com/advisories/GHSA-…`. */
  url: string;
  why: string;
  /** The day on which it is looked at again, `2026-12-31`. */
  until: string;
}

/** The result of an audit. */
export type Audit =
  | { kind: "done"; problems: string[] }
  /** The registry does not answer to that question. */
  | { kind: "not done"; reason: string };

interface Advisory {
  title: string;
  url: string;
  severity: string;
}

/** Reads the answer of `npm audit --json`. An answer that says nothing of vulnerabilities is no clean one. */
export function readAudit(json: string, explained: readonly Explained[], today: string): Audit {
  let answer: {
    vulnerabilities?: Record<string, { via: (Advisory | string)[] }>;
    message?: string;
    error?: { summary?: string; code?: string };
    metadata?: { dependencies?: { total?: number } };
  };
  try {
    answer = JSON.parse(json);
  } catch {
    return { kind: "not done", reason: "npm audit has written no JSON" };
  }
  const { vulnerabilities, metadata } = answer;
  if (vulnerabilities === undefined || (metadata?.dependencies?.total ?? 0) === 0) {
    const reason = answer.message ?? answer.error?.summary ?? answer.error?.code ?? "npm audit says nothing";
    return { kind: "not done", reason };
  }
  const problems = new Set<string>();
  for (const [name, { via }] of Object.entries(vulnerabilities)) {
    // A text names another package of the list, whose advisory it is.
    for (const each of via) {
      if (typeof each === "string") continue;
      const known = explained.find(({ url, until }) => url === each.url && until >= today);
      if (known === undefined) problems.add(`${name}: ${each.severity}: ${each.title} (${each.url})`);
    }
  }
  return { kind: "done", problems: [...problems] };
}
