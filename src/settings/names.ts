/**
 * The settings that are no secrets: an environment variable and a flag each, of which the flag wins.
 * The access key (`access-key.ts`) comes from the environment alone, since other users of a machine
 * can read command lines.
 */

/** How a setting is given and what it is for. */
export interface SettingDefinition {
  /** Environment variable; a setting without one is a flag only, as with kubectl. */
  variable?: string;
  /** Flag, without its dashes. */
  flag: string;
  /** A switch is on or off. */
  type: "text" | "switch";
  /** One line for the help. */
  describe: string;
}

/** All of them, in the order of the help. */
export const SETTINGS = {
  s3target: {
    variable: "S3TARGET",
    flag: "s3target",
    type: "text",
    describe: "Where backups are: s3://BUCKET/PREFIX or file:///FOLDER",
  },
  frequencyMinutes: {
    variable: "FREQUENCY",
    flag: "frequency",
    type: "text",
    describe: "Minutes from one backup to the next",
  },
  maxRestoreAgeMinutes: {
    variable: "MAXRESTOREAGE",
    flag: "max-restore-age",
    type: "text",
    describe: "Oldest backup that the restore gate restores, in minutes",
  },
  endpoint: {
    variable: "ENDPOINT_URI",
    flag: "endpoint-uri",
    type: "text",
    describe: "S3 server, where it is not Amazon's",
  },
  restoreIntoEmptyOnly: {
    variable: "RESTORE_INTO_EMPTY_ONLY",
    flag: "restore-into-empty-only",
    type: "switch",
    describe: "Refuse to restore another cluster's backup into a cluster that runs things already",
  },
  listen: {
    variable: "LISTEN",
    flag: "listen",
    type: "text",
    describe: "Where run answers the probes /livez and /readyz, for example :8080; nowhere by default",
  },
  kubeconfig: {
    variable: "KUBECONFIG",
    flag: "kubeconfig",
    type: "text",
    describe: "Kubeconfig of the cluster",
  },
  context: {
    flag: "context",
    type: "text",
    describe: "Context of the kubeconfig",
  },
  quiet: {
    flag: "quiet",
    type: "switch",
    describe: "Show no progress",
  },
  debug: {
    variable: "DEBUG",
    flag: "debug",
    type: "switch",
    describe: "Log in detail",
  },
} as const satisfies Record<string, SettingDefinition>;

/** What the program calls a setting. */
export type SettingName = keyof typeof SETTINGS;
