/**
 * The settings that are not secret: an environment variable, a flag, and an entry of the configuration file each, which is named
 * as the flag (`src/configuration/entries.ts`). The flag wins over the variable, and that over the file. Each variable is also read
 * with KUBE_BACKUP_ before its name (`variables.ts`).
 * The access key (`access-key.ts`) comes only from the environment, because other users of the machine
 * can read command lines.
 */

/** The variable, flag, type and help text of a setting. */
export interface SettingDefinition {
  /** Environment variable, with KUBE_BACKUP_ before it where the name is too common for one without. */
  variable?: string;
  /** Variables that other programs have for the same, in their order, under the setting's own. */
  otherVariables?: readonly string[];
  /** A variable that, where it is true, has the other variables ignored. */
  otherVariablesIgnoredBy?: string;
  /** Flag without dashes. */
  flag: string;
  /**
   * A switch is a boolean. A list is comma-separated, and its flag can be repeated. Lines are a list whose values may hold commas:
   * one a line in the variable.
   */
  type: "text" | "switch" | "list" | "lines";
  /** A letter that stands for the flag. */
  alias?: string;
  /** Whether a message must not show the value: somebody may have pasted a secret into it. */
  hidden?: boolean;
  /** One line of help. */
  describe: string;
}

/** The settings of all commands, in the order of the help. */
export const SETTINGS = {
  profile: {
    variable: "KUBE_BACKUP_PROFILE",
    flag: "profile",
    type: "text",
    describe: "Profile of the configuration file: a store, a context and whatever else it sets",
  },
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
    describe: "Time from one backup to the next, in minutes or as 6h",
  },
  maxRestoreAgeMinutes: {
    variable: "MAXRESTOREAGE",
    flag: "max-restore-age",
    type: "text",
    describe: "Oldest backup that the restore gate restores, in minutes or as 1d",
  },
  clusterName: {
    variable: "CLUSTER_NAME",
    flag: "cluster-name",
    type: "text",
    describe: "Name of this cluster, for backups and people; its kube-system's uid without it",
  },
  expectBackup: {
    variable: "EXPECT_BACKUP",
    flag: "expect-backup",
    type: "switch",
    describe: "Where there are no backups, the restore gate fails: for a cluster that is to be restored",
  },
  restoreCluster: {
    variable: "RESTORE_CLUSTER",
    flag: "restore-cluster",
    type: "text",
    describe:
      "Cluster whose backup the restore gate restores, by CLUSTER_NAME or uid, where several write here",
  },
  restoreTo: {
    variable: "RESTORE_TO",
    flag: "restore-to",
    type: "text",
    describe: "What the restore gate restores: backup (the newest), or newest (moment of the change log)",
  },
  restoreIntoEmptyOnly: {
    variable: "RESTORE_INTO_EMPTY_ONLY",
    flag: "restore-into-empty-only",
    type: "switch",
    describe: "Refuse to restore another cluster's backup into a cluster that runs things already",
  },
  keepKubeSystem: {
    variable: "KEEP_KUBE_SYSTEM",
    flag: "keep-kube-system",
    type: "text",
    describe: "Objects of kube-system to back up and restore: secret/NAME,configmap/NAME,secrets:LABEL=VALUE",
  },
  programNamespace: {
    variable: "POD_NAMESPACE",
    flag: "program-namespace",
    type: "text",
    describe: "Namespace in which kube-backup runs: of its Leases and its record; kube-system by default",
  },
  allowShared: {
    variable: "ALLOW_SHARED",
    flag: "allow-shared",
    type: "switch",
    describe: "Run in a namespace that has workloads of others too",
  },
  listen: {
    variable: "LISTEN",
    flag: "listen",
    type: "text",
    describe: "Where run answers /livez, /readyz and /metrics, for example :8080; nowhere by default",
  },
  statusPage: {
    variable: "STATUS_PAGE",
    flag: "status-page",
    type: "text",
    describe: "What the page / of LISTEN tells: off (default), counts, or names too",
  },
  changeLog: {
    variable: "CHANGE_LOG",
    flag: "change-log",
    type: "text",
    describe: "Time between two flushes of the change log of run, for example 5s; no change log by default",
  },
  rehearse: {
    variable: "REHEARSE",
    flag: "rehearse-schedule",
    type: "text",
    describe: "When run rehearses the newest backup: at 03:30 (UTC), or every 7d; never by default",
  },
  rehearseAs: {
    variable: "REHEARSE_AS",
    flag: "rehearse-as",
    type: "text",
    describe: "Whom run impersonates for that; the ServiceAccount kube-backup-rehearsal by default",
  },
  leaseTerm: {
    variable: "LEASE_TERM",
    flag: "lease-term",
    type: "text",
    describe:
      "After so long without a sign of life of run or restore, another one takes over; 60s by default",
  },
  kubeconfig: {
    variable: "KUBECONFIG",
    flag: "kubeconfig",
    type: "text",
    describe: "Kubeconfig of the cluster",
  },
  context: {
    variable: "KUBE_BACKUP_CONTEXT",
    flag: "context",
    type: "text",
    describe: "Context of the kubeconfig",
  },
  as: {
    variable: "KUBE_BACKUP_AS",
    flag: "as",
    type: "text",
    describe: "User to impersonate at the API server, as with kubectl",
  },
  asGroups: {
    variable: "KUBE_BACKUP_AS_GROUP",
    flag: "as-group",
    type: "lines",
    describe: "Group to impersonate, with --as; may be repeated",
  },
  requestTimeout: {
    variable: "KUBE_BACKUP_REQUEST_TIMEOUT",
    flag: "request-timeout",
    type: "text",
    describe: "Give up a single request to the API server after so long: 30s; 0, the default, for not at all",
  },
  maxQps: {
    variable: "MAX_QPS",
    flag: "max-qps",
    type: "text",
    describe: "Most requests a second to the API server; as many as it takes without it",
  },
  logFormat: {
    variable: "LOG_FORMAT",
    flag: "log-format",
    type: "text",
    describe: "Form of messages: text, or json, a line each; run off a terminal has json by default",
  },
  color: {
    variable: "KUBE_BACKUP_COLOR",
    flag: "color",
    type: "text",
    describe: "When to write in color: always, never, or auto for on a terminal; NO_COLOR, FORCE_COLOR",
  },
  pager: {
    variable: "PAGER",
    flag: "pager",
    type: "text",
    describe: "Program that shows long output on a terminal; less without it, --no-pager for none",
  },
  quiet: {
    variable: "KUBE_BACKUP_QUIET",
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

/** How S3 is reached, and what a bucket demands of objects. Of all commands, in a group of their own in the help. */
export const S3_SETTINGS = {
  endpoint: {
    variable: "ENDPOINT_URI",
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    otherVariables: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    otherVariablesIgnoredBy: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    flag: "endpoint-uri",
    type: "text",
    describe: "S3 server, where it is not Amazon's",
  },
  s3Addressing: {
    variable: "S3_ADDRESSING",
    flag: "s3-addressing",
    type: "text",
    describe: "Where requests name the bucket: path, virtual (in the host's name), or auto",
  },
  caBundle: {
    variable: "AWS_CA_BUNDLE",
    flag: "ca-bundle",
    type: "text",
    describe: "File of certificates (PEM) that the S3 server's must be of, in place of the usual ones",
  },
  s3Sse: {
    variable: "S3_SSE",
    flag: "s3-sse",
    type: "text",
    describe: "Encryption to ask for: AES256, aws:kms or aws:kms:dsse; the bucket's default otherwise",
  },
  s3SseKmsKeyId: {
    variable: "S3_SSE_KMS_KEY_ID",
    flag: "s3-sse-kms-key-id",
    type: "text",
    describe: "KMS key to ask for, with aws:kms",
  },
  s3StorageClass: {
    variable: "S3_STORAGE_CLASS",
    flag: "s3-storage-class",
    type: "text",
    describe: "Storage class to ask for, for example STANDARD_IA",
  },
  s3ObjectTags: {
    variable: "S3_OBJECT_TAGS",
    flag: "s3-object-tags",
    type: "text",
    describe: "Tags of the objects: team=platform,purpose=backup",
  },
  objectLock: {
    variable: "OBJECT_LOCK",
    flag: "object-lock",
    type: "text",
    describe: "Lock backups against removal: governance or compliance; needs OBJECT_LOCK_DAYS",
  },
  objectLockDays: {
    variable: "OBJECT_LOCK_DAYS",
    flag: "object-lock-days",
    type: "text",
    describe: "For how many days",
  },
  objectLockConfirm: {
    variable: "OBJECT_LOCK_CONFIRM",
    flag: "object-lock-confirm",
    type: "switch",
    describe: "Also for longer than the rules of retention keep backups",
  },
} as const satisfies Record<string, SettingDefinition>;

/** Keys of age. Of all commands, in a group of their own in the help. */
export const ENCRYPTION_SETTINGS = {
  ageRecipients: {
    variable: "AGE_RECIPIENTS",
    otherVariables: ["SOPS_AGE_RECIPIENTS"],
    flag: "age-recipients",
    type: "text",
    hidden: true,
    describe: "Public keys that backups are encrypted to: age1…,age1…; in plain without any",
  },
  ageKeyFile: {
    variable: "AGE_KEY_FILE",
    otherVariables: ["SOPS_AGE_KEY_FILE"],
    flag: "identity",
    alias: "i",
    type: "text",
    describe: "File of the private key that opens encrypted backups; the key itself may be in AGE_KEY",
  },
} as const satisfies Record<string, SettingDefinition>;

/** Who signs backups, and who is believed. Of all commands, in a group of their own in the help. */
export const SIGNATURE_SETTINGS = {
  signingKeyFile: {
    variable: "SIGNING_KEY_FILE",
    flag: "signing-key-file",
    type: "text",
    describe: "OpenSSH file of the Ed25519 key that signs backups; the key itself may be in SIGNING_KEY",
  },
  allowedSignersFile: {
    variable: "ALLOWED_SIGNERS_FILE",
    flag: "allowed-signers-file",
    type: "text",
    describe:
      "File of the signers whose backups are used, as of ssh-keygen; its lines may be in ALLOWED_SIGNERS",
  },
  unsigned: {
    flag: "unsigned",
    type: "switch",
    describe: "Use backups that nobody in ALLOWED_SIGNERS has signed, too",
  },
} as const satisfies Record<string, SettingDefinition>;

/** What a backup holds. Only for commands that take backups, and only in their help. */
export const CAPTURE_SETTINGS = {
  kinds: {
    variable: "KINDS",
    flag: "kinds",
    type: "text",
    describe:
      "Kinds to back up: +serviceaccounts,roles besides the usual eight, *.cert-manager.io, all,-secrets",
  },
  keepFinished: {
    variable: "KEEP_FINISHED",
    flag: "keep-finished",
    type: "text",
    describe: "Custom kinds of which objects that have run are kept, as in KINDS; a restore runs them again",
  },
  includeNamespaces: {
    variable: "INCLUDE_NAMESPACES",
    flag: "include-namespaces",
    type: "list",
    describe: "Only these namespaces: shop,team-*; of what is in none, only kinds that KINDS names",
  },
  excludeNamespaces: {
    variable: "EXCLUDE_NAMESPACES",
    flag: "exclude-namespaces",
    type: "list",
    describe: "Not these namespaces: sandbox,test-*",
  },
} as const satisfies Record<string, SettingDefinition>;

/** Which backups to keep. Only for commands that remove backups, and only in their help. */
export const RETENTION_SETTINGS = {
  keepLast: {
    variable: "KEEP_LAST",
    flag: "keep-last",
    type: "text",
    describe: "Keep the newest N backups",
  },
  keepHourly: {
    variable: "KEEP_HOURLY",
    flag: "keep-hourly",
    type: "text",
    describe: "Keep the newest of each of the last N hours that have any, UTC",
  },
  keepDaily: {
    variable: "KEEP_DAILY",
    flag: "keep-daily",
    type: "text",
    describe: "The same for days",
  },
  keepWeekly: {
    variable: "KEEP_WEEKLY",
    flag: "keep-weekly",
    type: "text",
    describe: "The same for weeks, from Monday",
  },
  keepMonthly: {
    variable: "KEEP_MONTHLY",
    flag: "keep-monthly",
    type: "text",
    describe: "The same for months",
  },
  keepYearly: {
    variable: "KEEP_YEARLY",
    flag: "keep-yearly",
    type: "text",
    describe: "The same for years",
  },
  keepWithin: {
    variable: "KEEP_WITHIN",
    flag: "keep-within",
    type: "text",
    describe: "Keep all of so long before the newest: 1y6mo7d2h (y, mo, w, d, h, min, s)",
  },
  keepLog: {
    variable: "KEEP_LOG",
    flag: "keep-log",
    type: "text",
    describe: "How far back the change log leads to any moment: 7d; as far as backups go without it",
  },
  keepReports: {
    variable: "KEEP_REPORTS",
    flag: "keep-reports",
    type: "text",
    describe:
      "How old notes and reports become whose backups are gone: 400d without it, or unlimited; no rule for backups",
  },
  keepTags: {
    variable: "KEEP_TAG",
    flag: "keep-tag",
    type: "list",
    describe: "Besides what the rules keep, keep backups with this tag; those with the tag keep stay anyway",
  },
  acceptSmaller: {
    variable: "ACCEPT_SMALLER",
    flag: "accept-smaller",
    type: "text",
    describe: "From this backup on, fewer objects than before are as they should be: its name",
  },
  pruneMinAge: {
    variable: "PRUNE_MIN_AGE",
    flag: "min-age",
    type: "text",
    describe:
      "For so long what was the newest may be under restore and stays, and what is new displaces nothing: 36h, 2d; 24h or MAXRESTOREAGE without it, 0 for not at all",
  },
} as const satisfies Record<string, SettingDefinition>;

/**
 * The second store, into which backups are copied: COPY_ before the name of a setting of S3 is that setting of it. Only for
 * commands that copy, and only in their help.
 */
export const COPY_SETTINGS = {
  copyTo: {
    variable: "COPY_TO",
    flag: "copy-to",
    type: "text",
    describe: "Second store, for copies: s3://BUCKET/PREFIX or file:///FOLDER",
  },
  copyEndpoint: {
    variable: "COPY_ENDPOINT_URI",
    flag: "copy-endpoint-uri",
    type: "text",
    describe: "Its S3 server",
  },
  copyS3Addressing: {
    variable: "COPY_S3_ADDRESSING",
    flag: "copy-s3-addressing",
    type: "text",
    describe: "path, virtual or auto",
  },
  copyCaBundle: {
    variable: "COPY_AWS_CA_BUNDLE",
    flag: "copy-ca-bundle",
    type: "text",
    describe: "Its certificates",
  },
  copyS3Sse: {
    variable: "COPY_S3_SSE",
    flag: "copy-s3-sse",
    type: "text",
    describe: "Encryption to ask for",
  },
  copyS3SseKmsKeyId: {
    variable: "COPY_S3_SSE_KMS_KEY_ID",
    flag: "copy-s3-sse-kms-key-id",
    type: "text",
    describe: "KMS key",
  },
  copyS3StorageClass: {
    variable: "COPY_S3_STORAGE_CLASS",
    flag: "copy-s3-storage-class",
    type: "text",
    describe: "Storage class",
  },
  copyS3ObjectTags: {
    variable: "COPY_S3_OBJECT_TAGS",
    flag: "copy-s3-object-tags",
    type: "text",
    describe: "Tags of objects",
  },
  copyObjectLock: {
    variable: "COPY_OBJECT_LOCK",
    flag: "copy-object-lock",
    type: "text",
    describe: "governance or compliance",
  },
  copyObjectLockDays: {
    variable: "COPY_OBJECT_LOCK_DAYS",
    flag: "copy-object-lock-days",
    type: "text",
    describe: "For how many days",
  },
} as const satisfies Record<string, SettingDefinition>;

/** Every setting. */
export const ALL_SETTINGS = {
  ...SETTINGS,
  ...S3_SETTINGS,
  ...ENCRYPTION_SETTINGS,
  ...SIGNATURE_SETTINGS,
  ...CAPTURE_SETTINGS,
  ...RETENTION_SETTINGS,
  ...COPY_SETTINGS,
};

/** The internal name of a setting. */
export type SettingName = keyof typeof ALL_SETTINGS;
