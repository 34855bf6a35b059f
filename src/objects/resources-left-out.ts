/** Resources that `all` and globs in KINDS leave out. KINDS can still name each of these resources. */

/** A resource that is left out as a whole. */
export interface ResourceRule {
  /** `events.events.k8s.io`. */
  resource: string;
  reason: string;
}

/** All such resources. Resources without the verbs list and create, such as reviews and bindings, are never backed up. */
export const RESOURCES_LEFT_OUT: readonly ResourceRule[] = [
  { resource: "events", reason: "What happened in this cluster; they expire within the hour" },
  { resource: "events.events.k8s.io", reason: "The same objects as events" },
  { resource: "nodes", reason: "Each kubelet registers its own" },
  { resource: "csinodes.storage.k8s.io", reason: "Each kubelet writes its own" },
  {
    resource: "csistoragecapacities.storage.k8s.io",
    reason: "Storage drivers write what room this cluster's storage has",
  },
  {
    resource: "volumeattachments.storage.k8s.io",
    reason: "The attach controller says which volume is on which node",
  },
  {
    resource: "resourceslices.resource.k8s.io",
    reason: "Drivers write which devices this cluster's nodes have",
  },
  {
    resource: "ipaddresses.networking.k8s.io",
    reason: "The API server makes one for each address that it gives a Service",
  },
  {
    resource: "certificatesigningrequests.certificates.k8s.io",
    reason: "Requests to this cluster's signers; they expire within hours",
  },
  {
    resource: "podcertificaterequests.certificates.k8s.io",
    reason: "Requests of this cluster's kubelets; they expire within minutes",
  },
  {
    resource: "leases.coordination.k8s.io",
    reason: "Who leads, and which node is alive: renewed every few seconds",
  },
  {
    resource: "leasecandidates.coordination.k8s.io",
    reason: "Who could lead: each candidate writes its own",
  },
  {
    resource: "storageversions.internal.apiserver.k8s.io",
    reason: "The API servers write in which version they store",
  },
];
