import PQueue from "p-queue";
import type { StoredBackup } from "../store/contract/store.ts";
import type { JudgedBackup } from "./decide.ts";
import type { Judge, Judgment } from "./judgment.ts";

/** Maximum number of backups that are looked at in parallel. */
const CONCURRENCY = 8;

/** Looks at all backups but those from the future, which stay whatever they are. */
export async function lookAtAll(
  backups: readonly StoredBackup[],
  { judge, now }: { judge: Judge; now: Date },
  signal: AbortSignal,
): Promise<Map<string, JudgedBackup>> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const unread: Judgment = { state: "changed", reason: "not looked at" };
  try {
    const looked = await Promise.all(
      backups.map(async (backup): Promise<[string, JudgedBackup][]> => {
        const judgment =
          backup.time > now ? unread : await queue.add(() => judge.look(backup, signal), { signal });
        return judgment === undefined ? [] : [[backup.name, { backup, judgment }]];
      }),
    );
    return new Map(looked.flat());
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
