import { NoteChain } from "../notes/note-chain.ts";
import type { NoteOptions } from "../notes/write-note.ts";
import type { Settings } from "../settings/settings.ts";
import { signMessage } from "../signatures/sshsig.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { orNothing } from "../trust/believed-store.ts";
import { whyUnused } from "../trust/own-signature.ts";

/** Options of {@link noteOptions}. */
export interface NoteSettings {
  settings: Pick<Settings, "signingKey" | "allowedSigners" | "clusterName">;
  store: Store;
  /** The uid of the cluster; undefined where it is not known. */
  cluster: string | undefined;
  log: Pick<Log, "warn">;
  now: () => Date;
}

/**
 * How a process writes the notes of its backups, as the settings have it. Warns where nobody who goes by ALLOWED_SIGNERS
 * would use its backups.
 */
export function noteOptions({ settings, store, cluster, log, now }: NoteSettings): NoteOptions {
  const { signingKey, allowedSigners, clusterName } = settings;
  const principal = clusterName ?? cluster ?? "";
  const unused = whyUnused({ signingKey, allowedSigners, principal }, now());
  if (unused !== undefined) log.warn(`The backups of this cluster will not be used: ${unused}`);
  return {
    chain: new NoteChain(),
    sign: signingKey === undefined ? undefined : (text) => signMessage(text, signingKey),
    among: orNothing(store),
    // No rule of retention removes the newest: somebody else has, or the store was put back to an earlier state.
    onGone: (backup) =>
      log.warn({ backup }, "The newest backup, which this process has stored, is not in the store any more"),
  };
}
