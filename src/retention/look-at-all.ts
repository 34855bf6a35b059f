import PQueue from "p-queue";
import type { StoredBackup } from "../store/contract/store.ts";
import type { JudgedBackup } from "./decide.ts";
import type { Judge, Judgment } from "./judgment.ts";

/** Maximum number of backups that are looked at in parallel. */
const CONCURRENCY = 8;

/** Options of {@link lookAtAll}. */
export interface LookAtAllOptions {
  judge: Judge;
  now: Date;
  /** Finds out the tags of a backup that its judgment does not have. */
  tagsOf: (backup: StoredBackup, judgment: Judgment) => readonly string[] | Promise<readonly string[]>;
}

/** Looks at all backups but those from the future, which stay whatever they are. */
export async function lookAtAll(
  backups: readonly StoredBackup[],
  { judge, now, tagsOf }: LookAtAllOptions,
  signal: AbortSignal,
): Promise<Map<string, JudgedBackup>> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const unread: Judgment = { state: "changed", reason: "not looked at" };
  const look = async (backup: StoredBackup): Promise<JudgedBackup | undefined> => {
    const judgment = await judge.look(backup, signal);
    return judgment && { backup, judgment, tags: await tagsOf(backup, judgment) };
  };
  try {
    const looked = await Promise.all(
      backups.map(async (backup) =>
        backup.time > now
          ? { backup, judgment: unread, tags: await tagsOf(backup, unread) }
          : await queue.add(() => look(backup), { signal }),
      ),
    );
    return new Map(looked.filter((each) => each !== undefined).map((each) => [each.backup.name, each]));
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
