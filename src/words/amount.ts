/** `1 minute`, `2 minutes`, `0 minutes`. */
export function amount(count: number, unit: string, plural = `${unit}s`): string {
  return `${count} ${count === 1 ? unit : plural}`;
}
