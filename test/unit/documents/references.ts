/** A link of a Markdown document to a file of this project. */
export interface Link {
  /** As it stands in the document: a path relative to it; empty for the document itself. */
  path: string;
  /** The heading after `#`; undefined without one. */
  anchor: string | undefined;
}

/** Inline links and images. Addresses with a scheme, `https:` or `mailto:`, are not of this project. */
const LINKS = /\]\((?![a-z][a-z0-9+.-]*:)([^)\s#]*)(?:#([^)\s]*))?[^)]*\)/g;

/** Paths from the top of the project, as prose and commands name them. */
const PATHS = /(?<![\w./-])(?:src|test|build|bench)\/[\w./-]*\w/g;

const HEADINGS = /^#{1,6} +(.+)$/gm;

/** The links of a document to files of this project. */
export function linksOf(document: string): Link[] {
  return [...withoutCode(document).matchAll(LINKS)].map(([, path = "", anchor]) => ({ path, anchor }));
}

/** Paths of this project that a document names, `src/main.ts`, each once. */
export function pathsOf(document: string): string[] {
  return [...new Set([...document.matchAll(PATHS)].map(([path]) => path))];
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(document: string): string[] {
  return [...withoutCode(document).matchAll(HEADINGS)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(document: string): string {
  return document.replaceAll(/^```.*?^```/gms, "");
}
