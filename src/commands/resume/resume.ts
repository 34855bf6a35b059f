import type { CommandContext } from "../../command-line/command.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredCluster } from "../../command-line/open-configured-cluster.ts";
import { NAMESPACE_OPTIONS, OUTPUT_OPTION } from "../../command-line/options.ts";
import { reachCluster } from "../../command-line/reach-cluster.ts";
import { isLiteral, targetNamespaces } from "../../command-line/target-namespaces.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { canAsk, confirm, printContext } from "../../terminal/confirm.ts";

/** The flags of `resume`. */
interface ResumeFlags {
  namespace?: readonly string[] | undefined;
  "dry-run": boolean;
  yes: boolean;
}

/** `kube-backup resume`: starts what a restore has paused. */
export const resumeCommand = defineCommand({
  command: "resume",
  describe: "Start the workloads of a namespace that restore --paused left at rest",
  group: "everyday",
  needs: [],
  builder: (yargs) =>
    yargs
      .options({
        ...OUTPUT_OPTION,
        namespace: {
          ...NAMESPACE_OPTIONS.namespace,
          describe: "The namespace, one of them; that of the context otherwise",
        },
        "dry-run": {
          type: "boolean",
          default: false,
          describe: "Show what would be started, and change nothing",
        },
        yes: { alias: "y", type: "boolean", default: false, describe: "Do not ask" },
      })
      .example("$0 resume -n shop", "Shows what is paused, asks, and starts it")
      .example("$0 resume -n shop --dry-run", "What is paused, and what it had"),
  async handler(context) {
    if (!context.flags.yes && !context.flags["dry-run"] && !canAsk()) {
      throw new UsageError([
        "There is no terminal to ask on: add --yes to start them without a question, or --dry-run",
      ]);
    }
    await resume(context);
  },
});

async function resume(context: CommandContext<ResumeFlags>): Promise<void> {
  const { settings, flags, output, log, signal } = context;
  const [
    { readPausedObjects },
    { resumeObjects },
    { describeScalers },
    { resumed, plannedLines, resumeEnding },
    { clusterHere },
  ] = await Promise.all([
    import("../../resume/paused-objects.ts"),
    import("../../resume/resume-objects.ts"),
    import("../../resume/scalers.ts"),
    import("./resume-results.ts"),
    import("../../command-line/cluster-here.ts"),
  ]);
  const [namespace = "", ...others] = await targetNamespaces({ namespaces: flags.namespace, settings });
  if (others.length > 0 || !isLiteral(namespace))
    throw new UsageError(["resume starts what is in one namespace: give one name with --namespace"]);
  const client = await openConfiguredCluster(context);
  try {
    await reachCluster(client, log, signal);
    const { objects, followers, unread, nothingRead } = await readPausedObjects(client, namespace, signal);
    if (objects.length + followers.length + unread.length === 0) {
      const { rejectMissingNamespace } = await import("./missing-namespace.ts");
      await rejectMissingNamespace(client, namespace, signal);
    }
    const notes = [...unread, ...(await describeScalers({ client, namespace, objects }, signal))];
    const dryRun = flags["dry-run"];
    if (!dryRun && !flags.yes && objects.length > 0) {
      printContext([...plannedLines(objects), ...notes, ""]);
      const question = `Start them in ${namespace} of ${client.context} (${client.server})?`;
      if (!(await confirm(question, signal)))
        throw new OperatorError("Nothing is started: the question was not answered with yes");
    }
    // Before anything is written: an error after it would hide what was done.
    const cluster = output.json ? await clusterHere(client, settings, signal) : undefined;
    const results = [
      ...(await resumeObjects(client, objects, { dryRun }, signal)),
      // Of what controllers start, only what goes wrong is told.
      ...(await resumeObjects(client, followers, { dryRun }, signal)).filter(
        ({ outcome }) => outcome === "failed",
      ),
    ];
    const { json, text } = resumed(results, { namespace, dryRun, notes });
    output.show({ json: { cluster, ...json }, text: () => text });
    const ending = resumeEnding(results, { namespace, unread, nothingRead });
    if (ending !== undefined) throw ending;
  } finally {
    await client.close();
  }
}
