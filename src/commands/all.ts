import type { Command } from "../command-line/command.ts";
import { backupCommand } from "./backup.ts";
import { checkAccessCommand } from "./check-access/check-access.ts";
import { clustersCommand } from "./clusters/clusters.ts";
import { completionCommand } from "./complete/completion.ts";
import { configCommand } from "./config/config.ts";
import { copyCommand } from "./copy/copy.ts";
import { deleteCommand } from "./delete/delete.ts";
import { describeCommand } from "./describe/describe.ts";
import { diffCommand } from "./diff/diff.ts";
import { exportCommand } from "./export/export.ts";
import { getCommand } from "./get/get.ts";
import { keygenCommand } from "./keygen/keygen.ts";
import { listCommand } from "./list/list.ts";
import { logCommand } from "./log/log.ts";
import { logsCommand } from "./logs.ts";
import { pruneCommand } from "./prune/prune.ts";
import { reportCommand } from "./report/report.ts";
import { restoreCommand } from "./restore/restore.ts";
import { resumeCommand } from "./resume/resume.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status/status.ts";
import { tagCommand, untagCommand } from "./tag/tag.ts";
import { uiCommand } from "./ui/ui.ts";
import { verifyCommand } from "./verify/verify.ts";
import { versionCommand } from "./version.ts";

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  backupCommand,
  restoreCommand,
  resumeCommand,
  diffCommand,
  logCommand,
  uiCommand,
  listCommand,
  describeCommand,
  getCommand,
  exportCommand,
  tagCommand,
  untagCommand,
  copyCommand,
  pruneCommand,
  deleteCommand,
  statusCommand,
  clustersCommand,
  reportCommand,
  verifyCommand,
  checkAccessCommand,
  keygenCommand,
  configCommand,
  completionCommand,
  versionCommand,
  logsCommand,
];
