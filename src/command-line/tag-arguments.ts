import { UsageError } from "../errors.ts";
import { inOrderOfTags, MAX_TAGS, tagProblem } from "../store/contract/tag-name.ts";

/**
 * Reads the tags of a command line: in their order, each once.
 *
 * @param label what the messages call them: `--tag`, `TAG`.
 * @throws {UsageError} with all that are none, and where there are too many.
 */
export function readTags(label: string, given: readonly string[]): string[] {
  const problems = given.flatMap((text) => {
    const problem = tagProblem(text);
    return problem === undefined ? [] : [`${label} ${JSON.stringify(text)} ${problem}`];
  });
  const tags = inOrderOfTags(given);
  if (tags.length > MAX_TAGS)
    problems.push(`${label} is given ${tags.length} times, and a backup has ${MAX_TAGS} tags at the most`);
  if (problems.length > 0) throw new UsageError(problems);
  return tags;
}
