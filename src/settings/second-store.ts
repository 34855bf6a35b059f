/** The second store, into which backups are copied: its place, and how it is reached. */

import type { ObjectLock } from "../store/contract/s3-options.ts";
import type { Target } from "../store/contract/target.ts";
import type { AccessKey } from "./access-key.ts";
import { entryOfVariable, type FileEntries } from "./file-entries.ts";
import { readText } from "./files.ts";
import type { SettingName } from "./names.ts";
import { lockProblem, objectLockOf, readCopyLock } from "./object-lock.ts";
import { readS3, type S3Names, type S3Settings, s3Problems } from "./s3.ts";
import { Secret } from "./secret.ts";
import { type Parsed, parseEndpoint, parseTarget } from "./values.ts";
import { type Environment, findVariable, readVariable } from "./variables.ts";

/** How a store is reached, and what is asked for its objects. */
export interface StoreSettings {
  endpoint?: URL | undefined;
  region?: string | undefined;
  accessKey?: AccessKey | undefined;
  /** The profile of the AWS configuration, where the configuration file names one. */
  awsProfile?: string | undefined;
  s3?: S3Settings | undefined;
  objectLock?: ObjectLock | undefined;
}

/** The second store, resolved: what it shares with the first is in it. */
export interface SecondStore extends StoreSettings {
  target: Target;
}

/** Reads one setting; undefined if the setting is missing or invalid. */
type ReadSetting = <Value>(name: SettingName, parse: (text: string) => Parsed<Value>) => Value | undefined;

const PREFIX = "COPY_";
const WORDS = { prefix: PREFIX, place: "COPY_TO" };

const SECOND: S3Names = {
  ...{ addressing: "copyS3Addressing", ca: "copyCaBundle", sse: "copyS3Sse" },
  ...{ sseKmsKeyId: "copyS3SseKmsKeyId", storageClass: "copyS3StorageClass", tags: "copyS3ObjectTags" },
};

/**
 * Reads the second store.
 *
 * @param first how the store of S3TARGET is reached.
 * @returns the store, undefined where COPY_TO is not set, and the problems, which never contain keys.
 */
export function readSecondStore(
  read: ReadSetting,
  { environment, file }: { environment: Environment; file: FileEntries },
  first: StoreSettings & { s3target?: Target | undefined },
): { second: SecondStore | undefined; problems: string[] } {
  const target = read("copyTo", parseTarget);
  const lock = readCopyLock(read);
  const { key, problems } = readCopyKey(environment, file);
  const own: StoreSettings = {
    endpoint: read("copyEndpoint", parseEndpoint),
    region:
      readVariable(environment, `${PREFIX}AWS_REGION`) ||
      readVariable(environment, `${PREFIX}AWS_DEFAULT_REGION`) ||
      file.get(entryOfVariable(`${PREFIX}AWS_REGION`))?.text.trim(),
    accessKey: key,
    s3: readS3(read, SECOND),
    objectLock: objectLockOf(lock),
  };
  if (target === undefined) return { second: undefined, problems };
  const second = { target, ...reachedAs(own, first) };
  const ofLock = lockProblem(lock, target, WORDS);
  return {
    second,
    problems: [
      ...problems,
      ...s3Problems({ s3: second.s3, endpoint: second.endpoint, target }, WORDS),
      ...(ofLock === undefined ? [] : [ofLock]),
    ],
  };
}

/**
 * How the second store is reached. With a server or a key of its own it shares nothing with the first: another account's key
 * is for another server, mostly. Otherwise it is on the same server, and what is not said of it is as for the first. What is
 * asked for objects, such as a KMS key, is each store's own.
 */
function reachedAs(own: StoreSettings, first: StoreSettings): StoreSettings {
  if (own.endpoint !== undefined || own.accessKey !== undefined) return own;
  const { addressing, ca } = first.s3 ?? {};
  const shared = {
    ...(addressing === undefined ? {} : { addressing }),
    ...(ca === undefined ? {} : { ca }),
  };
  return {
    ...own,
    endpoint: first.endpoint,
    region: own.region ?? first.region,
    accessKey: first.accessKey,
    awsProfile: first.awsProfile,
    s3: { ...shared, ...own.s3 },
  };
}

/** Whether two stores are one place, as far as their texts tell. */
export function isSamePlace(
  first: { target: Target | undefined; endpoint?: URL | undefined },
  second: { target: Target; endpoint?: URL | undefined },
): boolean {
  const [one, other] = [first.target, second.target];
  if (one?.kind === "file" && other.kind === "file") return one.folder === other.folder;
  return (
    one?.kind === "s3" &&
    other.kind === "s3" &&
    one.bucket === other.bucket &&
    one.prefix === other.prefix &&
    first.endpoint?.href === second.endpoint?.href
  );
}

/** The access key of the second store: each part in its variable, or in a file that the variable with _FILE names. */
function readCopyKey(
  environment: Environment,
  file: FileEntries,
): { key: AccessKey | undefined; problems: string[] } {
  const problems: string[] = [];
  const textOf = (variable: string) => {
    const { name, text = "" } = findVariable(environment, variable);
    const entry = file.get(entryOfVariable(variable));
    if (text.trim() !== "" || entry === undefined) return { label: name, text: text.trim() };
    return { label: entry.label, text: entry.text.trim() };
  };
  const read = (name: string): string => {
    const { text } = textOf(PREFIX + name);
    if (text !== "") return text;
    const { label, text: path } = textOf(`${PREFIX}${name}_FILE`);
    if (path === "") return "";
    const found = readText(path);
    const value = "value" in found ? found.value.trim() : "";
    if ("problem" in found) problems.push(`${label} ${found.problem}`);
    else if (value === "") problems.push(`${label} names a file that is empty`);
    return value;
  };
  const id = read("AWS_ACCESS_KEY_ID");
  const secret = read("AWS_SECRET_ACCESS_KEY");
  const token = read("AWS_SESSION_TOKEN");
  if (problems.length > 0 || (id === "" && secret === "")) return { key: undefined, problems };
  const [missing, given] =
    id === "" ? ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"] : ["SECRET_ACCESS_KEY", "ACCESS_KEY_ID"];
  if (id === "" || secret === "") {
    const problem = `${PREFIX}AWS_${missing} is missing, and ${PREFIX}AWS_${given} is set: set both, or neither`;
    return { key: undefined, problems: [problem] };
  }
  const key = { accessKeyId: new Secret(id), secretAccessKey: new Secret(secret), sharedVariables: [] };
  return { key: token === "" ? key : { ...key, sessionToken: new Secret(token) }, problems: [] };
}
