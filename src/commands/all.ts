import { backupCommand } from "./backup.ts";
import { completionCommand } from "./completion.ts";
import type { Command } from "./context.ts";
import { diffCommand } from "./diff.ts";
import { exportCommand } from "./export.ts";
import { getCommand } from "./get.ts";
import { listCommand } from "./list.ts";
import { pruneCommand } from "./prune.ts";
import { restoreCommand } from "./restore.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommand } from "./version.ts";

/** The program's commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  backupCommand,
  restoreCommand,
  diffCommand,
  listCommand,
  getCommand,
  exportCommand,
  pruneCommand,
  statusCommand,
  verifyCommand,
  completionCommand,
  versionCommand,
];
