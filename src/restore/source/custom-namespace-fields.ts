/** The fields of well-known custom resources that name namespaces. All others are noted, and stay as they are. */

import type { NamespaceField, NamespaceForm } from "./namespace-fields.ts";

/** Kinds of a group, and the paths of their fields, with dots between the steps. */
interface CustomKinds {
  group: string;
  kinds?: readonly string[];
  paths: readonly string[];
  form?: NamespaceForm;
}

const GATEWAY_API = "gateway.networking.k8s.io";
const ROUTES = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];
const ISTIO = "networking.istio.io";
const ISTIO_ROUTES = ["http", "tls", "tcp"];
const PROMETHEUS = "monitoring.coreos.com";
const ARGO = "argoproj.io";
const EXTERNAL_SECRETS = "external-secrets.io";
const FLUX = "toolkit.fluxcd.io";

const CUSTOM_KINDS: readonly CustomKinds[] = [
  // https://gateway-api.sigs.k8s.io/reference/spec/
  {
    group: GATEWAY_API,
    kinds: ROUTES,
    paths: [
      "spec.parentRefs.*.namespace",
      "spec.rules.*.backendRefs.*.namespace",
      "spec.rules.*.filters.*.requestMirror.backendRef.namespace",
      "spec.rules.*.backendRefs.*.filters.*.requestMirror.backendRef.namespace",
    ],
  },
  {
    group: GATEWAY_API,
    kinds: ["Gateway", "ListenerSet"],
    paths: [
      "spec.listeners.*.tls.**.*Refs.*.namespace",
      "spec.tls.**.*Refs.*.namespace",
      "spec.parentRef.namespace",
    ],
  },
  {
    group: GATEWAY_API,
    kinds: ["Gateway", "ListenerSet"],
    paths: [
      "spec.listeners.*.allowedRoutes.namespaces.selector",
      "spec.allowedListeners.namespaces.selector",
    ],
    form: "label",
  },
  { group: GATEWAY_API, kinds: ["GatewayClass"], paths: ["spec.parametersRef.namespace"] },
  { group: GATEWAY_API, kinds: ["ReferenceGrant"], paths: ["spec.from.*.namespace"] },

  // https://istio.io/latest/docs/reference/config/networking/
  {
    group: ISTIO,
    kinds: ["VirtualService"],
    paths: [
      "spec.hosts.*",
      ...ISTIO_ROUTES.map((protocol) => `spec.${protocol}.*.route.*.destination.host`),
      "spec.http.*.mirror.host",
      "spec.http.*.mirrors.*.destination.host",
    ],
    form: "service DNS name",
  },
  {
    group: ISTIO,
    kinds: ["VirtualService"],
    paths: [
      ...ISTIO_ROUTES.map((protocol) => `spec.${protocol}.*.match.*.sourceNamespace`),
      "spec.http.*.delegate.namespace",
    ],
  },
  {
    group: ISTIO,
    kinds: ["VirtualService"],
    paths: ["spec.gateways.*", ...ISTIO_ROUTES.map((protocol) => `spec.${protocol}.*.match.*.gateways.*`)],
    form: "namespace/name",
  },
  { group: ISTIO, kinds: ["DestinationRule"], paths: ["spec.host"], form: "service DNS name" },
  { group: ISTIO, kinds: ["ServiceEntry"], paths: ["spec.hosts.*"], form: "service DNS name" },
  {
    group: ISTIO,
    kinds: ["VirtualService", "DestinationRule", "ServiceEntry"],
    paths: ["spec.exportTo"],
    form: "names",
  },
  { group: ISTIO, kinds: ["Gateway"], paths: ["spec.servers.*.hosts.*"], form: "namespace/name" },
  { group: ISTIO, kinds: ["Sidecar"], paths: ["spec.egress.*.hosts.*"], form: "namespace/name" },
  {
    group: "security.istio.io",
    kinds: ["AuthorizationPolicy"],
    paths: ["spec.rules.*.from.*.source.namespaces", "spec.rules.*.from.*.source.notNamespaces"],
    form: "names",
  },
  {
    group: "security.istio.io",
    kinds: ["AuthorizationPolicy"],
    paths: ["spec.rules.*.from.*.source.principals.*", "spec.rules.*.from.*.source.notPrincipals.*"],
    form: "principal",
  },

  // https://cert-manager.io/docs/reference/api-docs/
  ...["cert-manager.io", "acme.cert-manager.io"].map((group) => ({
    group,
    paths: [
      "spec.acme.solvers.*.http01.gatewayHTTPRoute.parentRefs.*.namespace",
      "spec.solver.http01.gatewayHTTPRoute.parentRefs.*.namespace",
    ],
  })),
  {
    group: "trust.cert-manager.io",
    kinds: ["Bundle"],
    paths: ["spec.target.namespaceSelector"],
    form: "label",
  },

  // https://prometheus-operator.dev/docs/api-reference/api/
  {
    group: PROMETHEUS,
    kinds: ["ServiceMonitor", "PodMonitor", "Probe"],
    paths: ["spec.namespaceSelector.matchNames", "spec.targets.ingress.namespaceSelector.matchNames"],
    form: "names",
  },
  {
    group: PROMETHEUS,
    kinds: ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"],
    paths: ["spec.*NamespaceSelector"],
    form: "label",
  },
  {
    group: PROMETHEUS,
    kinds: ["Prometheus", "PrometheusAgent"],
    paths: ["spec.alerting.alertmanagers.*.namespace", "spec.excludedFromEnforcement.*.namespace"],
  },

  // https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
  { group: ARGO, kinds: ["Application"], paths: ["spec.destination.namespace"] },
  { group: ARGO, kinds: ["ApplicationSet"], paths: ["spec.template.spec.destination.namespace"] },
  { group: ARGO, kinds: ["AppProject"], paths: ["spec.destinations.*.namespace"] },
  { group: ARGO, kinds: ["AppProject"], paths: ["spec.sourceNamespaces"], form: "names" },

  // https://external-secrets.io/latest/api/spec/. The field `namespace` of Vault itself is none of Kubernetes.
  { group: EXTERNAL_SECRETS, kinds: ["ClusterSecretStore"], paths: ["spec.provider.**.*Ref.namespace"] },
  {
    group: EXTERNAL_SECRETS,
    kinds: ["ClusterSecretStore"],
    paths: ["spec.conditions.*.namespaces"],
    form: "names",
  },
  {
    group: EXTERNAL_SECRETS,
    kinds: ["ClusterSecretStore"],
    paths: ["spec.conditions.*.namespaceSelector"],
    form: "label",
  },
  {
    group: EXTERNAL_SECRETS,
    kinds: ["ClusterExternalSecret", "ClusterPushSecret"],
    paths: ["spec.namespaceSelector", "spec.namespaceSelectors.*"],
    form: "label",
  },
  { group: EXTERNAL_SECRETS, kinds: ["ClusterExternalSecret"], paths: ["spec.namespaces"], form: "names" },

  // https://fluxcd.io/flux/components/
  {
    group: `kustomize.${FLUX}`,
    kinds: ["Kustomization"],
    paths: [
      "spec.sourceRef.namespace",
      "spec.targetNamespace",
      "spec.dependsOn.*.namespace",
      "spec.healthChecks.*.namespace",
    ],
  },
  {
    group: `helm.${FLUX}`,
    kinds: ["HelmRelease"],
    paths: [
      "spec.chart.spec.sourceRef.namespace",
      "spec.chartRef.namespace",
      "spec.targetNamespace",
      "spec.storageNamespace",
      "spec.dependsOn.*.namespace",
    ],
  },
  {
    group: `image.${FLUX}`,
    kinds: ["ImagePolicy", "ImageUpdateAutomation"],
    paths: ["spec.imageRepositoryRef.namespace", "spec.sourceRef.namespace"],
  },
  {
    group: `notification.${FLUX}`,
    kinds: ["Alert", "Receiver"],
    paths: ["spec.eventSources.*.namespace", "spec.resources.*.namespace"],
  },

  // https://kubernetes.io/docs/concepts/storage/volume-snapshots/
  {
    group: "snapshot.storage.k8s.io",
    kinds: ["VolumeSnapshotContent"],
    paths: ["spec.volumeSnapshotRef.namespace"],
  },
  {
    group: "snapshot.storage.k8s.io",
    kinds: ["VolumeSnapshotClass"],
    paths: ["parameters.*-secret-namespace"],
  },
  {
    group: "groupsnapshot.storage.k8s.io",
    kinds: ["VolumeGroupSnapshotContent"],
    paths: ["spec.volumeGroupSnapshotRef.namespace"],
  },

  // https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
  ...["traefik.io", "traefik.containo.us"].map((group) => ({
    group,
    kinds: ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"],
    paths: [
      "spec.routes.*.services.*.namespace",
      "spec.routes.*.middlewares.*.namespace",
      "spec.tls.options.namespace",
      "spec.tls.store.namespace",
    ],
  })),
];

/** All such fields. */
export const CUSTOM_NAMESPACE_FIELDS: readonly NamespaceField[] = [
  ...CUSTOM_KINDS.flatMap(({ group, kinds, paths, form }) =>
    paths.map((path) => ({
      group,
      ...(kinds === undefined ? {} : { kinds }),
      path: path.split("."),
      ...(form === undefined ? {} : { form }),
    })),
  ),
  // https://docs.crossplane.io/latest/: resources of any group have these.
  { path: ["spec", "writeConnectionSecretToRef", "namespace"] },
  { path: ["spec", "claimRef", "namespace"] },
  { path: ["metadata", "labels", "crossplane.io/claim-namespace"] },
  { kinds: ["ProviderConfig"], path: ["spec", "credentials", "*Ref", "namespace"] },
  // https://cert-manager.io/docs/concepts/ca-injector/
  ...["inject-ca-from", "inject-ca-from-secret"].map(
    (name): NamespaceField => ({
      path: ["metadata", "annotations", `cert-manager.io/${name}`],
      form: "namespace/name",
    }),
  ),
];
