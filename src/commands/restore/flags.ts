import type { Argv } from "yargs";
import {
  BACKUP_OPTION,
  DELETED_OPTION,
  LOCK_OPTION,
  listOption,
  MOMENT_OPTIONS,
  NAMESPACE_OPTIONS,
  OUTPUT_OPTION,
  SELECTOR_OPTION,
} from "../../command-line/options.ts";

import { SHORTCUT_OPTIONS } from "../changes/changed-archive.ts";

/** Declares the arguments and flags of `kube-backup restore`. */
export function restoreFlags(yargs: Argv) {
  return yargs
    .positional("words", {
      describe:
        "The backup, latest without it; then kinds and names, all without any: deploy, deploy web, deploy/web svc/web",
      type: "string",
      array: true,
    })
    .options({
      ...OUTPUT_OPTION,
      ...BACKUP_OPTION,
      ...MOMENT_OPTIONS,
      ...DELETED_OPTION,
      namespace: {
        ...NAMESPACE_OPTIONS.namespace,
        describe:
          "Only these namespaces: shop,team-*; of named kinds and objects those that they are in, that of the context otherwise",
      },
      "all-namespaces": NAMESPACE_OPTIONS["all-namespaces"],
      "include-namespaces": listOption("Only these namespaces: shop,team-*"),
      "exclude-namespaces": listOption("Not these namespaces: kube-*"),
      "include-kinds": listOption("Only these kinds: deploy,secrets"),
      "exclude-kinds": listOption("Not these kinds"),
      ...SELECTOR_OPTION,
      "namespace-mapping": listOption("Bring a namespace back under another name, and nothing else: OLD=NEW"),
      transform: {
        describe: "Change objects by a file of patches, in the form of kustomize's patches; may be repeated",
        type: "string",
        array: true,
        requiresArg: true,
      },
      ...SHORTCUT_OPTIONS,
      paused: {
        type: "boolean",
        default: false,
        describe: "Workloads come back at 0 replicas or suspended, until kube-backup resume",
      },
      existing: {
        describe: "What becomes of objects that exist and differ from the backup",
        choices: ["skip", "update", "replace"],
        default: "skip",
        requiresArg: true,
      },
      "restore-status": {
        type: "boolean",
        default: false,
        describe: "Bring back the status of custom resources too, where it is a subresource",
      },
      prune: {
        type: "boolean",
        default: false,
        describe: "Then delete what the cluster has and the backup has not, in the namespaces restored",
      },
      undo: {
        type: "boolean",
        default: false,
        describe: "Revert what was changed or deleted since --since; what others have written since stays",
      },
      since: {
        type: "string",
        requiresArg: true,
        describe: "With --undo: what changed from this time on: 2026-01-31T12:00:00Z, or 36h for so long ago",
      },
      "dry-run": {
        type: "string",
        describe:
          "Write nothing and show the plan; =server (the default) asks the API server, =client does not",
      },
      wait: {
        type: "boolean",
        default: false,
        describe: "Then wait until the restored Deployments, StatefulSets and DaemonSets are ready",
      },
      "wait-for-jobs": {
        type: "boolean",
        default: false,
        describe: "With --wait: also until the restored Jobs are complete",
      },
      timeout: {
        type: "string",
        requiresArg: true,
        describe: "How long --wait waits: 10m; 5m without it",
      },
      "retry-lock": {
        type: "string",
        requiresArg: true,
        describe:
          "How long to wait while another restore is under way: 5m; as long as it takes to know that it is",
      },
      ...LOCK_OPTION,
      unencrypted: {
        type: "boolean",
        default: false,
        describe: "Also a backup in plain, although AGE_RECIPIENTS is set",
      },
      yes: { alias: "y", type: "boolean", default: false, describe: "Do not ask" },
      flag: {
        type: "boolean",
        default: true,
        describe:
          "Write the namespace backuprestore-donotuse after a restore of the whole (--no-flag: do not)",
      },
    })
    .example("$0 restore", "The newest backup, after a question")
    .example("$0 restore --dry-run --existing update", "What would change")
    .example("$0 restore deploy web -n shop --existing update", "One object, as the backup has it")
    .example("$0 restore --at 2h --namespace-mapping shop=shop-old", "A namespace of 2 hours ago beside it")
    .example("$0 restore -n shop --undo --since 15m", "Takes back what happened in the last 15 minutes")
    .example("$0 restore --transform new-cluster.yaml --paused", "Into a new cluster, as its patches say")
    .example("$0 restore --set-image reg.old=reg.new --set-host old.io=new.io", "The same without a file")
    .example("$0 restore backup_20260131T120000Z --yes", "One by name, in a script");
}

/** The values of the flags. */
export interface RestoreFlags {
  words?: readonly string[] | undefined;
  backup?: string | undefined;
  at?: string | undefined;
  "or-before"?: boolean | undefined;
  revision?: string | undefined;
  timeline?: string | undefined;
  before?: string | undefined;
  namespace?: readonly string[] | undefined;
  "all-namespaces": boolean;
  "include-namespaces"?: readonly string[] | undefined;
  "exclude-namespaces"?: readonly string[] | undefined;
  "include-kinds"?: readonly string[] | undefined;
  "exclude-kinds"?: readonly string[] | undefined;
  selector?: string | undefined;
  "namespace-mapping"?: readonly string[] | undefined;
  transform?: readonly string[] | undefined;
  "set-image"?: readonly string[] | undefined;
  "set-storage-class"?: readonly string[] | undefined;
  "set-ingress-class"?: readonly string[] | undefined;
  "set-host"?: readonly string[] | undefined;
  paused: boolean;
  existing: string;
  "restore-status": boolean;
  prune: boolean;
  undo: boolean;
  since?: string | undefined;
  /** Empty when the flag has no value. */
  "dry-run"?: string | undefined;
  wait: boolean;
  "wait-for-jobs": boolean;
  timeout?: string | undefined;
  "retry-lock"?: string | undefined;
  lock: boolean;
  unencrypted: boolean;
  yes: boolean;
  flag: boolean;
  deleted: boolean;
}
