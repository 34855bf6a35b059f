import { backupCommand } from "./backup.ts";
import type { Command } from "./context.ts";
import { listCommand } from "./list.ts";
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
  listCommand,
  statusCommand,
  verifyCommand,
  versionCommand,
];
