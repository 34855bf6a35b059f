/** Lists of patterns in files of SSH: `*`, `?`, and `!` for what is excepted. ssh_config(5), "PATTERNS". */

/**
 * Whether a text is meant by a list of patterns: by one of them, and by none that begins with `!`.
 *
 * @param patterns separated by commas.
 */
export function matchesPatterns(text: string, patterns: string): boolean {
  let found = false;
  for (const pattern of patterns.split(",")) {
    const negated = pattern.startsWith("!");
    if (!matches(text, negated ? pattern.slice(1) : pattern)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** Without backtracking over more than the latest `*`: patterns cost no more than their length times the text's. */
function matches(text: string, pattern: string): boolean {
  let [at, of] = [0, 0];
  let star: { at: number; of: number } | undefined;
  while (at < text.length) {
    if (pattern[of] === "*") {
      star = { at, of };
      of += 1;
    } else if (pattern[of] === "?" || pattern[of] === text[at]) {
      at += 1;
      of += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      of = star.of + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(of));
}
