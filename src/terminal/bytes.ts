const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes for people, in powers of 1,024: `512 B`, `1.5 KiB`, `34 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1,023.5 and more would be rounded to 1,024 of the smaller unit.
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
