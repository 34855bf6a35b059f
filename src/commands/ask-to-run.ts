import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { CommandContext } from "../command-line/command.ts";
import { OperatorError } from "../errors.ts";
import type { GateDecision } from "../restore-gate/decide.ts";
import type { GateFindings } from "../restore-gate/gate-options.ts";
import type { SettingsWith } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import { confirm, printContext } from "../terminal/confirm.ts";
import { formatTable } from "../terminal/table.ts";
import { type RunWork, runQuestion } from "./run-question.ts";

const MINUTE = 60_000;

/** What a person at the terminal approved. */
export interface RunApproval {
  /** The backup that the gate may restore; undefined where no restore was asked about. */
  backup: string | undefined;
}

/** Options of {@link askToRun}. */
export interface AskToRunOptions {
  context: Pick<CommandContext, "log" | "progress" | "now"> & {
    settings: SettingsWith<"frequencyMinutes" | "maxRestoreAgeMinutes">;
  };
  client: ApiClient;
  store: Store;
}

/**
 * Shows the cluster, the store, what the gate and the loop would do, and the plan of a restore, and asks. Writes
 * nothing.
 *
 * @throws {OperatorError} where the answer is not yes.
 */
export async function askToRun(options: AskToRunOptions, signal: AbortSignal): Promise<RunApproval> {
  const { context, client, store } = options;
  const { settings } = context;
  const { previewGate } = await import("../restore-gate/restore-gate.ts");
  const maxRestoreAge = settings.maxRestoreAgeMinutes * MINUTE;
  const { decision, findings } = await previewGate(
    {
      client,
      store,
      log: context.log,
      maxRestoreAge,
      expectBackup: settings.expectBackup,
      clusterName: settings.clusterName,
      restoreCluster: settings.restoreCluster,
      restoreTo: settings.restoreTo,
      encryptedOnly: settings.ageRecipients !== undefined,
      programNamespace: settings.programNamespace,
      now: context.now,
    },
    signal,
  );
  const work: RunWork = {
    decision,
    cluster: `${client.context} (${client.server})`,
    store: store.url,
    frequencyMinutes: settings.frequencyMinutes,
    prunes: settings.retention !== undefined,
  };
  const { lines, question } = runQuestion(work);
  if (question === undefined) return { backup: undefined };
  const [, ...shown] = formatTable({ columns: [{ title: "" }, { title: "" }], rows: lines });
  printContext([...shown, ""]);
  if (decision.action === "restore" || decision.action === "resume") {
    return { backup: await askToRestoreAtGate(options, { decision, findings }, signal) };
  }
  if (await confirm(question, signal)) return { backup: undefined };
  throw new OperatorError("Not run: the question was not answered with yes", {
    advice: "Nothing was written",
  });
}

/** Shows the plan of the restore, and asks. Returns the name of the backup. */
async function askToRestoreAtGate(
  { context, client, store }: AskToRunOptions,
  {
    decision,
    findings,
  }: { decision: GateDecision & { action: "restore" | "resume" }; findings: GateFindings },
  signal: AbortSignal,
): Promise<string> {
  const { settings, log, now } = context;
  const { openDecided, openBegun } = await import("../restore-gate/restore-and-flag.ts");
  const maxRestoreAge = settings.maxRestoreAgeMinutes * MINUTE;
  const encryptedOnly = settings.ageRecipients !== undefined;
  const { moment } = decision;
  const { opened } =
    decision.action === "resume"
      ? await openBegun({ store, log }, decision, signal)
      : await openDecided({ store, log, now, maxRestoreAge, encryptedOnly }, { moment, findings }, signal);
  try {
    const { archive } = opened;
    const [{ askToRestore }, { WHOLE_BACKUP }, { resolveScope }] = await Promise.all([
      import("./restore/ask-to-restore.ts"),
      import("./restore/restore-request.ts"),
      import("./restore/scope.ts"),
    ]);
    const request = WHOLE_BACKUP;
    const scope = await resolveScope(archive, { request, homes: ["default"] }, signal);
    const { selection, namespaceMapping } = scope;
    const { keepKubeSystem } = settings;
    const job = { client, archive, selection, namespaceMapping, keepKubeSystem, log };
    await askToRestore({
      context: { ...context, signal },
      client,
      archive,
      request,
      scope,
      told: [],
      job,
      writesMore: true,
    });
    return opened.name;
  } finally {
    await opened.close();
  }
}
