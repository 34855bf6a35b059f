import { UsageError } from "../errors.ts";
import { didYouMean } from "../words/did-you-mean.ts";

/**
 * The error of a profile that the file does not have.
 *
 * @param said how it was asked for: `--profile "blu"`.
 */
export function unknownProfile(
  name: string,
  { said, file, names }: { said: string; file: string; names: readonly string[] },
): UsageError {
  const there = names.length === 0 ? "which has none" : `which has ${names.join(", ")}`;
  return new UsageError([`${said} is no profile of ${file}, ${there}${didYouMean(name, names)}`]);
}
