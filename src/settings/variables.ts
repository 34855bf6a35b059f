const OWN_PREFIX = "KUBE_BACKUP_";

/** Secrets of this program that have names without the prefix. */
const OWN_SECRETS: ReadonlySet<string> = new Set([
  ...["AGE_KEY", "SIGNING_KEY", "NOTIFY_URL", "HEARTBEAT_URL"],
  ...["COPY_AWS_ACCESS_KEY_ID", "COPY_AWS_SECRET_ACCESS_KEY", "COPY_AWS_SESSION_TOKEN"],
]);

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of a setting. */
export interface FoundVariable {
  /** The variable that is set, or the setting's own name. */
  name: string;
  /** The value as it stands; undefined where no variable is set. */
  text: string | undefined;
}

/** The name under which a setting is kube-backup's alone: other programs read AWS_REGION and DEBUG too. */
export function ownVariable(name: string): string {
  return name.startsWith(OWN_PREFIX) ? name : `${OWN_PREFIX}${name}`;
}

/**
 * Whether a variable is nobody else's: the programs that this one starts (exec plug-ins, credential processes) do not
 * inherit it. A secret of this program that has a name without the prefix belongs here.
 */
export function isOwnVariable(name: string): boolean {
  const upper = name.toUpperCase();
  return upper.startsWith(OWN_PREFIX) || OWN_SECRETS.has(upper);
}

/**
 * Finds the variable of a setting: KUBE_BACKUP_NAME wins over NAME, and NAME over its other names. A variable that is
 * empty counts only where no other one holds anything.
 */
export function findVariable(
  environment: Environment,
  name: string,
  otherNames: readonly string[] = [],
): FoundVariable {
  const names = [ownVariable(name), name, ...otherNames];
  const found =
    names.find((each) => (environment[each]?.trim() ?? "") !== "") ??
    names.find((each) => environment[each] !== undefined) ??
    name;
  return { name: found, text: environment[found] };
}

/** The value of a setting's variable without white space at its ends; empty where there is none. */
export function readVariable(environment: Environment, name: string): string {
  return findVariable(environment, name).text?.trim() ?? "";
}
