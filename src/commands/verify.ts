import { OperatorError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { LATEST, readBackupChoice } from "./backup-argument.ts";
import { defineCommand } from "./context.ts";
import { openSettingsStore } from "./open-settings-store.ts";
import { OUTPUT_OPTION } from "./options.ts";

/** What became of one backup's check. */
interface Verification {
  name: string;
  valid: boolean;
  /** What is wrong, or null. */
  reason: string | null;
}

/** `kube-backup verify`: reads backups and checks every byte of them. */
export const verifyCommand = defineCommand({
  command: "verify [backup]",
  describe: "Check every byte of a backup, or of all of them",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .positional("backup", { describe: "Name of the backup, or latest", type: "string", default: LATEST })
      .options({
        ...OUTPUT_OPTION,
        all: { type: "boolean", default: false, describe: "Check all backups" },
      })
      .example("$0 verify --s3target s3://my-bucket/blue", "The newest")
      .example("$0 verify --all -o json", "All, for a script: [{name, valid, reason}]"),
  async handler(context) {
    const { flags, output, signal, log, now } = context;
    readBackupChoice(flags, now());
    const [{ openBackup }, { DamagedArchiveError }, { NewerFormatError }] = await Promise.all([
      import("../catalog/open-backup.ts"),
      import("../archive/damaged-archive-error.ts"),
      import("../archive/newer-format-error.ts"),
    ]);
    const store = await openSettingsStore(context);
    try {
      const verified: Verification[] = [];
      for (const name of await namesOf(store, flags, signal)) {
        try {
          await (await openBackup(store, name, signal)).close();
          verified.push({ name, valid: true, reason: null });
        } catch (error) {
          // A store that cannot be read says nothing of the backup.
          if (!(error instanceof DamagedArchiveError || error instanceof NewerFormatError)) throw error;
          verified.push({ name, valid: false, reason: error.message });
        }
        log.debug({ backup: name }, "Checked");
      }
      output.show({
        json: verified,
        text: () => verified.map(({ name, reason }) => reason ?? `${name} is whole`).join("\n"),
      });
      const broken = verified.filter(({ valid }) => !valid);
      if (broken.length > 0) {
        throw new OperatorError(`Cannot restore from ${broken.length} of ${verified.length} backups checked`);
      }
    } finally {
      await store.close();
    }
  },
});

async function namesOf(
  store: Store,
  { backup, all }: { backup: string; all: boolean },
  signal: AbortSignal,
): Promise<string[]> {
  if (all) return (await Array.fromAsync(store.list({}, signal))).map(({ name }) => name);
  if (backup !== LATEST) return [backup];
  const newest = await store.newest({}, signal);
  if (newest === undefined) throw new OperatorError(`Cannot verify: ${store.url} holds no backups`);
  return [newest.name];
}
