import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { NAMESPACE_OPTIONS, SELECTOR_OPTION } from "../../command-line/options.ts";
import { targetNamespaces } from "../../command-line/target-namespaces.ts";
import type { LogFlags } from "./log-request.ts";

/** `kube-backup log`: the history of objects, from the change log and from backups. */
export const logCommand = defineCommand({
  command: "log [words..]",
  usage: "log [KIND[,KIND…] [NAME…]]",
  describe: "Show what changed, when and by which manager, between backups too",
  group: "everyday",
  needs: ["s3target"],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("words", {
        describe: "Kinds and names: deploy, deploy web, deploy/web svc/web; all objects without any",
        type: "string",
        array: true,
      })
      .options({
        namespace: {
          ...NAMESPACE_OPTIONS.namespace,
          describe: "Namespaces: shop, or shop,team-*; with a KIND that of the context otherwise",
        },
        ...{ "all-namespaces": NAMESPACE_OPTIONS["all-namespaces"] },
        ...SELECTOR_OPTION,
        since: {
          type: "string",
          default: "24h",
          requiresArg: true,
          describe: "From this time on: 2026-01-31T12:00:00Z, 14:03, or 36h for so long ago",
        },
        until: { type: "string", requiresArg: true, describe: "Up to this time; now without it" },
        patch: { alias: "p", type: "boolean", default: false, describe: "Show what each change wrote" },
        deleted: {
          type: "boolean",
          default: false,
          describe: "Only what is gone at the end of the time, and the command that brings it back",
        },
        follow: {
          alias: "f",
          type: "boolean",
          default: false,
          describe: "Go on with what comes until interrupted; JSON is then a line for each change",
        },
        output: {
          alias: "o",
          describe: "How to write the result",
          choices: ["text", "json"],
          default: "text",
          requiresArg: true,
        },
      })
      .example("$0 log -n shop", "What changed in a namespace in the last 24 hours")
      .example("$0 log deploy/web -n shop --since 7d -p", "How one object came to be as it is")
      .example("$0 log --deleted -A --since 2h", "What is gone, and how to bring each back")
      .example("$0 log -A --follow", "Everything that changes, as it does"),
  async handler(context: CommandContext<LogFlags, "s3target">) {
    const { settings, flags, log, reading } = context;
    const [{ readLogRequest }, { showHistory }] = await Promise.all([
      import("./log-request.ts"),
      import("./show-history.ts"),
    ]);
    const request = readLogRequest(flags, reading());
    for (const note of request.notes) log.info(note);
    const isEverywhere =
      flags["all-namespaces"] || (request.kinds.length === 0 && flags.namespace === undefined);
    const namespaces = isEverywhere
      ? undefined
      : await targetNamespaces({ namespaces: flags.namespace, settings });
    const store = await openConfiguredStore(context);
    try {
      await showHistory(context, { store, request, namespaces });
    } finally {
      await store.close();
    }
  },
});
