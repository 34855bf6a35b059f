import { entryOfVariable, type FileEntries } from "./file-entries.ts";
import { readText } from "./files.ts";
import { Secret } from "./secret.ts";
import { type Environment, findVariable } from "./variables.ts";

/** Where news of a run goes. Who knows such a URL can write there: both are secrets. */
export interface NotificationUrls {
  /** Told of each change of state. */
  notifyUrl?: Secret | undefined;
  /** Asked after each backup. */
  heartbeatUrl?: Secret | undefined;
}

/**
 * Reads NOTIFY_URL and HEARTBEAT_URL, which have no flag since other users of the machine can read command lines; each is in
 * its variable, or in a file that the variable with _FILE names.
 *
 * @returns the URLs, and the problems, which never contain one.
 */
export function readNotificationUrls(
  environment: Environment,
  file: FileEntries,
): { urls: NotificationUrls; problems: string[] } {
  const problems: string[] = [];
  const given = (variable: string) => {
    const { name, text = "" } = findVariable(environment, variable);
    const entry = text.trim() === "" ? file.get(entryOfVariable(variable)) : undefined;
    return entry === undefined
      ? { label: name, text: text.trim() }
      : { label: entry.label, text: entry.text.trim() };
  };
  const read = (variable: string): Secret | undefined => {
    let { label, text } = given(variable);
    if (text === "") {
      const { label: ofFile, text: path } = given(`${variable}_FILE`);
      if (path === "") return undefined;
      const found = readText(path);
      if ("problem" in found) {
        problems.push(`${ofFile} ${found.problem}`);
        return undefined;
      }
      [label, text] = [ofFile, found.value.trim()];
    }
    if (URL.canParse(text) && /^https?:/i.test(text)) return new Secret(text);
    problems.push(`${label} is no URL, and is not shown: write https://HOST/PATH`);
    return undefined;
  };
  return { urls: { notifyUrl: read("NOTIFY_URL"), heartbeatUrl: read("HEARTBEAT_URL") }, problems };
}
