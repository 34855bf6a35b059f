import { UsageError } from "../errors.ts";
import { shown } from "../settings/values.ts";

/** Has the executable tell which of its parts it loads; prints no data. */
const HARMLESS = /^(?:parts)?$/i;

/**
 * Node prints headers, TLS keys and the environments of child processes where one of these variables asks it to, and
 * nothing can have it stop once it has started.
 *
 * @throws {UsageError} where Node would print secrets.
 */
export function rejectNodeDebug(environment: Readonly<Record<string, string | undefined>>): void {
  const problems = ["NODE_DEBUG", "NODE_DEBUG_NATIVE"].flatMap((name) => {
    const value = environment[name]?.trim() ?? "";
    return HARMLESS.test(value)
      ? []
      : [`${name} is ${shown(value)}: Node would print requests and environments, with the secrets in them`];
  });
  if (problems.length > 0) {
    throw new UsageError(problems, {
      advice: "Unset it for this program; --debug has the program itself log in detail",
    });
  }
}
