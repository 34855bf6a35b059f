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
import { withoutOwnNodePorts } from "../restore/object/node-ports.ts";
import type { RehearsalReport } from "./rehearsal-report.ts";
import type { LabelSet, ScratchNamespace } from "./scratch-label.ts";
import { type ScratchNamespaces, ScratchRefusedError } from "./scratch-namespaces.ts";
import { ACCEPTED, type Finding, findingOf, isNamespaceGone, notAsked } from "./verdict.ts";

/** How often an object is asked about whose namespace goes away meanwhile. */
const ATTEMPTS = 3;

/** What the API server says of a node port, at which it looks before it looks at names. */
const PORT_TAKEN = "provided port is already allocated";

/** An object to be asked about. */
export interface Question {
  resource: Resource;
  /** Where it is in the backup. */
  key: ObjectKey;
  /** The object as JSON text. */
  text: string;
  /** Labels of its namespace. */
  labels: LabelSet;
  /** Whether its namespace is there, so that it can be asked about in it. */
  here: boolean;
}

/** Asks the API server about objects, and has nothing stored. */
export class Asker {
  readonly #client: ApiClient;
  readonly #report: RehearsalReport;
  /** Resources with a webhook that does not answer: each retry takes seconds, for each of their objects. */
  readonly #failing = new Set<string>();

  constructor(client: ApiClient, report: RehearsalReport) {
    this.#client = client;
    this.#report = report;
  }

  /**
   * Asks whether an object would be created: where its namespace is there, in it; otherwise in a
   * scratch namespace. An object that exists is asked about too: the API server looks whether there
   * is one only after admission and validation.
   *
   * @throws what concerns more than this object: a broken connection, refused credentials.
   */
  async ask(question: Question, scratches: ScratchNamespaces, signal: AbortSignal): Promise<Finding> {
    let { here } = question;
    for (let attempt = 1; ; attempt += 1) {
      let scratch: ScratchNamespace | undefined;
      try {
        scratch = here ? undefined : await scratches.of(question.labels, signal);
        const namespace = scratch?.name ?? question.key.namespace;
        return await this.#askIn(namespace, question, signal);
      } catch (error) {
        if (error instanceof ScratchRefusedError) return notAsked(error.message, error.advice ?? "");
        const namespace = scratch?.name ?? question.key.namespace;
        const again = attempt < ATTEMPTS && namespace !== undefined && isNamespaceGone(error);
        if (!again || (await this.#isThere(namespace, signal))) return findingOf(error);
        if (scratch !== undefined) await scratches.forget(question.labels, scratch);
        here = false;
      }
    }
  }

  /** Asks about a cluster-scoped object, a namespace for one. */
  async askOfCluster(question: Omit<Question, "labels" | "here">, signal: AbortSignal): Promise<Finding> {
    try {
      return await this.#askIn(undefined, question, signal);
    } catch (error) {
      return findingOf(error);
    }
  }

  async #askIn(
    namespace: string | undefined,
    { resource, key, text }: Omit<Question, "labels" | "here">,
    signal: AbortSignal,
  ): Promise<Finding> {
    const body = namespace === key.namespace ? text : moved(text, namespace);
    try {
      await this.#post({ resource, key, namespace, body }, signal);
      return ACCEPTED;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What is there already takes up nothing anew, neither ports nor a quota.
      if (resource.kind === "Service" && error.said.includes(PORT_TAKEN)) {
        const live = await readObject(this.#client, resource, key, signal);
        const wanted = parseJson(body) as JsonObject;
        const service = live === undefined ? wanted : withoutOwnNodePorts(resource.kind, live, wanted);
        if (jsonEqual(service, wanted)) throw error;
        return await this.#askIn(namespace, { resource, key, text: JSON.stringify(service) }, signal);
      }
      if (error.exceedsQuota && namespace === key.namespace) {
        // A quota is the last that is looked at: all else has passed.
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
    const retryInternalErrors = !this.#failing.has(name);
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
      if (error instanceof ApiError && error.status === 500) this.#failing.add(name);
      throw error;
    }
  }

  async #isThere(namespace: string, signal: AbortSignal): Promise<boolean> {
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

/** The object's text with another namespace in it; all numbers stay as they are written. */
function moved(text: string, namespace: string | undefined): string {
  const object = parseJson(text) as { metadata: JsonObject };
  object.metadata["namespace"] = namespace;
  return JSON.stringify(object);
}
