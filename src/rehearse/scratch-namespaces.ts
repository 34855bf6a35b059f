import { createObject, deleteObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import type { Log } from "../terminal/log/log.ts";
import { mayRemoveNamespaces } from "./rights.ts";
import { type LabelSet, type ScratchNamespace, scratchBody, scratchName } from "./scratch-label.ts";

/** Longest time for making one and for removing all of them, each in milliseconds. */
const LIMIT = 10_000;

/** What it takes to make scratch namespaces. */
export interface ScratchOptions {
  client: ApiClient;
  log: Log;
  /** Gives a part of a name that nobody can guess and that no other has, as a label's value may be. */
  random: () => string;
}

/** No scratch namespace can be made: what belongs into one cannot be asked about. */
export class ScratchRefusedError extends OperatorError {
  override name = "ScratchRefusedError";
}

/**
 * Namespaces that stand in for those that are not there, one for each set of labels. They stay
 * empty, since nothing but dry runs goes into them.
 *
 * The program's signal ends neither the making nor the removal: one that is made and not known would
 * stay behind. Both have a time limit of their own instead.
 */
export class ScratchNamespaces {
  readonly #options: ScratchOptions;
  readonly #byLabels = new Map<LabelSet, Promise<ScratchNamespace>>();
  /** Names that were sent to the API server: whatever became of that, these are to be removed. */
  readonly #sent = new Map<string, ScratchNamespace | undefined>();
  #mayRemove: Promise<boolean> | undefined;
  #over = false;

  constructor(options: ScratchOptions) {
    this.#options = options;
  }

  /**
   * The scratch namespace of a set of labels, made where there is none yet.
   *
   * @throws {ScratchRefusedError} when the API server refuses it.
   */
  of(labels: LabelSet, signal: AbortSignal): Promise<ScratchNamespace> {
    signal.throwIfAborted();
    if (this.#over) throw new OperatorError("Cannot make a scratch namespace: the rehearsal is over");
    let scratch = this.#byLabels.get(labels);
    if (scratch === undefined) {
      scratch = this.#make(labels, signal);
      scratch.catch(() => {});
      this.#byLabels.set(labels, scratch);
    }
    return scratch;
  }

  /** Says that one is gone: another rehearsal took it for a leftover. The next that asks gets a new one. */
  async forget(labels: LabelSet, gone: ScratchNamespace): Promise<void> {
    const current = this.#byLabels.get(labels);
    if ((await current?.catch(() => undefined))?.uid !== gone.uid) return;
    if (this.#byLabels.get(labels) === current) this.#byLabels.delete(labels);
  }

  /** Removes all that were made, and makes no more. What cannot be removed is logged. */
  async removeAll(): Promise<void> {
    this.#over = true;
    await Promise.allSettled(this.#byLabels.values());
    const limit = AbortSignal.timeout(LIMIT);
    await Promise.all(
      [...this.#sent].map(async ([name, scratch]) => {
        try {
          const found = scratch ?? (await this.#find(name, limit));
          if (found !== undefined) await removeScratch(this.#options.client, found, limit);
          this.#sent.delete(name);
        } catch (error) {
          this.#options.log.warn(
            { namespace: name, err: error },
            `Cannot remove the scratch namespace ${name}: the next rehearsal does, or kubectl delete namespace ${name}`,
          );
        }
      }),
    );
  }

  async #make(labels: LabelSet, signal: AbortSignal): Promise<ScratchNamespace> {
    const { client, random } = this.#options;
    this.#mayRemove ??= mayRemoveNamespaces(client, signal);
    if (!(await this.#mayRemove)) {
      throw new ScratchRefusedError("a scratch namespace could be made, but not be removed again", {
        advice: "Give the right to create and to delete namespaces: docs/commands/verify.md has the rules",
      });
    }
    const part = random();
    const name = scratchName(part);
    const key = { namespace: undefined, name };
    const limit = AbortSignal.timeout(LIMIT);
    this.#sent.set(name, undefined);
    try {
      await createObject(client, { resource: NAMESPACES, key, body: scratchBody(part, labels) }, limit);
      const scratch = await this.#find(name, limit);
      if (scratch === undefined)
        throw new OperatorError(`Cannot make the namespace ${name}: it is gone at once`);
      this.#sent.set(name, scratch);
      return scratch;
    } catch (error) {
      if (limit.aborted) {
        const what = `the API server took more than ${LIMIT / 1000} s for it`;
        throw new OperatorError(`Cannot make the scratch namespace ${name}: ${what}`, { cause: error });
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

  /** Reads one back, for its uid. Nobody else can have used a name that was random a moment ago. */
  async #find(name: string, signal: AbortSignal): Promise<ScratchNamespace | undefined> {
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

/** Removes a scratch namespace: that very one, and none that has its name by now. */
export async function removeScratch(
  client: ApiClient,
  { name, uid }: ScratchNamespace,
  signal: AbortSignal,
): Promise<void> {
  const key = { namespace: undefined, name };
  try {
    await deleteObject(client, { resource: NAMESPACES, key, preconditions: { uid } }, signal);
  } catch (error) {
    // It is being deleted already, or it is another one.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}
