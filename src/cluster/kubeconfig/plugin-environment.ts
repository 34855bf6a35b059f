import type { KubeconfigExec } from "./kubeconfig.ts";

/**
 * A program of AWS, or one around it, in the command line of a plug-in: `aws eks get-token`, `aws-iam-authenticator`,
 * `sh -c "… aws eks …"`, `aws-vault exec …`.
 */
const AWS_PROGRAM = /(?:^|[\s/\\"'=(])aws(?:-[\w-]+|2)?(?:\.exe)?(?=[\s"')]|$)/i;

/**
 * Decides what an exec plug-in inherits: all but the access key for S3, which is no business of the login to a cluster.
 * A program of AWS gets it, since such a key is AWS's own way to log in, to EKS too.
 *
 * @param withheld the variables of that key.
 * @returns the environment, with the variables that the kubeconfig gives, and the variables that are missing in it.
 */
export function pluginEnvironment(
  { command, args, env }: Pick<KubeconfigExec, "command" | "args" | "env">,
  inherited: Readonly<Record<string, string | undefined>>,
  withheld: readonly string[],
): { environment: Record<string, string | undefined>; missing: string[] } {
  const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const ofAws = [command, ...args].some((word) => AWS_PROGRAM.test(word));
  const missing = ofAws ? [] : withheld.filter((name) => inherited[name] !== undefined && !(name in given));
  const environment = Object.entries(inherited).filter(([name]) => !missing.includes(name));
  return { environment: { ...Object.fromEntries(environment), ...given }, missing };
}
