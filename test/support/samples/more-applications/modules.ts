/** Public applications, each with the Go module that holds its manifests: nothing of theirs is kept here. */

/** An application, and where its manifests are. */
export interface Application {
  /** Also the name of the file in `custom-resources`. */
  name: string;
  /** Path and version, as `go mod download` takes them. */
  module: string;
  /** Digest of the module's files, as in a go.sum. */
  sum: string;
  /** Files, or folders whose YAML files are meant, those below them included; relative to the module. */
  manifests: readonly string[];
  /** Namespace of the objects that name none. */
  namespace?: string;
}

/** Operators, policies, meshes, storage, scaling, machines and CI. */
export const APPLICATIONS: readonly Application[] = [
  {
    name: "gateway-api",
    module: "sigs.k8s.io/gateway-api@v1.6.3",
    sum: "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
    manifests: [
      ...["gatewayclasses", "gateways", "httproutes", "referencegrants", "vap_safeupgrades"].map(
        (name) => `config/crd/standard/gateway.networking.k8s.io_${name}.yaml`,
      ),
    ],
  },
  {
    name: "istio",
    module: "istio.io/api@v1.32.0",
    sum: "h1:37mJvg9I0biYZAEQF+MATs4FNeCpXEIVO3LFpVb6iNM=",
    manifests: ["kubernetes/customresourcedefinitions.gen.yaml"],
  },
  {
    name: "volume-snapshots",
    module: "github.com/kubernetes-csi/external-snapshotter/client/v8@v8.6.0",
    sum: "h1:FtGewu2k6HWw6evLGXY8JqUZ9eHpti1kd3e4amj+ilA=",
    manifests: ["config/crd"],
  },
  {
    name: "keda",
    module: "github.com/kedacore/keda/v2@v2.20.2",
    sum: "h1:SR60v8uIcelbveS8n/1jcl8tLdBBIbHMxmdOHw8tKqA=",
    manifests: ["scaledjobs", "scaledobjects", "triggerauthentications"].map(
      (name) => `config/crd/bases/keda.sh_${name}.yaml`,
    ),
  },
  {
    name: "knative-serving",
    module: "knative.dev/serving@v0.51.0",
    sum: "h1:yN2Q7eYqJgoPfZkATjoBZyGbZ2P1Qhns9HIMU4mF+to=",
    manifests: [
      ...["100-namespace.yaml", "200-roles", "200-serviceaccount.yaml", "300-resources"],
      ...["configmaps", "deployments", "webhooks"],
    ].map((name) => `config/core/${name}`),
  },
  {
    name: "kyverno",
    module: "github.com/kyverno/kyverno@v1.19.0",
    sum: "h1:KV42j5lv9lN6WgFlt4X+Mhn0aQD0wLWzlJ/5jdWVdqI=",
    manifests: [
      "config/crds/kyverno/kyverno.io_cleanuppolicies.yaml",
      "config/crds/policies.kyverno.io/policies.kyverno.io_validatingpolicies.yaml",
      "config/crds/policyreport",
    ],
  },
  {
    name: "metallb",
    module: "go.universe.tf/metallb@v0.16.2",
    sum: "h1:RCSAGoZmqcvTg0e56+Okbwz8iTuQVX30JpKX5mYEPUM=",
    manifests: ["config/manifests/metallb-native.yaml"],
  },
  {
    name: "kueue",
    module: "sigs.k8s.io/kueue@v0.17.0",
    sum: "h1:7hzb38M4eKGzYW+CFv2s1L+swzzacUCHOCXxZmAV90I=",
    manifests: ["clusterqueues", "localqueues", "resourceflavors", "workloads"].map(
      (name) => `config/components/crd/bases/kueue.x-k8s.io_${name}.yaml`,
    ),
  },
  {
    name: "argo-rollouts",
    module: "github.com/argoproj/argo-rollouts@v1.10.1",
    sum: "h1:6oyVPGiHHxu3ixkT6mngemh88HLPDoTX1IwO6KNR1Y4=",
    manifests: [
      ...["analysis-run", "rollout"].map((kind) => `manifests/crds/${kind}-crd.yaml`),
      ...["manifests/base", "manifests/role"],
    ],
    namespace: "argo-rollouts",
  },
  {
    name: "argo-workflows",
    module: "github.com/argoproj/argo-workflows/v4@v4.0.5",
    sum: "h1:/1lru5oXUd+k6KEDUps6rLX5OKfi1jTfabgXTly/VFU=",
    manifests: ["cronworkflows", "workflows", "workflowtaskresults", "workflowtemplates"].map(
      (name) => `manifests/base/crds/minimal/argoproj.io_${name}.yaml`,
    ),
  },
  {
    name: "sealed-secrets",
    module: "github.com/bitnami-labs/sealed-secrets@v0.27.1",
    sum: "h1:oSq/rCGYz0pk7RP4RacIorG/VCWA6c4D8wIEpRkZAUg=",
    manifests: ["helm/sealed-secrets/crds"],
  },
  {
    name: "trust-manager",
    module: "github.com/cert-manager/trust-manager@v0.25.0",
    sum: "h1:nGtkHH9wEacI5uACdsq8wqCKWsCw1PMrwHPJcrUFUXA=",
    manifests: ["deploy/crds"],
  },
  {
    name: "flux-source",
    module: "github.com/fluxcd/source-controller@v1.8.0",
    sum: "h1:h549HUCBEG4jGs3uFYfb2+/XhJjcz+pvB8VG4mdSYDw=",
    manifests: ["config/crd/bases"],
  },
  {
    name: "karpenter",
    module: "sigs.k8s.io/karpenter@v1.12.0",
    sum: "h1:SffONGtSqVfTiEBM55OZb5ZVEsBPaEcLuRLL8v98sPo=",
    manifests: ["pkg/apis/crds"],
  },
  {
    name: "cluster-api",
    module: "sigs.k8s.io/cluster-api@v1.13.6",
    sum: "h1:imZVIstbRIq2DoKftQv0wPm+vyhWXrE3Zft8E43maqo=",
    manifests: [
      ...["clusters", "machinedeployments", "machines", "machinesets"].map(
        (name) => `config/crd/bases/cluster.x-k8s.io_${name}.yaml`,
      ),
      "config/crd/bases/addons.cluster.x-k8s.io_clusterresourcesetbindings.yaml",
    ],
  },
  {
    name: "gatekeeper",
    module: "github.com/open-policy-agent/gatekeeper/v3@v3.23.1",
    sum: "h1:njHTm0SJ6ZEhhEgmQTpJKTGQbc99fSs4hGiEp1OIKck=",
    manifests: [
      "config/crd/bases/constrainttemplate-customresourcedefinition.yaml",
      "config/crd/bases/status.gatekeeper.sh_constrainttemplatepodstatuses.yaml",
    ],
  },
];
