import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseDocument, type YAMLError } from "yaml";
import { UsageError } from "../../errors.ts";
import { joinKubeconfigs, type Kubeconfig, readKubeconfig } from "./kubeconfig.ts";
import { SERVICE_ACCOUNT } from "./pod.ts";

/** A pipe of `<(command)` can be read only once: its text is kept. */
const PIPES = new Map<string, string>();

/**
 * Reads the kubeconfig that kubectl would read: the files that are named (missing files of a list are skipped),
 * ~/.kube/config, or in a pod the ServiceAccount.
 *
 * @param named One file, or several as in KUBECONFIG.
 * @throws {UsageError} where there is no kubeconfig, or the kubeconfig cannot be read.
 */
export function loadKubeconfig(named: string | undefined): Kubeconfig {
  const given = (named ?? "").split(path.delimiter).filter((file) => file !== "");
  if (given.length === 1) return readFile(given[0] ?? "");
  if (given.length > 1) {
    const there = given.filter((file) => existsSync(file));
    if (there.length > 0) return joinKubeconfigs(there.map(readFile));
    throw unreadable(given.join(", "), "there are no such files", undefined);
  }
  const usual = path.join(homedir(), ".kube", "config");
  if (existsSync(usual)) return readFile(usual);
  const own = ownCluster();
  if (own !== undefined) return own;
  throw new UsageError([`Cannot choose a cluster: there is no kubeconfig, neither named nor at ${usual}`], {
    advice: "Name one with KUBECONFIG or --kubeconfig",
  });
}

function readFile(file: string): Kubeconfig {
  let content: string;
  try {
    content = PIPES.get(file) ?? readFileSync(file, "utf8");
    if (!statSync(file).isFile()) PIPES.set(file, content);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw unreadable(
      file,
      code === "ENOENT" ? "there is no such file" : `the file is not readable (${code})`,
      error,
    );
  }
  return readKubeconfig(parse(file, content), path.dirname(path.resolve(file)));
}

/** Parses YAML, of which JSON is a part. The parser's errors quote the file, which holds credentials: only the position is reported. */
function parse(file: string, content: string): unknown {
  const document = parseDocument(content, { prettyErrors: true, logLevel: "error" });
  const [error] = document.errors as YAMLError[];
  if (error !== undefined) throw malformed(file, error.linePos?.[0]?.line, error.code);
  try {
    return document.toJS();
  } catch {
    throw malformed(file, undefined, "BAD_ALIAS");
  }
}

function malformed(file: string, line: number | undefined, code: string): UsageError {
  return unreadable(file, `it is no YAML${line === undefined ? "" : `, from line ${line} on`} (${code})`);
}

function unreadable(file: string, reason: string, cause?: unknown): UsageError {
  return new UsageError([`Cannot read the kubeconfig ${file}: ${reason}`], {
    cause,
    advice: "Name a readable file with KUBECONFIG or --kubeconfig",
  });
}

/** The cluster in which this pod runs. */
function ownCluster(): Kubeconfig | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const file = (name: string) => path.join(SERVICE_ACCOUNT, name);
  if (host === undefined || port === undefined || !existsSync(file("token"))) return undefined;
  const namespace = existsSync(file("namespace"))
    ? readFileSync(file("namespace"), "utf8").trim()
    : undefined;
  const name = "inClusterContext";
  return {
    clusters: new Map([
      [
        name,
        {
          server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
          caFile: file("ca.crt"),
          skipTlsVerify: false,
        },
      ],
    ]),
    users: new Map([[name, { tokenFile: file("token"), asGroups: [], asExtra: {} }]]),
    contexts: new Map([[name, { cluster: name, user: name, namespace }]]),
    currentContext: name,
  };
}
