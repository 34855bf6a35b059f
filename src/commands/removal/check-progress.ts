import type { VerifyProgress } from "../../archive/verify.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import type { Progress } from "../../terminal/progress/progress.ts";

/** Shows how far the check of one backup after the other is. */
export function checkProgress(progress: Progress): {
  advance: (backup: StoredBackup, progress: VerifyProgress) => void;
  end: () => void;
} {
  let name: string | undefined;
  let stage: ReturnType<Progress> | undefined;
  let seen = 0;
  return {
    advance: (backup, { done, total }) => {
      if (backup.name !== name) {
        stage?.end();
        stage = progress({ title: `Checking ${backup.name}`, unit: "bytes", total });
        name = backup.name;
        seen = 0;
      }
      stage?.advance(done - seen);
      seen = done;
    },
    end: () => stage?.end(),
  };
}
