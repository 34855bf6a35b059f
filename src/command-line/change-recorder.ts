import { Buffer } from "node:buffer";
import { ChangeRecorder, type RecorderObserver } from "../change-log/recording/recorder.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Recipients } from "../encryption/recipients.ts";
import type { SigningKey } from "../signatures/signing-key.ts";
import { signMessage } from "../signatures/sshsig.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";

/** How much may wait for the store, in bytes: the container has 512 MiB. */
const MAX_PENDING = 32 * 1024 * 1024;

/** Options of {@link openChangeRecorder}. */
export interface ChangeRecorderSettings {
  /** CHANGE_LOG, in milliseconds. */
  flushEvery: number;
  clusterName: string | undefined;
  signingKey: SigningKey | undefined;
  recipients: Recipients | undefined;
  client: ApiClient;
  store: Store;
  onNeedsBackup: () => void;
  observer?: RecorderObserver | undefined;
  /** Asks whether the cluster was set back to an earlier state, as the Lease tells it. */
  confirm: (signal: AbortSignal) => Promise<number>;
  now: () => Date;
  log: Log;
}

/** The recorder of the change log, as the settings have it: encrypted and signed as backups are. */
export function openChangeRecorder({
  flushEvery,
  signingKey,
  recipients,
  client,
  store,
  ...options
}: ChangeRecorderSettings): ChangeRecorder {
  return new ChangeRecorder({
    ...options,
    ...{ flushEvery, client, segments: store.segments, maxPendingBytes: MAX_PENDING, random: Math.random },
    sign: signingKey && ((text) => signMessage(text, signingKey)),
    encrypt: recipients && ((bytes) => encryptBytes(bytes, recipients)),
  });
}

async function encryptBytes(bytes: Uint8Array, recipients: Recipients): Promise<Uint8Array> {
  const { encryptStream } = await import("../encryption/encrypt-stream.ts");
  const chunks = await Array.fromAsync(encryptStream(once(bytes), recipients));
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
