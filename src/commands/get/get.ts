import { readBackupChoice } from "../../command-line/backup-argument.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { AT_OPTION, NAMESPACE_OPTIONS, SELECTOR_OPTION } from "../../command-line/options.ts";
import { targetNamespace } from "../../command-line/target-namespace.ts";

/** `kube-backup get`: shows objects of a backup, as kubectl shows objects of a cluster. */
export const getCommand = defineCommand({
  command: "get [resources..]",
  describe: "Show objects of a backup, as kubectl get shows those of a cluster",
  needs: ["s3target"],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("resources", {
        describe: "Kinds and names: deploy, deploy web, deploy/web svc/web, deploy,svc, all",
        type: "string",
        array: true,
      })
      .options({
        from: { type: "string", requiresArg: true, describe: "Name of the backup, or latest, the default" },
        ...AT_OPTION,
        ...NAMESPACE_OPTIONS,
        ...SELECTOR_OPTION,
        "field-selector": {
          type: "string",
          requiresArg: true,
          describe: "Field selector, of any field: metadata.name=web,type!=Opaque",
        },
        output: {
          alias: "o",
          type: "string",
          default: "table",
          requiresArg: true,
          describe: "table, wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=TITLE:PATH,…",
        },
        headers: { type: "boolean", default: true, describe: "Titles over the columns (--no-headers: none)" },
      })
      .example("$0 get deploy -n shop", "The Deployments of a namespace, in the newest backup")
      .example("$0 get deploy/web -n shop --at 2h -o yaml", "One as it was 2 hours ago, to be applied")
      .example("$0 get all -A --from backup_20260131T120000Z", "All workloads of a backup"),
  async handler(context) {
    const { settings, flags, output, log, signal, now } = context;
    const [{ openChosenBackup }, { readGetRequest }, { showObjects }] = await Promise.all([
      import("../../catalog/open-backup.ts"),
      import("./get-request.ts"),
      import("./show-objects.ts"),
    ]);
    const choice = readBackupChoice({ backup: flags.from, at: flags.at }, now());
    const request = readGetRequest(flags);
    const namespace = flags["all-namespaces"]
      ? undefined
      : await targetNamespace({ namespace: flags.namespace, settings });
    const store = await openConfiguredStore(context);
    try {
      // Each file is verified as it is read, so only the required part of a large backup is read.
      const { archive, close } = await openChosenBackup(choice, { store, log, check: "manifest" }, signal);
      try {
        await showObjects(archive, { request, flags, namespace, output, log }, signal);
      } finally {
        await close();
      }
    } finally {
      await store.close();
    }
  },
});
