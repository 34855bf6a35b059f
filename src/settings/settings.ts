/** Reads the settings from the flags, the environment and the configuration file, and validates all settings before any work starts. */

import type { Identities } from "../encryption/identities.ts";
import { parseRecipients, type Recipients } from "../encryption/recipients.ts";
import { UsageError } from "../errors.ts";
import { SYSTEM_NAMESPACE, type SystemTerm } from "../objects/kept-system-objects.ts";
import { type KindsExpression, parseKinds } from "../selection/kinds-expression.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import type { SigningKey } from "../signatures/signing-key.ts";
import type { ObjectLock } from "../store/contract/s3-options.ts";
import type { Target } from "../store/contract/target.ts";
import type { CalendarLength } from "../time/calendar-length.ts";
import type { Schedule } from "../time/schedule.ts";
import { type AccessKey, readAccessKey } from "./access-key.ts";
import { parseKeyFile, readAgeKey } from "./age-key.ts";
import { entryOfVariable, type FileEntries, NO_ENTRIES } from "./file-entries.ts";
import { parseKubeconfig } from "./files.ts";
import { ALL_SETTINGS, type SettingDefinition, type SettingName } from "./names.ts";
import { type NotificationUrls, readNotificationUrls } from "./notification-urls.ts";
import { objectLockOf, objectLockProblems, readObjectLock } from "./object-lock.ts";
import { parseRehearsalUser, parseRehearse } from "./rehearsal.ts";
import { type RetentionSettings, readRetention } from "./retention.ts";
import { readS3, type S3Settings, s3Problems } from "./s3.ts";
import { readSecondStore, type SecondStore } from "./second-store.ts";
import { parseAllowedSignersFile, parseSigningKeyFile, readSignatureKeys } from "./signers.ts";
import { parseStatusPage, type StatusPage } from "./status-page.ts";
import { parseSystemTerms } from "./system-terms.ts";
import {
  type ColorChoice,
  DEFAULT_LEASE_TERM,
  type LogFormat,
  type Parsed,
  parseBackupName,
  parseChangeLog,
  parseClusterName,
  parseColor,
  parseEndpoint,
  parseGroups,
  parseImpersonated,
  parseKeepReports,
  parseKeepWithin,
  parseLeaseTerm,
  parseListen,
  parseLogFormat,
  parseMinAge,
  parseMinutes,
  parseNamespaceName,
  parseNamespaces,
  parseQps,
  parseRequestTimeout,
  parseRestoreTo,
  parseSwitch,
  parseTags,
  parseTarget,
  type RestoreTo,
  shown,
} from "./values.ts";
import { type Environment, findVariable, readVariable } from "./variables.ts";

/** All settings. Settings that a command does not need may be missing. */
export interface Settings extends NotificationUrls {
  /** The location of the backups. */
  s3target?: Target;
  /** The backup interval in minutes, at least 1. */
  frequencyMinutes?: number;
  /** Maximum age in minutes of a backup that the restore gate restores, at least 1. */
  maxRestoreAgeMinutes?: number;
  /** The access key; by default the S3 client uses its credential chain. */
  accessKey?: AccessKey;
  /** The profile of AWS' own files that the credential chain goes by, where AWS_PROFILE does not say so. */
  awsProfile?: string;
  /** Endpoint of an S3 server other than Amazon's. */
  endpoint?: URL;
  /** How S3 is reached, and what is asked for each object; undefined if nothing is set. */
  s3?: S3Settings;
  /** The lock that is asked for each backup; the bucket's default otherwise. */
  objectLock?: ObjectLock;
  /** The public keys that backups are encrypted to; none by default. */
  ageRecipients?: Recipients;
  /** The private keys that open encrypted backups; none by default. */
  identities?: Identities;
  /** Signs the notes of backups; they are not signed by default. */
  signingKey?: SigningKey;
  /** Whose backups are used; everybody's by default. */
  allowedSigners?: readonly AllowedSigner[];
  /** Whether backups are used that none of them has signed. */
  unsigned: boolean;
  /** Region of the bucket, from AWS_REGION or AWS_DEFAULT_REGION. */
  region?: string;
  /** The name of this cluster. */
  clusterName?: string;
  /** The cluster whose backup the restore gate restores, by name or uid; whichever it is by default. */
  restoreCluster?: string;
  /** Whether the restore gate restores the newest backup, or the newest certain moment of the change log; `backup` by default. */
  restoreTo?: RestoreTo;
  /** Whether the restore gate fails where there are no backups. */
  expectBackup: boolean;
  /** Whether a backup of another cluster may only be restored into an empty cluster. */
  restoreIntoEmptyOnly: boolean;
  /** Single objects of kube-system that are backed up and restored; none by default. */
  keepKubeSystem?: readonly SystemTerm[];
  /** The namespace in which the program runs: of its Leases and its record. */
  programNamespace: string;
  /** Whether workloads of others may be in that namespace too. */
  allowShared: boolean;
  /** The address of the probes; no probes by default. */
  listen?: { host?: string; port: number };
  /** What the status page at that address tells; no page by default. */
  statusPage?: StatusPage;
  /** Time between two flushes of the change log, in milliseconds; no change log by default. */
  changeLog?: number | "off";
  /** When the newest backup is rehearsed; never by default. */
  rehearse?: Schedule;
  /** Who is impersonated for that; the ServiceAccount of rehearsals by default. */
  rehearseAs?: string;
  /** After how long without a renewal another process takes a Lease over, in milliseconds. */
  leaseTerm: number;
  /** Path of a kubeconfig, or several paths separated by colons as in KUBECONFIG, some of which exist. */
  kubeconfig?: string;
  /** Context of the kubeconfig. */
  context?: string;
  /** The user to impersonate; nobody by default. */
  as?: string;
  /** The groups to impersonate besides; only with a user. */
  asGroups?: readonly string[];
  /** After how long a single request to the API server is given up, in milliseconds; never by default. */
  requestTimeout?: number;
  /** Rate limit of requests to the API server, per second; unlimited by default. */
  maxQps?: number;
  /** The kinds that backups hold; the default kinds if unset. */
  kinds?: KindsExpression;
  /** The kinds of which objects that have run are kept; none by default. */
  keepFinished?: KindsExpression;
  /** Globs of the namespaces that backups hold; all namespaces if unset. */
  includeNamespaces?: readonly string[];
  /** Globs of namespaces that backups do not hold. */
  excludeNamespaces?: readonly string[];
  /** Which backups to keep; all backups by default. */
  retention?: RetentionSettings;
  /** How far back the change log is kept; as far as backups go by default. */
  keepLog?: CalendarLength;
  /** How old notes and reports become whose backups are gone, where it is set. */
  keepReports?: CalendarLength | "unlimited";
  /** Tags whose backups stay besides those that the rules keep; none by default. */
  keepTags?: readonly string[];
  /** The name of a backup from which on backups may hold fewer objects than before. */
  acceptSmaller?: string;
  /** The minimum age of retention in milliseconds, where it is set. */
  pruneMinAge?: number;
  /** The second store, into which backups are copied; none by default. */
  copyTo?: SecondStore;
  /** The form of the log; chosen by the surroundings if unset. */
  logFormat?: LogFormat;
  /** When to write in color; by what the environment and the terminal say if unset. */
  color?: ColorChoice;
  /** The program that shows long output on a terminal, or a word that says none. */
  pager?: string;
  /** Whether to hide progress. */
  quiet: boolean;
  /** Whether to log in detail. */
  debug: boolean;
}

/** Settings that a command can require. */
export type NeededSetting = "s3target" | "frequencyMinutes" | "maxRestoreAgeMinutes" | "copyTo";

/** Settings in which the required settings are present. */
export type SettingsWith<Needed extends NeededSetting> = Settings & Required<Pick<Settings, Needed>>;

/** The sources of settings. */
export interface SettingsSource<Needed extends NeededSetting> {
  environment: Environment;
  /** The parsed command line: flags by name. */
  flags: Record<string, unknown>;
  /** The entries of the configuration file that count; none by default. */
  file?: FileEntries;
  /** Names of profiles that could be chosen, where none is. */
  profiles?: readonly string[];
  /** The settings that the command requires. */
  needs: readonly Needed[];
}

const EXAMPLES: Record<NeededSetting, string> = {
  s3target: "write s3://BUCKET/PREFIX or file:///FOLDER",
  frequencyMinutes: "set the minutes from one backup to the next, for example 15",
  maxRestoreAgeMinutes: "set the age in minutes above which no backup is restored, for example 1440",
  copyTo: "say where to, for example --to s3://BUCKET/PREFIX or --to file:///FOLDER",
};

/**
 * Reads the settings. An invalid setting is an error even if the command does not need the setting. An
 * empty setting counts as missing.
 *
 * @throws {UsageError} with all problems, each with the setting, the value and a valid example.
 */
export function readSettings<Needed extends NeededSetting>(
  source: SettingsSource<Needed>,
): SettingsWith<Needed> {
  const { environment, flags, file = NO_ENTRIES, profiles = [] } = source;
  const problems: string[] = [];

  function text(name: SettingName): string | undefined {
    const { given, label } = lookUp(name, { environment, flags, file });
    if (Array.isArray(given)) {
      problems.push(`${label} is given more than once: give it once`);
      return undefined;
    }
    const value = given === undefined ? "" : String(given).trim();
    if (value !== "") return value;
    if (source.needs.some((needed) => needed === name)) {
      const state = given === undefined ? "is missing" : "is empty";
      const profile = profiles.length === 0 ? "" : `, or choose a profile: --profile ${profiles.join("|")}`;
      problems.push(`${label} ${state}: ${EXAMPLES[name as NeededSetting]}${profile}`);
    }
    return undefined;
  }

  function read<Value>(name: SettingName, parse: (text: string) => Parsed<Value>): Value | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if ("value" in parsed) return parsed.value;
    const definition: SettingDefinition = ALL_SETTINGS[name];
    const what = definition.hidden === true ? "" : ` ${shown(value)}`;
    problems.push(`${lookUp(name, { environment, flags, file }).label}${what} ${parsed.problem}`);
    return undefined;
  }

  const found = {
    s3target: read("s3target", parseTarget),
    frequencyMinutes: read("frequencyMinutes", parseMinutes),
    maxRestoreAgeMinutes: read("maxRestoreAgeMinutes", parseMinutes),
    endpoint: read("endpoint", parseEndpoint),
    s3: readS3(read),
    ageRecipients: read("ageRecipients", parseRecipients),
    unsigned: read("unsigned", parseSwitch) ?? false,
    region:
      readVariable(environment, "AWS_REGION") ||
      readVariable(environment, "AWS_DEFAULT_REGION") ||
      file.get(entryOfVariable("AWS_REGION"))?.text.trim(),
    awsProfile: file.get(entryOfVariable("AWS_PROFILE"))?.text.trim(),
    clusterName: read("clusterName", parseClusterName),
    restoreCluster: read("restoreCluster", parseClusterName),
    restoreTo: read("restoreTo", parseRestoreTo),
    expectBackup: read("expectBackup", parseSwitch) ?? false,
    restoreIntoEmptyOnly: read("restoreIntoEmptyOnly", parseSwitch) ?? false,
    keepKubeSystem: read("keepKubeSystem", parseSystemTerms),
    programNamespace: read("programNamespace", parseNamespaceName) ?? SYSTEM_NAMESPACE,
    allowShared: read("allowShared", parseSwitch) ?? false,
    listen: read("listen", parseListen),
    statusPage: read("statusPage", parseStatusPage),
    changeLog: read("changeLog", parseChangeLog),
    rehearse: read("rehearse", parseRehearse),
    rehearseAs: read("rehearseAs", parseRehearsalUser),
    leaseTerm: read("leaseTerm", parseLeaseTerm) ?? DEFAULT_LEASE_TERM,
    kubeconfig: read("kubeconfig", parseKubeconfig),
    context: text("context"),
    as: read("as", parseImpersonated),
    asGroups: read("asGroups", parseGroups),
    requestTimeout: read("requestTimeout", parseRequestTimeout),
    maxQps: read("maxQps", parseQps),
    kinds: read("kinds", parseKinds),
    keepFinished: read("keepFinished", parseKinds),
    includeNamespaces: read("includeNamespaces", parseNamespaces),
    excludeNamespaces: read("excludeNamespaces", parseNamespaces),
    retention: readRetention(read),
    keepLog: read("keepLog", parseKeepWithin),
    keepReports: read("keepReports", parseKeepReports),
    keepTags: read("keepTags", parseTags),
    acceptSmaller: read("acceptSmaller", parseBackupName),
    pruneMinAge: read("pruneMinAge", parseMinAge),
    logFormat: read("logFormat", parseLogFormat),
    color: read("color", parseColor),
    pager: text("pager"),
    quiet: read("quiet", parseSwitch) ?? false,
    debug: read("debug", parseSwitch) ?? false,
  };
  const givenLock = readObjectLock(read);
  const accessKey = readAccessKey(environment, file);
  const ageKey = readAgeKey(environment, { ofFile: read("ageKeyFile", parseKeyFile), file });
  const { keys, problems: ofKeys } = readSignatureKeys(environment, {
    signingKey: read("signingKeyFile", parseSigningKeyFile),
    allowedSigners: read("allowedSignersFile", parseAllowedSignersFile),
    file,
  });
  const objectLock = objectLockOf(givenLock);
  const notifications = readNotificationUrls(environment, file);
  const copies = readSecondStore(
    read,
    { environment, file },
    { ...found, accessKey: accessKey.key, objectLock },
  );
  problems.push(
    ...accessKey.problems,
    ...ageKey.problems,
    ...ofKeys,
    ...s3Problems({ ...found, target: found.s3target }),
    ...objectLockProblems(givenLock, found),
    ...copies.problems,
    ...notifications.problems,
    ...(found.asGroups !== undefined && found.as === undefined
      ? ["--as-group is given, and --as is missing: say which user to impersonate"]
      : []),
  );
  if (problems.length > 0) throw new UsageError(problems);
  return withoutMissing({
    ...found,
    ...keys,
    ...notifications.urls,
    identities: ageKey.identities,
    accessKey: accessKey.key,
    objectLock,
    copyTo: copies.second,
  }) as SettingsWith<Needed>;
}

/** Returns the raw value of a setting and the label that messages use: the variable and the flag, or where in the file it is. */
function lookUp(
  name: SettingName,
  { environment, flags, file }: Required<Pick<SettingsSource<never>, "environment" | "flags" | "file">>,
): { given: unknown; label: string } {
  const definition: SettingDefinition = ALL_SETTINGS[name];
  const { variable, flag, type } = definition;
  if (variable === undefined) return { given: flags[flag], label: `--${flag}` };
  // In commands that restore or compare, the same flag is no setting, and a list.
  const isSetting = flags[flag] !== undefined && !(type === "list" && Array.isArray(flags[flag]));
  if (isSetting) return { given: flags[flag], label: `--${flag} (${variable})` };
  const found = findVariable(environment, variable, otherVariables(definition, environment));
  const entry = (found.text ?? "").trim() === "" ? file.get(flag) : undefined;
  if (entry !== undefined) return { given: entry.text, label: entry.label };
  return { given: found.text, label: `${found.name} (--${flag})` };
}

function otherVariables(
  { otherVariables: names = [], otherVariablesIgnoredBy: ignoredBy }: SettingDefinition,
  environment: Environment,
): readonly string[] {
  return ignoredBy !== undefined && environment[ignoredBy]?.trim().toLowerCase() === "true" ? [] : names;
}

/** Omits undefined and empty values: exact optional properties must not be undefined. */
function withoutMissing(values: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ""),
  );
}
