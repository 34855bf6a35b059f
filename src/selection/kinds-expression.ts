/** Which kinds a backup holds, as KINDS says it. */
export interface KindsExpression {
  /** What the terms add to and take from. */
  base: "default" | "none";
  terms: readonly KindsTerm[];
}

/** One term of it. */
export interface KindsTerm {
  adds: boolean;
  /** `all`, a glob over resource names (`*.cert-manager.io`), or a resource by any of its names. */
  word: string;
}

const WORD = /^[A-Za-z0-9*?][-A-Za-z0-9.*?]*$/;

/**
 * Reads KINDS: `+serviceaccounts,roles` adds to the default, `-secrets` takes from it, `all,-secrets`
 * and `deployments.apps,services` start from nothing. A sign holds until the next one.
 *
 * @returns the expression, or what is wrong: a clause that goes on after the text.
 */
export function parseKinds(text: string): { value: KindsExpression } | { problem: string } {
  const terms: KindsTerm[] = [];
  let adds = true;
  for (const part of text.split(",")) {
    const [, sign, word = ""] = /^\s*([+-]?)(.*?)\s*$/.exec(part) ?? [];
    if (!WORD.test(word)) {
      return {
        problem: `has "${part.trim()}" in it, which is no kind: write for example +serviceaccounts,roles or all,-secrets`,
      };
    }
    if (sign !== "") adds = sign === "+";
    terms.push({ adds, word: word.toLowerCase() });
  }
  return { value: { base: /^\s*[+-]/.test(text) ? "default" : "none", terms } };
}
