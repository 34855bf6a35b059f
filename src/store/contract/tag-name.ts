/**
 * Names of tags. They are what Kubernetes takes for the value of a label, so that a tag can be one, and stand in a list that
 * commas separate, in a file's name and in a shell's line without quotes.
 */

/** The longest tag, in characters. */
const MAX_LENGTH = 63;

/** The most tags that a backup has of its own, and the most that are set later. */
export const MAX_TAGS = 64;

const TAG = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Whether a text can be a tag. */
export function isTag(text: string): boolean {
  return text.length <= MAX_LENGTH && TAG.test(text);
}

/** What is wrong with a text that is to be a tag: a clause that follows it. Undefined where nothing is. */
export function tagProblem(text: string): string | undefined {
  if (isTag(text)) return undefined;
  if (text === "") return "is empty: write for example before-upgrade";
  if (text.includes(",")) return "has a comma in it: give each tag by itself, for example before-upgrade";
  if (text.length > MAX_LENGTH)
    return `has ${text.length} characters, and a tag has ${MAX_LENGTH} at the most: write for example before-upgrade`;
  return 'is no tag: write letters, digits, "-", "_" and ".", the first and the last a letter or digit, for example before-upgrade';
}

/** Tags without repetition, in the order of their characters: equal sets of tags are equal lists. */
export function inOrderOfTags(tags: Iterable<string>): string[] {
  return [...new Set(tags)].sort();
}
