import type { Archive } from "../../archive/reader.ts";
import { readClusterId } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { OperatorError } from "../../errors.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { restoreIntoCluster } from "../../restore/foreign-cluster.ts";
import { type ExtraObject, findExtraObjects } from "../../restore/prune.ts";
import { describeUnmet, type UnmetReference } from "../../restore/report/unmet-references.ts";
import type { RestoreOptions } from "../../restore/restore-archive.ts";
import { confirm, printContext } from "../../terminal/confirm.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { describeHeader } from "./header.ts";
import type { RestoreRequest } from "./restore-request.ts";
import { changesNothing, describeNothingToDo, describePlan, keepFirstSkipped } from "./restore-text.ts";
import type { RestoreScope } from "./scope.ts";
import { RestoreTally, type Result, type ResultItem } from "./tally.ts";
import { adviseOnUnserved } from "./unserved.ts";

/**
 * Objects kept for each kind of a plan. One more than the plan names, so that the plan can say that there are more.
 */
const KEPT_PER_KIND = 4;

/** Options of {@link askToRestore}. */
export interface QuestionOptions {
  context: Pick<CommandContext, "settings" | "log" | "progress" | "signal" | "now">;
  client: ApiClient;
  archive: Archive;
  request: RestoreRequest;
  scope: RestoreScope;
  /** What is known before the plan, and said with it, one sentence each. */
  told: readonly string[];
  /** The options of the restore. */
  job: RestoreOptions;
  /** Whether something besides the objects is to be written, so that there is always something to ask about. */
  writesMore: boolean;
}

/** What the user approved. */
export interface Approval {
  /** uids of the objects that prune may delete. */
  deletions: ReadonlySet<string>;
  /** What the plan has told. */
  notes: ReadonlySet<string>;
}

/** There is nothing to approve: no object would change. */
export interface NothingToDo {
  nothingToDo: string;
  summary: Record<Result, number>;
  /** What is there already, and cannot work. */
  unmet: readonly UnmetReference[];
}

/**
 * Shows the plan of a restore and asks for approval. Each list of objects to delete has a question of its own. Where
 * nothing would change, nothing is asked. Writes nothing.
 *
 * @throws {OperatorError} when any answer is not yes.
 */
export async function askToRestore(options: QuestionOptions): Promise<Approval | NothingToDo> {
  const { context, client, archive, request, scope } = options;
  const { signal } = context;
  const [{ tally, notes, unmet }, clusterId] = [await plan(options), await readClusterId(client, signal)];
  const { programNamespace } = context.settings;
  const found = { client, archive, programNamespace, ...scope };
  const extras = request.prune ? await findExtraObjects(found, signal) : [];
  printContext(describeHeader({ client, archive, request, scope, clusterId, now: context.now() }));
  const advice = await adviseOnUnserved({ client, archive, tally }, signal);
  printContext(["", ...describePlan(tally, [...notes, ...advice]), ""]);
  if (!options.writesMore && extras.length === 0 && changesNothing(tally.summary())) {
    const summary = tally.summary();
    return { nothingToDo: describeNothingToDo(archive.name, summary), summary, unmet };
  }
  const task =
    request.undo === undefined
      ? `Restore ${archive.name} into`
      : `Undo what changed since ${rfc3339(request.undo)} in`;
  await requireYes(`${task} ${client.context} (${client.server})?`, signal);
  const replaced = tally.items.filter(({ outcome }) => outcome === "replaced");
  await confirmList(
    "To be deleted and created again",
    replaced.map((item) => tally.titleOf(item)),
    signal,
  );
  await confirmList(
    `Not in ${archive.name}, to be deleted`,
    extras.map((extra) => extraTitle(tally, extra)),
    signal,
  );
  return { deletions: new Set(extras.map(({ uid }) => uid)), notes: new Set([...notes, ...advice]) };
}

/** Plans the restore with a dry run. */
async function plan({ context, request, scope, told, job }: QuestionOptions): Promise<{
  tally: RestoreTally;
  notes: readonly string[];
  unmet: readonly UnmetReference[];
}> {
  const { settings, progress, signal } = context;
  const tally = new RestoreTally(keepFirstOfKind(), job.archive.manifest.resources);
  const stage = progress({ title: "Planning", unit: "objects", total: scope.objects });
  const onObject = (item: ResultItem) => {
    tally.add(item);
    if (item.outcome === "failed") stage.fail();
    stage.advance(1);
  };
  // Only the API server knows which fields are immutable, and thus which objects a restore would delete and create
  // anew.
  const dryRun = request.existing === "replace" ? "server" : "client";
  const { restoreIntoEmptyOnly: intoEmptyOnly, programNamespace } = settings;
  try {
    const report = await restoreIntoCluster(
      { ...job, dryRun, onObject, intoEmptyOnly, programNamespace },
      signal,
    );
    const unmet = report.unmet.map((each) => describeUnmet(each, { planned: true }));
    return { tally, notes: [...told, ...report.notes, ...unmet], unmet: report.unmet };
  } finally {
    stage.end();
  }
}

/** Keeps the items that must be listed, and the first changes of each kind. */
function keepFirstOfKind(): (item: ResultItem) => boolean {
  const kept = new Map<string, number>();
  const keepSkipped = keepFirstSkipped();
  return ({ resource, outcome }) => {
    if (outcome === "replaced") return true;
    if (outcome === "skipped") return keepSkipped();
    if (outcome !== "created" && outcome !== "updated") return false;
    const count = (kept.get(resource) ?? 0) + 1;
    kept.set(resource, count);
    return count <= KEPT_PER_KIND;
  };
}

async function confirmList(title: string, names: readonly string[], signal: AbortSignal): Promise<void> {
  if (names.length === 0) return;
  printContext(["", `${title}:`, ...names.map((name) => `  ${name}`), ""]);
  await requireYes(`Delete ${names.length === 1 ? "this object" : `these ${names.length} objects`}?`, signal);
}

async function requireYes(question: string, signal: AbortSignal): Promise<void> {
  if (await confirm(question, signal)) return;
  throw new OperatorError("Not restored: the question was not answered with yes", {
    advice: "Nothing was written",
  });
}

function extraTitle(tally: RestoreTally, { resource, namespace, name }: ExtraObject): string {
  return tally.titleOf({ resource: resourceName(resource), kind: resource.kind, namespace, name });
}
