import { momentArguments, readBackupChoice } from "../../command-line/backup-argument.ts";
import { defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import {
  BACKUP_OPTION,
  listOption,
  MOMENT_OPTIONS,
  NAMESPACE_OPTIONS,
  SELECTOR_OPTION,
} from "../../command-line/options.ts";
import { targetNamespaces } from "../../command-line/target-namespaces.ts";

/** `kube-backup get`: shows objects of a backup, as kubectl shows objects of a cluster. */
export const getCommand = defineCommand({
  command: "get [words..]",
  usage: "get [BACKUP] KIND[,KIND…] [NAME…]",
  describe: "Show objects of a backup, as kubectl get shows a cluster's",
  group: "everyday",
  needs: ["s3target"],
  paged: true,
  backupWords: ({ words = [], backup }) => [backup, ...words],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("words", {
        describe:
          "The backup, latest without it; then kinds and names: deploy, deploy web, deploy/web svc/web, deploy,svc, all",
        type: "string",
        array: true,
      })
      .options({
        ...BACKUP_OPTION,
        ...MOMENT_OPTIONS,
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
        "label-columns": {
          ...listOption("Labels that have a column each: app,tier"),
          alias: "L",
        },
        "show-labels": { type: "boolean", default: false, describe: "A column with all labels" },
        "sort-by": { type: "string", requiresArg: true, describe: "In the order of a field: .metadata.name" },
        headers: { type: "boolean", default: true, describe: "Titles over the columns (--no-headers: none)" },
      })
      .example("$0 get deploy -n shop", "The Deployments of a namespace, in the newest backup")
      .example("$0 get deploy/web -n shop --at 2h -o yaml", "One as it was 2 hours ago, to be applied")
      .example("$0 get backup_20260131T120000Z all -A", "All workloads of a backup"),
  async handler(given) {
    const { settings, flags, output, log, signal } = given;
    const [{ openChosenBackup }, { readGetRequest }, { showObjects }] = await Promise.all([
      import("../../catalog/open-backup.ts"),
      import("./get-request.ts"),
      import("./show-objects.ts"),
    ]);
    const request = readGetRequest(flags);
    const choice = readBackupChoice(
      { backup: request.backup, flag: flags.backup, ...momentArguments(flags) },
      given.reading(),
    );
    const context = inPlace(given, choice);
    const namespaces = flags["all-namespaces"]
      ? undefined
      : await targetNamespaces({ namespaces: flags.namespace, settings });
    const store = await openConfiguredStore(context);
    try {
      // Each file is verified as it is read, so only the required part of a large backup is read.
      const { archive, close } = await openChosenBackup(choice, { store, log, check: "manifest" }, signal);
      try {
        await showObjects(archive, { request, flags, namespaces, output, log }, signal);
      } finally {
        await close();
      }
    } finally {
      await store.close();
    }
  },
});
