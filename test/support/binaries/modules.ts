/**
 * The programs that the tests run beside ours, and the Go modules in this folder that pin them.
 * A module is chosen by its folder's name: `kubernetes-1.36`, `minio`.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

/** Kubernetes' programs. */
type KubernetesName =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-proxy"
  | "kube-scheduler"
  | "kubectl"
  | "kubelet";

/** Programs with a module of their own, and its folder. */
const OF_THEIR_OWN = {
  actionlint: "actionlint",
  age: "age",
  "age-keygen": "age",
  "argo-rollouts": "argo-rollouts",
  helm: "helm",
  krew: "krew",
  minio: "minio",
  "sealed-secrets": "sealed-secrets",
  versitygw: "versitygw",
} as const;

/** All that can be built. */
export type BinaryName = KubernetesName | keyof typeof OF_THEIR_OWN;

/** How one program is built. */
export interface Recipe {
  name: BinaryName;
  /** Go's import path of the program. */
  package: string;
  /** What `go build` calls the executable when it is given a folder: the path's last part, `/v3` left out. */
  output: string;
  /** Minutes that a first build takes on two processors. */
  minutes: number;
}

/** A pinned Go module and what to build it with. */
export interface GoModule {
  /** The folder's name, `kubernetes-1.36`. */
  name: string;
  /** Its absolute path. */
  folder: string;
  /** The version as people know it, `1.36.3`. */
  version: string;
  /** Arguments of `go build` ahead of packages. */
  flags: string[];
}

/** The Kubernetes that is tested against when KUBERNETES_VERSION does not say another. */
const DEFAULT_KUBERNETES_VERSION = "1.36";

const PACKAGES: Record<BinaryName, { package: string; minutes: number }> = {
  actionlint: { package: "github.com/rhysd/actionlint/cmd/actionlint", minutes: 0.2 },
  age: { package: "filippo.io/age/cmd/age", minutes: 0.3 },
  "age-keygen": { package: "filippo.io/age/cmd/age-keygen", minutes: 0.1 },
  "argo-rollouts": { package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller", minutes: 3 },
  etcd: { package: "go.etcd.io/etcd/server/v3", minutes: 0.5 },
  helm: { package: "helm.sh/helm/v3/cmd/helm", minutes: 1.5 },
  "kube-apiserver": { package: "k8s.io/kubernetes/cmd/kube-apiserver", minutes: 4 },
  "kube-controller-manager": { package: "k8s.io/kubernetes/cmd/kube-controller-manager", minutes: 1 },
  "kube-proxy": { package: "k8s.io/kubernetes/cmd/kube-proxy", minutes: 0.5 },
  "kube-scheduler": { package: "k8s.io/kubernetes/cmd/kube-scheduler", minutes: 0.5 },
  kubectl: { package: "k8s.io/kubernetes/cmd/kubectl", minutes: 0.5 },
  kubelet: { package: "k8s.io/kubernetes/cmd/kubelet", minutes: 1 },
  krew: { package: "sigs.k8s.io/krew/cmd/krew", minutes: 0.5 },
  minio: { package: "github.com/minio/minio", minutes: 2 },
  "sealed-secrets": { package: "github.com/bitnami-labs/sealed-secrets/cmd/controller", minutes: 1 },
  versitygw: { package: "github.com/versity/versitygw/cmd/versitygw", minutes: 1.5 },
};

/** Names of everything that can be built. */
export const BINARY_NAMES = Object.keys(PACKAGES) as BinaryName[];

/** How a program is built. */
export function recipe(name: BinaryName): Recipe {
  const entry = PACKAGES[name];
  const output =
    entry.package
      .replace(/\/v\d+$/, "")
      .split("/")
      .at(-1) ?? name;
  return { name, package: entry.package, output, minutes: entry.minutes };
}

/**
 * The module that a program is built from.
 *
 * @param kubernetes which Kubernetes, `1.34`; otherwise what KUBERNETES_VERSION says, or the default.
 * @throws {Error} when that names a Kubernetes that there is no module for.
 */
export function moduleOf(name: BinaryName, kubernetes?: string): GoModule {
  const folders: Partial<Record<BinaryName, string>> = OF_THEIR_OWN;
  const folder = folders[name];
  return folder === undefined
    ? goModule(`kubernetes-${kubernetesVersion(kubernetes)}`, "k8s.io/kubernetes")
    : goModule(folder, PACKAGES[name].package);
}

function goModule(name: string, dependency: string): GoModule {
  const folder = path.join(import.meta.dirname, name);
  const goMod = readFileSync(path.join(folder, "go.mod"), "utf8");
  const module = goMod
    .split("\n")
    .map((line) => line.trim().split(" "))
    .find(([required]) => required !== undefined && isPartOf(dependency, required));
  const tag = module?.[1];
  if (tag === undefined) throw new Error(`Cannot read ${folder}/go.mod: it does not require ${dependency}`);
  // Without -X the API server calls itself v0.0.0-master+$Format:%H$, which kubectl cannot parse.
  const stamp =
    dependency === "k8s.io/kubernetes" ? ` -X k8s.io/component-base/version.gitVersion=${tag}` : "";
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w${stamp}`];
  return { name, folder, version: readable(tag), flags };
}

/** `v1.36.3` is 1.36.3; of a version that is a commit, the day is what people can read. */
function readable(tag: string): string {
  const commit = /[-.](\d{4})(\d{2})(\d{2})\d{6}-[0-9a-f]{12}$/.exec(tag);
  return commit === null ? tag.replace(/^v/, "") : `of ${commit.slice(1).join("-")}`;
}

/** Whether a package, by its import path, is the module's own or lies in it. */
function isPartOf(packagePath: string, module: string): boolean {
  return module.includes(".") && (packagePath === module || packagePath.startsWith(`${module}/`));
}

function kubernetesVersion(wanted: string | undefined): string {
  const version = wanted ?? process.env["KUBERNETES_VERSION"] ?? DEFAULT_KUBERNETES_VERSION;
  if (existsSync(path.join(import.meta.dirname, `kubernetes-${version}`, "go.mod"))) return version;
  const known = readdirSync(import.meta.dirname)
    .filter((entry) => entry.startsWith("kubernetes-"))
    .map((entry) => entry.slice("kubernetes-".length));
  throw new Error(
    `Cannot build Kubernetes: KUBERNETES_VERSION is ${JSON.stringify(version)}, known are ${known.sort().join(", ")}`,
  );
}
