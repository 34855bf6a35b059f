import { createObject, deleteObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import type { Log } from "../terminal/log/log.ts";
import { shellCommand } from "../words/shell-command.ts";
import { mayDeleteNamespaces } from "./may-delete-namespaces.ts";
import { type LabelSet, type ScratchNamespace, scratchBody, scratchName } from "./scratch-label.ts";

/** Timeout for the creation of one scratch namespace, and for the deletion of all, in milliseconds. */
const TIMEOUT = 10_000;

/** Options of {@link ScratchNamespaces}. */
export interface ScratchOptions {
  client: ApiClient;
  log: Log;
  /** Returns a unique random suffix for a name, which must be valid as the value of a label. */
  random: () => string;
}

/** The scratch namespace cannot be created: objects that need it cannot be rehearsed. */
export class ScratchRefusedError extends OperatorError {
  override name = "ScratchRefusedError";
}

/**
 * Namespaces that stand in for namespaces that do not exist, one for each set of labels. They stay
 * empty, since all objects are created in dry runs.
 *
 * The program's signal ends neither creation nor deletion: a scratch namespace that was created, but is
 * not known yet, would stay behind. Both have a timeout instead.
 */
export class ScratchNamespaces {
  readonly #options: ScratchOptions;
  readonly #byLabels = new Map<LabelSet, Promise<ScratchNamespace>>();
  /** Names of all requested scratch namespaces. All are deleted, whatever became of the request. */
  readonly #requested = new Map<string, ScratchNamespace | undefined>();
  #mayDelete: Promise<boolean> | undefined;
  #closed = false;

  constructor(options: ScratchOptions) {
    this.#options = options;
  }

  /**
   * Returns the scratch namespace of a set of labels, and creates it for the first caller.
   *
   * @throws {ScratchRefusedError} when the API server refuses the namespace.
   */
  get(labels: LabelSet, signal: AbortSignal): Promise<ScratchNamespace> {
    signal.throwIfAborted();
    if (this.#closed) throw new OperatorError("Cannot make a scratch namespace: the rehearsal is over");
    let scratch = this.#byLabels.get(labels);
    if (scratch === undefined) {
      scratch = this.#create(labels, signal);
      scratch.catch(() => {});
      this.#byLabels.set(labels, scratch);
    }
    return scratch;
  }

  /** Forgets a scratch namespace that another rehearsal deleted as a leftover. The next caller gets a new one. */
  async forget(labels: LabelSet, gone: ScratchNamespace): Promise<void> {
    const current = this.#byLabels.get(labels);
    if ((await current?.catch(() => undefined))?.uid !== gone.uid) return;
    if (this.#byLabels.get(labels) === current) this.#byLabels.delete(labels);
  }

  /** Deletes all scratch namespaces, and creates no more. Failures are logged. */
  async deleteAll(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#byLabels.values());
    const timeout = AbortSignal.timeout(TIMEOUT);
    await Promise.all(
      [...this.#requested].map(async ([name, scratch]) => {
        try {
          const found = scratch ?? (await this.#read(name, timeout));
          if (found !== undefined) await deleteScratchNamespace(this.#options.client, found, timeout);
          this.#requested.delete(name);
        } catch (error) {
          this.#options.log.warn(
            { namespace: name, err: error },
            `Cannot remove the scratch namespace ${name}: the next rehearsal does, or ${shellCommand`kubectl delete namespace/${name}`}`,
          );
        }
      }),
    );
  }

  async #create(labels: LabelSet, signal: AbortSignal): Promise<ScratchNamespace> {
    const { client, random } = this.#options;
    this.#mayDelete ??= mayDeleteNamespaces(client, signal);
    if (!(await this.#mayDelete)) {
      throw new ScratchRefusedError("a scratch namespace could be made, but not be removed again", {
        advice: "Give the right to create and to delete namespaces: docs/commands/verify.md has the rules",
      });
    }
    const suffix = random();
    const name = scratchName(suffix);
    const key = { namespace: undefined, name };
    const timeout = AbortSignal.timeout(TIMEOUT);
    this.#requested.set(name, undefined);
    try {
      await createObject(client, { resource: NAMESPACES, key, body: scratchBody(suffix, labels) }, timeout);
      const scratch = await this.#read(name, timeout);
      if (scratch === undefined)
        throw new OperatorError(`Cannot make the namespace ${name}: it is gone at once`);
      this.#requested.set(name, scratch);
      return scratch;
    } catch (error) {
      if (timeout.aborted) {
        const reason = `the API server took more than ${TIMEOUT / 1000} s for it`;
        throw new OperatorError(`Cannot make the scratch namespace ${name}: ${reason}`, { cause: error });
      }
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      throw new ScratchRefusedError(
        `the API server refuses a scratch namespace of these labels: ${error.said}`,
        {
          cause: error,
          advice:
            error.advice ??
            "Allow namespaces named kube-backup-rehearsal-*, or rehearse where these namespaces exist",
        },
      );
    }
  }

  /** Reads a scratch namespace for its uid. Its name is random: it cannot be the namespace of another client. */
  async #read(name: string, signal: AbortSignal): Promise<ScratchNamespace | undefined> {
    const key = { namespace: undefined, name };
    const live = await readObject<{ metadata: { uid: string } }>(
      this.#options.client,
      NAMESPACES,
      key,
      signal,
    );
    return live === undefined ? undefined : { name, uid: live.metadata.uid };
  }
}

/** Deletes a scratch namespace. The uid as precondition spares a newer namespace of the same name. */
export async function deleteScratchNamespace(
  client: ApiClient,
  { name, uid }: ScratchNamespace,
  signal: AbortSignal,
): Promise<void> {
  const key = { namespace: undefined, name };
  try {
    await deleteObject(client, { resource: NAMESPACES, key, preconditions: { uid } }, signal);
  } catch (error) {
    // The namespace is being deleted already, or is a newer one of the same name.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}
