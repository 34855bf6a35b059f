import picomatch from "picomatch";
import { UsageError } from "../errors.ts";

/** Which namespaces are meant. An absent list includes all, and excludes none; an empty one includes none. */
export interface NamespaceScope {
  /** Globs: `team-*`. */
  includeNamespaces?: readonly string[] | undefined;
  excludeNamespaces?: readonly string[] | undefined;
}

/** Whether a text can be the name of a namespace, or a glob of names. */
export function isNamespaceGlob(text: string): boolean {
  return /^[-a-z0-9*?[\]]+$/.test(text);
}

/**
 * Compiles a scope.
 *
 * @returns whether a namespace is meant.
 * @throws {UsageError} naming each text that is no glob.
 */
export function compileNamespaces({
  includeNamespaces,
  excludeNamespaces = [],
}: NamespaceScope): (name: string) => boolean {
  const included = includeNamespaces === undefined ? () => true : matcherOf(includeNamespaces);
  const excluded = matcherOf(excludeNamespaces);
  return (name) => included(name) && !excluded(name);
}

function matcherOf(globs: readonly string[]): (name: string) => boolean {
  if (globs.length === 0) return () => false;
  const invalid = globs.filter((glob) => !isNamespaceGlob(glob));
  if (invalid.length > 0) {
    throw new UsageError(
      invalid.map((glob) => `"${glob}" is no namespace's name: write small letters, digits, "-", "*" or "?"`),
    );
  }
  return picomatch([...globs], { nonegate: true, noextglob: true, nobrace: true });
}
