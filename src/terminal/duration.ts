const UNITS = [
  { name: "d", seconds: 86_400 },
  { name: "h", seconds: 3_600 },
  { name: "m", seconds: 60 },
  { name: "s", seconds: 1 },
] as const;

/** Formats a duration with its two largest units: `0.4s`, `12s`, `3m 12s`, `2d 5h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 950) return `${(Math.max(0, milliseconds) / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  const first = UNITS.findIndex((unit) => seconds >= unit.seconds);
  const [large, small] = UNITS.slice(first);
  if (large === undefined) return "0s";
  const rest = small === undefined ? 0 : Math.floor((seconds % large.seconds) / small.seconds);
  const head = `${Math.floor(seconds / large.seconds)}${large.name}`;
  return rest === 0 ? head : `${head} ${rest}${small?.name}`;
}

/** Formats an age with its largest unit: `12s ago`, `3h ago`. A negative age is `in 5m`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const unit = UNITS.find((each) => seconds >= each.seconds) ?? UNITS[UNITS.length - 1];
  const amount = `${Math.floor(seconds / (unit?.seconds ?? 1))}${unit?.name}`;
  return milliseconds < 0 ? `in ${amount}` : `${amount} ago`;
}
