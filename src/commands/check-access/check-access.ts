import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { openConfiguredCluster } from "../../command-line/open-configured-cluster.ts";
import { storeOptions } from "../../command-line/open-configured-store.ts";
import { captureOptions, listOption, OUTPUT_OPTION } from "../../command-line/options.ts";
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
      .example("$0 check-access --s3target s3://my-bucket/blue", "All rights, with the policy and the roles")
      .example("$0 check-access --for restore", "What a laptop needs that only restores")
      .example("$0 check-access -o json | jq .policy", "The IAM policy alone"),
  async handler(context) {
    const { flags, output, signal } = context;
    const jobs = readJobs(flags.for as readonly string[] | undefined);
    // Both are asked at the same time, and neither waits for the other's success.
    const [store, cluster] = await Promise.all([
      checkStore(context, jobs, signal),
      checkCluster(context, jobs, signal),
    ]);
    const report = { jobs, store, cluster };
    const { accessJson, accessText, verdictOn } = await import("./access-report.ts");
    output.show({ json: accessJson(report), text: () => accessText(report) });
    const verdict = verdictOn(report);
    if (verdict.kind === "all") return;
    const advice = adviceOf(report);
    if (verdict.kind === "missing") throw new PartialError(verdict.message, { advice });
    throw new OperatorError(verdict.message, { advice });
  },
});

function adviceOf({ store, cluster }: AccessReport): string {
  for (const { failure } of [store, cluster]) {
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
  context: Context,
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
