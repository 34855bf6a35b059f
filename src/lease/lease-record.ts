import type { ObjectKey, Resource } from "../kubernetes/resource.ts";

/** Leases, in the version that every API server serves. */
export const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  resource: "leases",
  kind: "Lease",
  namespaced: true,
};

/** The Lease that `run` holds for its whole life. */
export const LOOP_LEASE = "kube-backup";

/** The Lease that is held while anything is restored. */
export const RESTORE_LEASE = "kube-backup-restore";

/** What a Lease says. */
export interface LeaseRecord {
  /** The identity of the holder; empty where nobody holds the Lease. */
  holder: string;
  /** How long the Lease holds without a renewal, in milliseconds; undefined where it does not say. */
  term: number | undefined;
  /** When the holder took the Lease, by the holder's clock: for people alone. */
  acquired: string | undefined;
  /** When it was last renewed, by the holder's clock. */
  renewed: string | undefined;
  /** How often the Lease has changed hands. */
  transitions: number;
  resourceVersion: string;
}

/** A Lease as the API server has it. */
export interface LeaseObject {
  metadata: { resourceVersion?: string };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** Reads what a Lease says. */
export function readLease({ metadata, spec = {} }: LeaseObject): LeaseRecord {
  const {
    holderIdentity = "",
    leaseDurationSeconds: seconds,
    acquireTime,
    renewTime,
    leaseTransitions,
  } = spec;
  return {
    holder: holderIdentity,
    term: typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined,
    acquired: acquireTime,
    renewed: renewTime,
    transitions: typeof leaseTransitions === "number" ? leaseTransitions : 0,
    resourceVersion: metadata.resourceVersion ?? "",
  };
}

/** What to write into a Lease. */
export interface LeaseToWrite extends Omit<LeaseRecord, "resourceVersion" | "term" | "renewed"> {
  /** In milliseconds. */
  term: number;
  /** Binds the write to this state of the Lease; undefined for a Lease that is created. */
  resourceVersion: string | undefined;
  renewed: Date;
}

/** The Lease as JSON. */
export function leaseBody(key: ObjectKey, lease: LeaseToWrite): string {
  const { holder, term, acquired, transitions, resourceVersion, renewed } = lease;
  return JSON.stringify({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      ...key,
      labels: { "app.kubernetes.io/managed-by": "kube-backup" },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(term / 1000)),
      ...(acquired === undefined ? {} : { acquireTime: acquired }),
      renewTime: microTime(renewed),
      leaseTransitions: transitions,
    },
  });
}

/** A time as the API server takes it in a Lease: with exactly six digits of a second. */
export function microTime(time: Date): string {
  return time.toISOString().replace("Z", "000Z");
}
