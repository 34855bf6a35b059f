/** Whether a stream gets colors, without I/O. */

/** What decides. */
export interface ColorFacts {
  /** `--color`; `auto` where it is not given. */
  choice: "always" | "auto" | "never";
  /** Whether the stream is a terminal. */
  terminal: boolean;
  environment: Readonly<Record<string, string | undefined>>;
}

/** The flag wins over FORCE_COLOR, that over NO_COLOR, as in Node, and that over what the stream is. */
export function hasColors({ choice, terminal, environment }: ColorFacts): boolean {
  if (choice !== "auto") return choice === "always";
  // https://force-color.org; 0 and false are Node's words for none.
  const forced = environment["FORCE_COLOR"];
  if (forced) return forced !== "0" && forced !== "false";
  // https://no-color.org: any non-empty value disables colors.
  return terminal && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}
