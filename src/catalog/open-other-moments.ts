import { openArchive } from "../archive/reader.ts";
import { findLastChange } from "../change-log/replay/find-last-change.ts";
import { findRevision } from "../change-log/replay/find-revision.ts";
import type { OpenMoment } from "../change-log/replay/open-range.ts";
import { openRevision } from "../change-log/replay/open-revision.ts";
import { OperatorError } from "../errors.ts";
import { resourceName } from "../kubernetes/resource.ts";
import { compileNamespaces } from "../selection/namespaces.ts";
import { resourcesByNames } from "../selection/resources-by-name.ts";
import type { NamedObject } from "../selection/selection.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { noBackupsError } from "./no-backups.ts";

/** A moment that is named by a resource version, or by an object. */
export type OtherMoment =
  | { kind: "revision"; revision: string; timeline?: string | undefined }
  /** Just before the last change of an object; in these namespaces, in any without. */
  | { kind: "before"; object: NamedObject; namespaces?: readonly string[] | undefined };

/** Where moments are. */
interface MomentSource {
  store: Store;
  log: Log;
}

/**
 * Opens such a moment.
 *
 * @throws {OperatorError} where the change log does not have it.
 */
export async function openOtherMoment(
  moment: OtherMoment,
  source: MomentSource,
  signal: AbortSignal,
): Promise<OpenMoment> {
  const { store } = source;
  if (moment.kind === "before") {
    const { timeline, revision } = await beforeChange(moment, source, signal);
    return await openRevision({ store, timeline, revision }, signal);
  }
  const { revision } = moment;
  const timeline = moment.timeline ?? (await findRevision({ store, revision }, signal));
  return await openRevision({ store, timeline, revision }, signal);
}

/** The resource version just before the last change of an object. */
async function beforeChange(
  { object: { kind, name }, namespaces }: OtherMoment & { kind: "before" },
  { store, log }: MomentSource,
  signal: AbortSignal,
): Promise<{ timeline: string; revision: string }> {
  const resources = new Set(await resourcesOf(kind, store, signal));
  const isIn = namespaces === undefined ? () => true : compileNamespaces({ includeNamespaces: namespaces });
  const found = await findLastChange(
    {
      store,
      fits: (record) =>
        record.name === name &&
        resources.has(record.resource) &&
        (record.namespace === undefined || isIn(record.namespace)),
    },
    signal,
  );
  const title = `${kind}/${name}`;
  if (found === undefined) {
    const where = namespaces === undefined ? "" : ` in ${namespaces.join(", ")}`;
    throw new OperatorError(
      `Cannot open what was before the last change of ${title}${where}: the change log in ${store.url} has no change of it`,
      { advice: "kube-backup log shows what has changed" },
    );
  }
  const { timeline, record } = found;
  const which = record.namespace === undefined ? record.name : `${record.namespace}/${record.name}`;
  const what = { create: "created", update: "changed", delete: "deleted" }[record.operation];
  log.info(
    { timeline, revision: record.revision },
    `${record.kind} ${which} was ${what} last at ${record.time}: as all was just before`,
  );
  return { timeline, revision: String(BigInt(record.revision) - 1n) };
}

/** What a word for a kind means in the newest backup. */
async function resourcesOf(kind: string, store: Store, signal: AbortSignal): Promise<string[]> {
  const newest = await store.newest({}, signal);
  if (newest === undefined) throw await noBackupsError(store, signal);
  const source = await store.open(newest.name, signal);
  try {
    const { manifest, name } = await openArchive(source, signal);
    return resourcesByNames(manifest.resources, [kind], name).map(resourceName);
  } finally {
    await source.close();
  }
}
