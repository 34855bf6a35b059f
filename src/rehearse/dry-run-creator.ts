import { createObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { type JsonObject, jsonEqual, parseJson } from "../kubernetes/json.ts";
import {
  NAMESPACES,
  type ObjectKey,
  objectTitle,
  type Resource,
  resourceName,
} from "../kubernetes/resource.ts";
import { withoutOwnAllocations } from "../restore/object/service-allocations.ts";
import type { RehearsalReport } from "./rehearsal-report.ts";
import type { LabelSet, ScratchNamespace } from "./scratch-label.ts";
import { type ScratchNamespaces, ScratchRefusedError } from "./scratch-namespaces.ts";
import { ACCEPTED, type Finding, findingOf, isNamespaceGone, notAsked } from "./verdict.ts";

/** Attempts for an object whose namespace is deleted meanwhile. */
const ATTEMPTS = 3;

/** What the API server says of a taken port or address. It allocates both before it checks for the name. */
const ALREADY_ALLOCATED = /provided (?:port|IP) is already allocated/;

/** A namespaced object to create in a dry run. */
export interface NamespacedObject {
  resource: Resource;
  /** Namespace and name in the backup. */
  key: ObjectKey;
  /** The object as JSON text. */
  text: string;
  /** Labels of the namespace. */
  labels: LabelSet;
  /** Whether the namespace exists in the cluster. */
  namespaceExists: boolean;
}

/** A cluster-scoped object to create in a dry run. */
export type ClusterScopedObject = Omit<NamespacedObject, "labels" | "namespaceExists">;

/** Creates objects in dry runs: the API server says whether it would create the object, and stores nothing. */
export class DryRunCreator {
  readonly #client: ApiClient;
  readonly #report: RehearsalReport;
  /** Resources with a failing webhook. Requests for their objects are not retried: each retry takes seconds. */
  readonly #resourcesWithFailingWebhook = new Set<string>();

  constructor(client: ApiClient, report: RehearsalReport) {
    this.#client = client;
    this.#report = report;
  }

  /**
   * Dry-runs the creation of an object in its namespace, or in a scratch namespace where the namespace
   * does not exist. This works for existing objects too: the API server checks for the name only after
   * admission and validation.
   *
   * @throws errors that concern every request: a broken connection, refused credentials.
   */
  async createNamespaced(
    object: NamespacedObject,
    scratches: ScratchNamespaces,
    signal: AbortSignal,
  ): Promise<Finding> {
    let { namespaceExists } = object;
    for (let attempt = 1; ; attempt += 1) {
      let scratch: ScratchNamespace | undefined;
      try {
        scratch = namespaceExists ? undefined : await scratches.get(object.labels, signal);
        const namespace = scratch?.name ?? object.key.namespace;
        return await this.#createIn(namespace, object, signal);
      } catch (error) {
        if (error instanceof ScratchRefusedError) return notAsked(error.message, error.advice ?? "");
        const namespace = scratch?.name ?? object.key.namespace;
        const retry = attempt < ATTEMPTS && namespace !== undefined && isNamespaceGone(error);
        if (!retry || (await this.#namespaceExists(namespace, signal))) return findingOf(error);
        if (scratch !== undefined) await scratches.forget(object.labels, scratch);
        namespaceExists = false;
      }
    }
  }

  /** Dry-runs the creation of a cluster-scoped object, such as a namespace. */
  async createClusterScoped(object: ClusterScopedObject, signal: AbortSignal): Promise<Finding> {
    try {
      return await this.#createIn(undefined, object, signal);
    } catch (error) {
      return findingOf(error);
    }
  }

  async #createIn(
    namespace: string | undefined,
    { resource, key, text }: ClusterScopedObject,
    signal: AbortSignal,
  ): Promise<Finding> {
    const body = namespace === key.namespace ? text : withNamespace(text, namespace);
    try {
      await this.#post({ resource, key, namespace, body }, signal);
      return ACCEPTED;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // An object that exists already holds its node ports and addresses, and counts against the quota already.
      if (resource.kind === "Service" && ALREADY_ALLOCATED.test(error.said)) {
        const live = await readObject(this.#client, resource, key, signal);
        const wanted = parseJson(body) as JsonObject;
        const service = live === undefined ? wanted : withoutOwnAllocations(resource.kind, live, wanted);
        if (jsonEqual(service, wanted)) throw error;
        return await this.#createIn(namespace, { resource, key, text: JSON.stringify(service) }, signal);
      }
      if (error.exceedsQuota && namespace === key.namespace) {
        // Quotas are the last check: the object has passed all others.
        if ((await readObject(this.#client, resource, key, signal)) !== undefined) return ACCEPTED;
      }
      throw error;
    }
  }

  async #post(
    {
      resource,
      key,
      namespace,
      body,
    }: { resource: Resource; key: ObjectKey; namespace: string | undefined; body: string },
    signal: AbortSignal,
  ): Promise<void> {
    const name = resourceName(resource);
    const retryInternalErrors = !this.#resourcesWithFailingWebhook.has(name);
    const target = { namespace, name: key.name };
    try {
      const { unknownFields } = await createObject(
        this.#client,
        { resource, key: target, body, dryRun: true, retryInternalErrors },
        signal,
      );
      if (unknownFields.length === 0) return;
      this.#report.notes.push(
        `${objectTitle(resource.kind, key)} would come back without fields that this API server does not know: ${unknownFields.join(", ")}`,
      );
    } catch (error) {
      if (error instanceof ApiError && error.status === 500) this.#resourcesWithFailingWebhook.add(name);
      throw error;
    }
  }

  async #namespaceExists(namespace: string, signal: AbortSignal): Promise<boolean> {
    const key = { namespace: undefined, name: namespace };
    const live = await readObject<{ metadata: { deletionTimestamp?: string } }>(
      this.#client,
      NAMESPACES,
      key,
      signal,
    );
    return live !== undefined && live.metadata.deletionTimestamp === undefined;
  }
}

/** Replaces the namespace in the text of an object. Numbers keep their notation. */
function withNamespace(text: string, namespace: string | undefined): string {
  const object = parseJson(text) as { metadata: JsonObject };
  object.metadata["namespace"] = namespace;
  return JSON.stringify(object);
}
