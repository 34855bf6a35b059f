import { DecryptingStore } from "../encryption/decrypting-store.ts";
import { Identities } from "../encryption/identities.ts";
import type { SettingsWith } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import type { OpenStoreOptions } from "../store/open-store.ts";
import type { Log } from "../terminal/log/log.ts";
import { describePlainEndpoint } from "./plain-endpoint.ts";

/** The part of a command's context that opening the store requires. */
export interface OpenConfiguredStoreOptions {
  settings: SettingsWith<"s3target">;
  log: Log;
  now: () => Date;
  /**
   * Whether backups are seen that nobody in ALLOWED_SIGNERS has signed: by commands that only tell of backups. For all
   * others a store that holds no other is an error.
   */
  seesAll?: boolean | undefined;
  /** With it, whether of two forms of a name only the one is seen that the signed note is of. */
  signedForms?: boolean | undefined;
  /** Whether the backups are seen that were removed, in place of those that are there. */
  deleted?: boolean | undefined;
  /** Told how long each answer of S3 took, in seconds, and its status. */
  onStoreAnswer?: ((seconds: number, status: number | undefined) => void) | undefined;
  /** Called before a backup appears or is removed; it throws where that may not be. */
  beforeWrite?: (() => Promise<void>) | undefined;
}

/** Opens the store that the settings select. */
export async function openConfiguredStore(options: OpenConfiguredStoreOptions): Promise<Store> {
  const { openStore } = await import("../store/open-store.ts");
  return await asConfigured(await openStore(storeOptions(options)), options);
}

/** A store as the settings have it read: decrypted with their keys, and believed as ALLOWED_SIGNERS says. */
export async function asConfigured(store: Store, options: OpenConfiguredStoreOptions): Promise<Store> {
  const { identities = new Identities([]) } = options.settings;
  return await believed(new DecryptingStore(store, identities), options);
}

/** The store as ALLOWED_SIGNERS has it believed. */
async function believed(
  store: Store,
  { settings, log, now, seesAll = false, signedForms = false }: OpenConfiguredStoreOptions,
): Promise<Store> {
  const { allowedSigners: signers, unsigned } = settings;
  if (signers === undefined || unsigned || (seesAll && !signedForms)) return store;
  const [{ BelievedStore }, { SignedFormStore }, { Beliefs }] = await Promise.all([
    import("../trust/believed-store.ts"),
    import("../trust/signed-form-store.ts"),
    import("../trust/beliefs.ts"),
  ]);
  const beliefs = new Beliefs({ store, signers, now, log });
  if (seesAll) return new SignedFormStore(store, beliefs);
  return new BelievedStore({ store, beliefs, whenNone: "error" });
}

/**
 * How the store that the settings select is opened; warns where that is a server without TLS. This is the only place that
 * reveals the access key.
 */
export function storeOptions({
  settings,
  log,
  now,
  deleted,
  onStoreAnswer,
  beforeWrite,
}: OpenConfiguredStoreOptions): OpenStoreOptions {
  const { s3target: target, endpoint, region, awsProfile: profile, accessKey } = settings;
  const plain = target.kind === "s3" ? describePlainEndpoint(endpoint) : undefined;
  if (plain !== undefined) log.warn(plain);
  const { addressing, ca, ...asked } = settings.s3 ?? {};
  const { objectLock: lock } = settings;
  const write = lock === undefined ? asked : { ...asked, lock };
  const credentials = accessKey && {
    accessKeyId: accessKey.accessKeyId.reveal(),
    secretAccessKey: accessKey.secretAccessKey.reveal(),
    sessionToken: accessKey.sessionToken?.reveal(),
  };
  return {
    target,
    endpoint,
    credentials,
    region,
    profile,
    addressing,
    ca,
    write,
    deleted,
    onAnswer: onStoreAnswer,
    beforeWrite,
    log,
    now,
  };
}
