/** What can stand in the configuration file: an entry for each setting, named as its flag is. */

import { entryOfVariable } from "../settings/file-entries.ts";
import { ALL_SETTINGS, type SettingDefinition } from "../settings/names.ts";

/** What is known of an entry before it is read. */
export interface EntryDefinition {
  /** Environment variables of the same setting. */
  variables: readonly string[];
  /** A variable that, where it is true, has all of them but the first ignored. */
  ignoredBy?: string;
  /** The flag; a secret has none, since others of the machine can read command lines. */
  flag?: string;
  /** What separates the values of a list; a comma by default. */
  separator?: string;
  /** Whether others may not read a file that holds the value. */
  secret?: boolean;
  /** Whether the value must not be shown, though it is no secret by itself. */
  hidden?: boolean;
  /** Whether the value names files, of which relative ones are beside the configuration file. */
  path?: "file" | "files" | "target";
}

const PATHS: Readonly<Record<string, EntryDefinition["path"]>> = {
  ...{ s3target: "target", "copy-to": "target" },
  kubeconfig: "files",
  "copy-ca-bundle": "file",
  ...{ "ca-bundle": "file", identity: "file", "signing-key-file": "file", "allowed-signers-file": "file" },
};

/** Flags that are for one command line: they choose the profile, or put a guard aside. */
const NO_ENTRIES: readonly string[] = ["profile", "unsigned"];

/** Settings without a flag. Each entry is named as the variable, in small letters. */
const WITHOUT_FLAG: readonly (EntryDefinition & { variable: string })[] = [
  { variable: "AWS_PROFILE", variables: [] },
  { variable: "AWS_ACCESS_KEY_ID", variables: [], hidden: true },
  { variable: "AWS_SECRET_ACCESS_KEY", variables: [], secret: true },
  { variable: "AWS_SESSION_TOKEN", variables: [], secret: true },
  { variable: "AWS_REGION", variables: ["AWS_DEFAULT_REGION"] },
  { variable: "AGE_KEY", variables: ["SOPS_AGE_KEY"], secret: true },
  { variable: "SIGNING_KEY", variables: [], secret: true },
  { variable: "ALLOWED_SIGNERS", variables: [] },
  { variable: "NOTIFY_URL", variables: [], secret: true },
  { variable: "HEARTBEAT_URL", variables: [], secret: true },
  { variable: "NOTIFY_URL_FILE", variables: [], path: "file" },
  { variable: "HEARTBEAT_URL_FILE", variables: [], path: "file" },
  { variable: "COPY_AWS_ACCESS_KEY_ID", variables: [], hidden: true },
  { variable: "COPY_AWS_SECRET_ACCESS_KEY", variables: [], secret: true },
  { variable: "COPY_AWS_SESSION_TOKEN", variables: [], secret: true },
  { variable: "COPY_AWS_ACCESS_KEY_ID_FILE", variables: [], path: "file" },
  { variable: "COPY_AWS_SECRET_ACCESS_KEY_FILE", variables: [], path: "file" },
  { variable: "COPY_AWS_SESSION_TOKEN_FILE", variables: [], path: "file" },
  { variable: "COPY_AWS_REGION", variables: ["COPY_AWS_DEFAULT_REGION"] },
];

/** All entries by name, in the order of the help. */
export const ENTRIES: ReadonlyMap<string, EntryDefinition> = new Map<string, EntryDefinition>([
  ...(Object.values(ALL_SETTINGS) as SettingDefinition[])
    .filter(({ flag }) => !NO_ENTRIES.includes(flag))
    .map(({ flag, variable, otherVariables = [], otherVariablesIgnoredBy: ignoredBy, hidden, type }) => {
      const variables = [...(variable === undefined ? [] : [variable]), ...otherVariables];
      const path = PATHS[flag];
      const more = {
        ...(path === undefined ? {} : { path }),
        ...(type === "lines" ? { separator: "\n" } : {}),
        ...(hidden === undefined ? {} : { hidden }),
        ...(ignoredBy === undefined ? {} : { ignoredBy }),
      };
      return [flag, { variables, flag, ...more }] as const;
    }),
  ...WITHOUT_FLAG.map(
    ({ variable, variables, ...rest }) =>
      [entryOfVariable(variable), { ...rest, variables: [variable, ...variables] }] as const,
  ),
]);

/**
 * Entries that are one setting in several forms or parts. Where one of them is given, those of a lower place do not count: a
 * key of one account has no use for another's token.
 */
export const TOGETHER: readonly (readonly string[])[] = [
  ["aws-profile", "aws-access-key-id", "aws-secret-access-key", "aws-session-token"],
  [
    ...["copy-aws-access-key-id", "copy-aws-secret-access-key", "copy-aws-session-token"],
    ...["copy-aws-access-key-id-file", "copy-aws-secret-access-key-file", "copy-aws-session-token-file"],
  ],
  ["age-key", "identity"],
  ["notify-url", "notify-url-file"],
  ["heartbeat-url", "heartbeat-url-file"],
  ["signing-key", "signing-key-file"],
  ["allowed-signers", "allowed-signers-file"],
];

/** The entry that is probably meant by a variable's name, or by a name in another spelling: `S3TARGET`, `keepDaily`. */
export function entryMeantBy(word: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  const [name] =
    [...ENTRIES].find(([entry, { variables }]) =>
      [entry, ...variables].some((each) => plain(each) === plain(word)),
    ) ?? [];
  return name;
}
