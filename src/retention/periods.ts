/** The periods of the keep rules, in UTC. */

/** The name of the period that contains a time. Names are unique. */
export const PERIODS = {
  hourly: (moment: Date) => moment.toISOString().slice(0, -11),
  daily: (moment: Date) => moment.toISOString().slice(0, -14),
  weekly: isoWeek,
  monthly: (moment: Date) => moment.toISOString().slice(0, -17),
  yearly: (moment: Date) => moment.toISOString().slice(0, -20),
} as const satisfies Record<string, (moment: Date) => string>;

const DAY = 86_400_000;

/** `2026-W05`. A week belongs to the year of its Thursday, so 1 January may be in a week of the previous year. */
function isoWeek(moment: Date): string {
  const midnight = Math.floor(moment.getTime() / DAY) * DAY;
  const daysSinceMonday = (moment.getUTCDay() + 6) % 7;
  const thursday = new Date(midnight + (3 - daysSinceMonday) * DAY);
  const newYear = new Date(thursday);
  newYear.setUTCMonth(0, 1);
  const week = Math.floor((thursday.getTime() - newYear.getTime()) / (7 * DAY)) + 1;
  return `${PERIODS.yearly(thursday)}-W${String(week).padStart(2, "0")}`;
}
