/** A scan of texts for secrets, without I/O. What it cannot know, a reviewer must see: it knows forms, and no meaning. */

/** A form that secrets have. */
interface Form {
  title: string;
  pattern: RegExp;
}

const FORMS: readonly Form[] = [
  { title: "an access key of AWS", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    title: "a secret key of AWS",
    pattern: /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
  },
  {
    // Its first line alone is in every program that reads one.
    title: "a private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|[\w-]+: .*)*[A-Za-z0-9+/=]{40,}/g,
  },
  {
    title: "an age identity",
    pattern: /\bAGE-(?:SECRET-KEY|SECRET-KEY-PQ|PLUGIN-[A-Z0-9]+)-1[A-Z0-9]{20,}/g,
  },
  { title: "a token of GitHub", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})/g },
  { title: "a token of npm", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { title: "a token of Slack", pattern: /\bxox[abeprs]-[A-Za-z0-9-]{20,}/g },
  { title: "a token of Google", pattern: /\bAIza[\w-]{35}\b|\bya29\.[\w-]{30,}/g },
  { title: "a JSON Web Token", pattern: /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/g },
  {
    title: "a password in a URL",
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`$<>{}]+:[^\s/@"'`$<>{}]{8,}@/g,
  },
];

/** Something in the tree that has the form of a secret and is none. */
export interface Known {
  /** Path in the tree. */
  file: string;
  /** What it is found as. */
  title: string;
  why: string;
}

/** Something that has the form of a secret. */
export interface Finding {
  file: string;
  line: number;
  title: string;
}

/** Finds what has the form of a secret. Says where, and never what. */
export function findSecrets(file: string, text: string): Finding[] {
  return FORMS.flatMap(({ title, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => ({
      file,
      line: text.slice(0, index).split("\n").length,
      title,
    })),
  );
}

/** Sentences about findings that nobody has explained, and about explanations of what is not there any more. */
export function secretProblems(findings: readonly Finding[], known: readonly Known[]): string[] {
  const isKnown = (finding: Finding) =>
    known.some(({ file, title }) => file === finding.file && title === finding.title);
  const gone = known.filter(
    ({ file, title }) => !findings.some((finding) => file === finding.file && title === finding.title),
  );
  return [
    ...findings
      .filter((finding) => !isKnown(finding))
      .map(({ file, line, title }) => `${file}:${line} has ${title}`),
    ...gone.map(
      ({ file, title }) => `${file} has no longer ${title}: take it out of build/checks/known-secrets.ts`,
    ),
  ];
}
