/** The parsed setting KINDS: which kinds are backed up. */
export interface KindsExpression {
  /** The initial set, to which the terms add and from which they remove. */
  base: "default" | "none";
  terms: readonly KindsTerm[];
}

/** One term of KINDS. */
interface KindsTerm {
  adds: boolean;
  /** `all`, a glob of resource names (`*.cert-manager.io`), or any name of a resource. */
  word: string;
}

const WORD = /^[A-Za-z0-9*?][-A-Za-z0-9.*?]*$/;

/**
 * Parses KINDS: `+serviceaccounts,roles` adds to the default, `-secrets` removes from the default,
 * `all,-secrets` and `deployments.apps,services` start from nothing. A sign applies until the next sign.
 *
 * @returns the expression, or the problem as a clause whose subject is the text.
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
