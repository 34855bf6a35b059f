import { createObject, readObject, updateObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { parseJson } from "../kubernetes/json.ts";
import type { ObjectKey } from "../kubernetes/resource.ts";
import {
  LEASES,
  type LeaseObject,
  type LeaseRecord,
  type LeaseToWrite,
  leaseBody,
  readLease,
} from "./lease-record.ts";

/** Reads and writes one Lease. Every write is bound to the state that it follows: optimistic concurrency. */
export class LeaseClient {
  readonly key: ObjectKey & { namespace: string };
  readonly #client: ApiClient;

  /** @param client without a guard of its writes, which would wait for this Lease. */
  constructor(client: ApiClient, key: ObjectKey & { namespace: string }) {
    this.#client = client;
    this.key = key;
  }

  /** `kube-system/kube-backup`. */
  get title(): string {
    return `${this.key.namespace}/${this.key.name}`;
  }

  async read(signal: AbortSignal): Promise<LeaseRecord | undefined> {
    const found = await readObject<LeaseObject>(this.#client, LEASES, this.key, signal);
    return found === undefined ? undefined : readLease(found);
  }

  /** Creates or updates the Lease; undefined where it is no longer as it was. */
  async write(lease: LeaseToWrite, signal: AbortSignal): Promise<LeaseRecord | undefined> {
    const write = { resource: LEASES, key: this.key, body: leaseBody(this.key, lease) };
    if (lease.resourceVersion === undefined) {
      const { text } = await createObject(this.#client, write, signal);
      return text === undefined ? undefined : readLease(parseJson(text) as unknown as LeaseObject);
    }
    try {
      const { text } = await updateObject(this.#client, write, signal);
      return readLease(parseJson(text) as unknown as LeaseObject);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return undefined;
      throw error;
    }
  }
}

/**
 * Whether an error says that Leases cannot be used here: this user may not, or the API server serves none, or the
 * namespace is missing.
 */
export function isWithoutLeases(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 403 || error.status === 404 || error.status === 405);
}
