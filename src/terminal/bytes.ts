const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Formats a number of bytes with binary units: `512 B`, `1.5 KiB`, `34 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Values from 1,023.5 would round to 1,024 of the smaller unit.
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
