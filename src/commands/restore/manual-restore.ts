import type { Archive } from "../../archive/reader.ts";
import { type OpenBackup, openChosenBackup } from "../../catalog/open-backup.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { clusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { type Leases, openLeases } from "../../command-line/leases.ts";
import { targetNamespaces } from "../../command-line/target-namespaces.ts";
import { withClusterAndStore } from "../../command-line/with-cluster-and-store.ts";
import { OperatorError } from "../../errors.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { RESTORE_LEASE } from "../../lease/lease-record.ts";
import { describeCopies } from "../../restore/copied-namespaces.ts";
import { restoreIntoCluster } from "../../restore/foreign-cluster.ts";
import { countOwned, describeOwned, MarkedFiles, type OwnedCount } from "../../restore/gitops-owners.ts";
import { remedyOf } from "../../restore/report/failure-groups.ts";
import { describeUnmet, type UnmetReference } from "../../restore/report/unmet-references.ts";
import { type RestoreOptions, restoreArchive } from "../../restore/restore-archive.ts";
import { ArchivedObjects } from "../../restore/source/archived-objects.ts";
import { readFlag, writeFlag } from "../../restore-gate/restore-flag.ts";
import type { Store } from "../../store/contract/store.ts";
import type { ChangeSurvey } from "../../transform/survey-changes.ts";
import { readChanges } from "../changes/changed-archive.ts";
import { type Approval, askToRestore } from "./ask-to-restore.ts";
import { restoreEnding } from "./ending.ts";
import { FailureNews } from "./failure-news.ts";
import { rejectOtherProgramNamespace } from "./program-namespace.ts";
import { pruneCluster } from "./prune-cluster.ts";
import { beginOf, reportRestore } from "./report-restore.ts";
import { restoreJson } from "./restore-json.ts";
import type { RestoreRequest } from "./restore-request.ts";
import { describeReport, failureGroups, keepFirstOfResult, keepFirstSkipped } from "./restore-text.ts";
import { describeRequestedNames, type RestoreScope, resolveScope } from "./scope.ts";
import { RESULTS, RestoreTally, type Result, type ResultItem } from "./tally.ts";
import {
  conflictsJson,
  describePartial,
  findChanges,
  type OpenUndo,
  openStateAt,
  undoEnding,
} from "./undo-restore.ts";
import { adviseOnUnserved } from "./unserved.ts";
import { AwaitedWorkloads, describeWaited, type Waited, waitForWorkloads } from "./wait-for-workloads.ts";

type Context = CommandContext<object, "s3target">;

/** A manual restore: its request, its parts and its results. */
interface Restore {
  context: Context;
  client: ApiClient;
  store: Store;
  archive: Archive;
  request: RestoreRequest;
  scope: RestoreScope;
  /** How many objects the files of patches change. */
  transformed: ChangeSurvey["transformed"];
  /** How many objects Argo CD and Flux own. */
  gitOps: readonly OwnedCount[];
  /** What is known before the plan, and said with it, one sentence each. */
  told: readonly string[];
  tally: RestoreTally;
  /** What --wait waits for. */
  awaited: AwaitedWorkloads;
  leases: Leases;
  /** Of a restore that reverts changes. */
  undo: OpenUndo | undefined;
}

/**
 * Restores the requested objects and shows the results. Asks first, unless `--yes` is given.
 *
 * @throws {OperatorError} when all objects failed, or would fail; {@link PartialError} when some did.
 */
export async function restoreManually(context: Context, request: RestoreRequest): Promise<void> {
  const { progress, log, signal, settings } = context;
  const change = await readChanges(request);
  const leases = await openLeases(context, { lock: request.lock });
  const { guard, beforeWrite } = leases;
  await withClusterAndStore(
    { ...context, deleted: request.deleted, guard, beforeWrite },
    async ({ client, store }) => {
      const stage = progress({ title: "Checking", unit: "bytes" });
      let done = 0;
      const onProgress = (now: { done: number; total: number }) => {
        stage.total(now.total);
        stage.advance(now.done - done);
        done = now.done;
      };
      const marked = new MarkedFiles();
      const observer = { onProgress, onObjects: marked.add.bind(marked) };
      const opened = await (request.undo === undefined
        ? openChosenBackup(request.choice, { store, log, ...observer }, signal)
        : openStateAt(store, request.undo, signal)
      ).finally(() => stage.end());
      try {
        const { archive, survey } = change(opened.archive);
        rejectPlain(opened, { wanted: settings.ageRecipients !== undefined && !request.unencrypted });
        const { namespaces } = request;
        const homes = namespaces === "all" ? undefined : await targetNamespaces({ namespaces, settings });
        for (const note of describeRequestedNames(archive, request)) log.info(note);
        const asked = await resolveScope(archive, { request, homes }, signal);
        const undo =
          request.undo &&
          (await findChanges(
            opened,
            { store, since: request.undo, scope: asked, now: context.now() },
            signal,
          ));
        const { scope } = undo ?? { scope: asked };
        if (undo !== undefined && scope.objects === 0)
          return showNothingToUndo({ context, client, archive, request, undo });
        const { transformed, notes } = await survey(scope.selection, signal);
        const gitOps = await countOwned(
          archive,
          // A patch can add labels and annotations.
          { selection: scope.selection, marked: archive === opened.archive ? marked : new MarkedFiles() },
          signal,
        );
        const copies = await findCopies({ client, archive, request, scope }, signal);
        const told = [...notes, ...(undo?.notes ?? []), ...describeOwned(gitOps), ...copies];
        const tally = new RestoreTally(isListed(context, request), archive.manifest.resources);
        await restoreScope({
          context,
          client,
          store,
          archive,
          request,
          scope,
          transformed,
          gitOps,
          told,
          tally,
          awaited: new AwaitedWorkloads({ jobs: request.waitForJobs }),
          leases,
          undo,
        });
      } finally {
        await opened.close();
      }
    },
  );
}

/** Says that nothing of what was asked for has changed. */
async function showNothingToUndo({
  client,
  ...options
}: Pick<Restore, "context" | "client" | "archive" | "request" | "undo">): Promise<void> {
  const { context, archive, request, undo } = options;
  const { output, settings, signal } = context;
  const tally = new RestoreTally(() => true, archive.manifest.resources);
  const cluster = output.json ? await clusterHere(client, settings, signal) : undefined;
  output.show({
    json: restoreJson({
      ...{ backup: archive.name, cluster, dryRun: request.dryRun, paused: false, transformed: [], tally },
      ...{ notes: undo?.notes ?? [], unmet: [], flagWritten: false, conflicts: [], gitOps: [] },
      ...{ waited: undefined, report: undefined },
    }),
    text: () => [
      ...(undo?.notes ?? []),
      `Nothing to undo: nothing of what is asked for was changed or deleted since ${request.undo?.toISOString()}`,
    ],
  });
}

/** @throws {OperatorError} where a backup is in plain and only encrypted ones are wanted. */
function rejectPlain({ name, encrypted }: OpenBackup, { wanted }: { wanted: boolean }): void {
  if (encrypted || !wanted) return;
  throw new OperatorError(
    `Cannot restore ${name}: it is not encrypted, and AGE_RECIPIENTS is set. Whoever may write to the store can have made it`,
    { advice: "Add --unencrypted where it is yours" },
  );
}

/** What exists twice where a namespace comes back under another name. */
async function findCopies(
  { client, archive, request, scope }: Pick<Restore, "client" | "archive" | "request" | "scope">,
  signal: AbortSignal,
): Promise<string[]> {
  const { selection, namespaceMapping } = scope;
  const source = new ArchivedObjects({ archive, selection, namespaceMapping });
  return await describeCopies({ client, source, namespaceMapping, paused: request.paused }, signal);
}

async function restoreScope(restore: Restore): Promise<void> {
  const { context, client, archive, request, scope, tally } = restore;
  const { selection, namespaceMapping } = scope;
  const { existing, restoreStatus, dryRun } = request;
  const { keepKubeSystem } = context.settings;
  const what = { client, archive, selection, namespaceMapping, keepKubeSystem };
  const job: RestoreOptions = { ...what, existing, restoreStatus, log: context.log, ...reverting(restore) };
  const asksFirst = !request.yes && dryRun === undefined;
  const answer = asksFirst
    ? await askToRestore({ ...restore, job, writesMore: await writesMore(restore) })
    : undefined;
  if (answer !== undefined && "nothingToDo" in answer) {
    const { nothingToDo, summary, unmet } = answer;
    context.output.sentences([nothingToDo]);
    const ending =
      restoreEnding({ backup: archive.name, dryRun: false, unmet, summary, overtaken: 0 }) ??
      (restore.undo && undoEnding(restore.undo, { dryRun: false }));
    if (ending !== undefined) throw ending;
    return;
  }
  const approval = answer;
  // Before anything is written: an error after it would hide what was done.
  const begin = dryRun === undefined || context.output.json ? await beginOf(restore) : undefined;
  let result: Awaited<ReturnType<typeof restoreAndPrune>> & { flagWritten: boolean };
  try {
    result = await alone(restore, async (signal) => {
      const alone = { ...restore, context: { ...context, signal } };
      const told = await restoreAndPrune(alone, { ...job, dryRun }, approval);
      return {
        ...told,
        notes: [...restore.told, ...told.notes],
        flagWritten: await writeFlagIfComplete(alone),
      };
    });
  } catch (error) {
    const end = { notes: restore.told, unmet: [], flagWritten: false, error };
    if (begin !== undefined) await reportRestore(restore, begin, end);
    throw error;
  }
  const { unmet, flagWritten } = result;
  const planned = dryRun !== undefined;
  const waited = await waitIfAsked(restore);
  const notes = [...result.notes, ...waited.notes];
  const ending =
    restoreEnding({
      backup: archive.name,
      dryRun: planned,
      unmet,
      summary: tally.summary(),
      overtaken: tally.overtaken,
      remedy: remedyOf(failureGroups(tally)),
      notReady: waited.waited?.notReady.length,
    }) ??
    (restore.undo && undoEnding(restore.undo, { dryRun: planned }));
  const report = begin && (await reportRestore(restore, begin, { notes, unmet, flagWritten, error: ending }));
  context.output.show({
    json: restoreJson({
      ...{ backup: archive.name, cluster: begin?.cluster, dryRun, paused: request.paused, tally, notes },
      ...{ unmet, flagWritten, transformed: restore.transformed, gitOps: restore.gitOps, report },
      waited: waited.waited,
      conflicts: restore.undo && conflictsJson(restore.undo),
    }),
    text: () => {
      // What the plan has said is not said again.
      const lines = [
        ...notes.filter((note) => approval?.notes.has(note) !== true),
        ...unmet
          .filter((each) => approval?.notes.has(describeUnmet(each, { planned: true })) !== true)
          .map((each) => describeUnmet(each, { planned })),
      ];
      return describeReport({ backup: archive.name, tally, notes: lines, dryRun: planned });
    },
  });
  if (report !== undefined) context.log.info(`The report of this restore is ${report}`);
  if (ending !== undefined) throw ending;
}

/** Waits until workloads are ready, where that is asked for. What is restored stays so, whatever comes of it. */
async function waitIfAsked({
  context,
  client,
  request,
  awaited,
}: Restore): Promise<{ waited: Waited | undefined; notes: string[] }> {
  const { wait: timeout } = request;
  if (timeout === undefined) return { waited: undefined, notes: [] };
  const { workloads } = awaited;
  const waited = await waitForWorkloads(context, { client, workloads, timeout });
  return { waited, notes: workloads.length === 0 ? [] : [describeWaited(waited, timeout)] };
}

/** The options of a restore that reverts changes. */
function reverting({ undo, archive }: Restore): Pick<RestoreOptions, "revert" | "lastNotes"> {
  if (undo === undefined) return {};
  const titles = kindTitles(archive.manifest.resources);
  return { revert: (object) => undo.undo.revert(object), lastNotes: () => describePartial(undo, titles) };
}

/** Whether a restore of what is there already would still write something, or its document must name all objects. */
async function writesMore({ context, client, request, scope }: Restore): Promise<boolean> {
  if (context.output.json || request.restoreStatus) return true;
  return request.flag && scope.whole && (await readFlag(client, context.signal)).state !== "present";
}

/** Works while nothing else restores into this cluster; a dry run need not be alone. */
async function alone<T>(
  { context, client, request, leases }: Restore,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = context;
  if (request.dryRun !== undefined) return await work(signal);
  if (request.lock || request.prune) await rejectOtherProgramNamespace(client, context.settings, signal);
  const fail = (holder: string) =>
    new OperatorError(`Cannot restore: another restore is under way in this cluster, by ${holder}`, {
      advice: "Wait until that has ended, or for a while with --retry-lock 10m; --no-lock restores beside it",
    });
  const patience = { kind: "fail", after: request.retryLock, fail } as const;
  return await leases.hold({ client, name: RESTORE_LEASE, patience }, work, signal);
}

/** Restores and prunes. Returns the notes of the report and what restored objects lack. After an error or interruption, logs the results so far. */
async function restoreAndPrune(
  restore: Restore,
  job: RestoreOptions,
  approval: Approval | undefined,
): Promise<{ notes: string[]; unmet: readonly UnmetReference[] }> {
  const { context, client, archive, request, scope, tally } = restore;
  const { settings, progress, log, signal } = context;
  const stage = progress({ title: "Restoring", unit: "objects", total: scope.objects });
  const news = new FailureNews();
  const onObject = (item: ResultItem) => {
    tally.add(item);
    restore.awaited.add(item);
    if (item.outcome === "failed") {
      stage.fail();
      const kind = tally.kindOf(item);
      const told = request.dryRun === undefined ? news.add({ ...item, kind }) : undefined;
      if (told !== undefined) log.warn(told);
    }
    stage.advance(1);
  };
  const onWaiting: RestoreOptions["onWaiting"] = (waits) =>
    stage.wait(waits && { what: waits.what, until: new Date(context.now().getTime() + waits.left) });
  try {
    const { restoreIntoEmptyOnly: intoEmptyOnly, programNamespace } = settings;
    // The plan, if any, has already checked whether the backup belongs to this cluster.
    const report =
      approval === undefined
        ? await restoreIntoCluster({ ...job, onObject, onWaiting, intoEmptyOnly, programNamespace }, signal)
        : await restoreArchive({ ...job, onObject, onWaiting }, signal);
    const unserved = await adviseOnUnserved(restore, signal);
    const { unmet } = report;
    if (!request.prune) return { notes: [...report.notes, ...unserved], unmet };
    const dryRun = request.dryRun;
    const pruned = await pruneCluster(
      { client, archive, scope, programNamespace, tally, dryRun, approval },
      signal,
    );
    return { notes: [...report.notes, ...unserved, ...pruned], unmet };
  } catch (error) {
    const done = describeDone(tally.summary());
    if (request.dryRun === undefined && done !== "") {
      log.warn(
        { backup: archive.name, objects: scope.objects },
        `Ended before it was done: ${done}. The same command goes on; what is back is left as it is`,
      );
    }
    throw error;
  } finally {
    stage.end();
  }
}

/** Writes the flag after a complete restore without failures. Returns whether the flag was written. */
async function writeFlagIfComplete({
  context,
  client,
  store,
  archive,
  request,
  scope,
  tally,
}: Restore): Promise<boolean> {
  const writes = request.flag && scope.whole && request.dryRun === undefined && tally.failures.length === 0;
  if (!writes) return false;
  await writeFlag(
    client,
    {
      reason: "restored",
      backup: archive.name,
      cluster: archive.manifest.cluster,
      store: store.url,
      time: context.now(),
      objects: scope.objects,
    },
    context.signal,
  );
  return true;
}

/** Which objects the report lists: all in JSON, otherwise changes in a dry run, or deletions, and what is left as it is. */
function isListed({ output }: Context, { dryRun }: RestoreRequest): (item: ResultItem) => boolean {
  if (output.json) return () => true;
  const keepSkipped = keepFirstSkipped();
  const keepFirst = keepFirstOfResult();
  return ({ outcome }) => {
    if (outcome === "skipped") return keepSkipped();
    const isNamed =
      dryRun === undefined ? ["replaced", "deleted"].includes(outcome) : outcome !== "unchanged";
    return isNamed && keepFirst(outcome);
  };
}

function describeDone(summary: Record<Result, number>): string {
  return RESULTS.filter((result) => summary[result] > 0)
    .map((result) => `${summary[result]} ${result}`)
    .join(", ");
}
