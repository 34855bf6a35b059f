import { parseDuration } from "../time/calendar-length.ts";
import { parseTimeOfDay, type Schedule } from "../time/schedule.ts";
import { type Parsed, parseImpersonated } from "./values.ts";

/** The ServiceAccount of rehearsals, in the namespace of the program, as the manifests have it. */
const REHEARSAL_ACCOUNT = "kube-backup-rehearsal";

/** The shortest interval, in milliseconds: each rehearsal reads a backup whole. */
const SHORTEST = 60_000;

/** When run rehearses the newest backup: a time of day in UTC, `03:30`, or an interval, `7d`. */
export function parseRehearse(text: string): Parsed<Schedule> {
  const minute = parseTimeOfDay(text);
  if (minute !== undefined) return { value: { kind: "daily", minute } };
  const interval = parseDuration(text);
  if (interval !== undefined && interval >= SHORTEST && Number.isSafeInteger(interval))
    return { value: { kind: "every", interval } };
  return {
    problem:
      "is neither a time of day in UTC nor an interval of a minute or more: write for example 03:30, or 7d",
  };
}

/** A user who has the rights to rehearse: a name with a letter or a digit in it. */
export function parseRehearsalUser(text: string): Parsed<string> {
  return /[a-z0-9]/i.test(text)
    ? parseImpersonated(text)
    : { problem: "is no user to impersonate: write a name" };
}

/** Whom run impersonates when it rehearses. */
export function rehearsalUser({
  rehearseAs,
  programNamespace,
}: {
  rehearseAs?: string;
  programNamespace: string;
}): string {
  return rehearseAs ?? `system:serviceaccount:${programNamespace}:${REHEARSAL_ACCOUNT}`;
}
