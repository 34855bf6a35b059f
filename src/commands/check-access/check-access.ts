import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { openConfiguredCluster } from "../../command-line/open-configured-cluster.ts";
import { storeOptions } from "../../command-line/open-configured-store.ts";
import { captureOptions, copyOptions, listOption, OUTPUT_OPTION } from "../../command-line/options.ts";
import { ofSecondStore } from "../../command-line/second-store.ts";
import { OperatorError, PartialError, UsageError } from "../../errors.ts";
import { JOBS, type Job } from "../../store/contract/store-access.ts";
import type { AccessReport } from "./access-report.ts";

type Context = CommandContext<object, "s3target">;

/** `kube-backup check-access`: tries what the program needs, and says which rights are missing. */
export const checkAccessCommand = defineCommand({
  command: "check-access",
  describe: "Say which rights are missing, and print what gives them",
  group: "service",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options({
        ...OUTPUT_OPTION,
        for: listOption("Only what these need: backup, restore (the restore gate too), prune"),
      })
      .options(captureOptions())
      .options(secondStoreOptions())
      .example("$0 check-access --s3target s3://my-bucket/blue", "All rights, with the policy and the roles")
      .example("$0 check-access --for restore", "What a laptop needs that only restores")
      .example("$0 check-access -o json | jq .policy", "The IAM policy alone"),
  async handler(context) {
    const { flags, output, signal } = context;
    const jobs = readJobs(flags.for as readonly string[] | undefined);
    // All are asked at the same time, and none waits for another's success.
    const [store, copyStore, cluster] = await Promise.all([
      checkStore(context, jobs, signal),
      checkCopyStore(context, jobs, signal),
      checkCluster(context, jobs, signal),
    ]);
    const report = { jobs, store, copyStore, cluster };
    const { accessJson, accessText, sidesOf, verdictOn } = await import("./access-report.ts");
    output.show({ json: accessJson(report), text: () => accessText(report) });
    const verdict = verdictOn(report);
    if (verdict.kind === "all") return;
    const advice = adviceOf(sidesOf(report));
    if (verdict.kind === "missing") throw new PartialError(verdict.message, { advice });
    throw new OperatorError(verdict.message, { advice });
  },
});

/** Where the second store is; how else it is reached, the variables say. */
function secondStoreOptions() {
  const { "copy-to": to = {}, "copy-endpoint-uri": endpoint = {} } = copyOptions();
  return { "copy-to": to, "copy-endpoint-uri": endpoint };
}

function adviceOf(sides: readonly Pick<AccessReport["store"], "failure">[]): string {
  for (const { failure } of sides) {
    if (failure instanceof OperatorError && failure.advice !== undefined) return failure.advice;
  }
  return "Give the policy and the roles above to whom they are for, or leave out with --for what is not done here";
}

/** @throws {UsageError} where a word is no job. */
function readJobs(words: readonly string[] | undefined): readonly Job[] {
  if (words === undefined || words.length === 0) return JOBS;
  const unknown = words.filter((word) => !JOBS.some((job) => job === word));
  if (unknown.length > 0) {
    throw new UsageError([
      `--for ${unknown.join(",")} is none of ${JOBS.join(", ")}: write one of them, or several`,
    ]);
  }
  return JOBS.filter((job) => words.includes(job));
}

async function checkStore(
  context: Parameters<typeof storeOptions>[0],
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<AccessReport["store"]> {
  const { checkStoreAccess } = await import("../../store/check-store-access.ts");
  const { url, rights, leftBehind, failure, policy } = await checkStoreAccess(
    storeOptions(context),
    jobs,
    signal,
  );
  return { title: url, rights, leftBehind, failure, policy };
}

/** What copies need of the second store is what backups need: nothing there is ever removed by rules of this one. */
async function checkCopyStore(
  { settings, ...context }: Context,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<AccessReport["copyStore"]> {
  const { copyTo } = settings;
  if (copyTo === undefined || !jobs.includes("backup")) return undefined;
  const second = { ...context, settings: ofSecondStore({ ...settings, copyTo }) };
  return await checkStore(second, ["backup"], signal);
}

async function checkCluster(
  context: Context,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<AccessReport["cluster"]> {
  const client = await openConfiguredCluster(context);
  const { context: name, server } = client;
  const side = { title: `${name} (${server})`, context: name, server };
  try {
    const [
      { findResources },
      { clusterRights },
      { checkClusterAccess },
      { rolesFor },
      { recordKey },
      { readUserName },
    ] = await Promise.all([
      import("../../backup/find-resources.ts"),
      import("../../access/cluster-rights.ts"),
      import("../../access/check-cluster-access.ts"),
      import("../../access/cluster-role.ts"),
      import("../../restore-gate/restore-record.ts"),
      import("../../cluster/access-review.ts"),
    ]);
    const { kinds, changeLog, programNamespace } = context.settings;
    const { resources, missing, warnings } = await findResources(client, { kinds }, signal);
    const watches = { changeLog: typeof changeLog === "number" };
    const needed = clusterRights(resources, recordKey(programNamespace), jobs, watches);
    const [user, rights] = await Promise.all([
      readUserName(client, signal),
      checkClusterAccess(client, needed, signal),
    ]);
    const notes = [
      ...missing.map(({ resource, reason }) => `Not asked about ${resource}: ${reason}`),
      ...warnings,
    ];
    return { ...side, rights, user, roles: rolesFor(needed, user), notes };
  } catch (error) {
    if (signal.aborted || !(error instanceof OperatorError) || error instanceof UsageError) throw error;
    return { ...side, rights: [], failure: error, user: undefined, roles: [], notes: [] };
  } finally {
    await client.close();
  }
}
