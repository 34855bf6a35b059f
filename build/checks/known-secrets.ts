import type { Known } from "./secrets.ts";

const PASSWORD = "a password in a URL";

/** What has the form of a secret and is none, each by file. */
export const KNOWN_SECRETS: readonly Known[] = [
  {
    file: "test/engine/store/s3-reach.test.ts",
    title: PASSWORD,
    why: "The test is that none of a proxy's URL is shown",
  },
  {
    file: "test/support/samples/round-trip/secrets.yaml",
    title: PASSWORD,
    why: "Sample Secrets, which tests look for in all that the program writes",
  },
];
