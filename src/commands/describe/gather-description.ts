import { Buffer } from "node:buffer";
import { DamagedArchiveError } from "../../archive/format/damaged-archive-error.ts";
import { NewerFormatError } from "../../archive/format/newer-format-error.ts";
import type { Archive } from "../../archive/reader.ts";
import { type Judge, type Look, lookAtBackups } from "../../catalog/look-at-backups.ts";
import { openBackup } from "../../catalog/open-backup.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { openStoredTags } from "../../command-line/stored-tags.ts";
import { MissingKeyError } from "../../encryption/missing-key-error.ts";
import { OperatorError } from "../../errors.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { manifestOfNote } from "../../notes/manifest-of-note.ts";
import type { NoteReading } from "../../notes/read-note.ts";
import { tagReasons } from "../../retention/keep-tags.ts";
import { type KeptUntil, keptUntil } from "../../retention/kept-until.ts";
import type { Settings } from "../../settings/settings.ts";
import { keyFingerprint } from "../../signatures/public-key.ts";
import { verifyMessage } from "../../signatures/sshsig.ts";
import { fileOfBackup } from "../../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { TwoFormsError } from "../../store/contract/two-forms-error.ts";
import { allTags } from "../../tags/change-tags.ts";
import { withAll } from "../../trust/believed-store.ts";
import { judgeForms } from "../../trust/judge-backup.ts";
import type { Contents, DescriptionFacts, Signature } from "./description.ts";

/**
 * Gathers what the manifest and the note of a backup say, and what lies beside it. No object is read.
 *
 * @param store as ALLOWED_SIGNERS has it believed.
 * @throws {OperatorError} where the store cannot be read.
 */
export async function gatherDescription(
  { settings, log, now, signal }: Pick<CommandContext, "settings" | "log" | "now" | "signal">,
  { store, backup: listed }: { store: Store; backup: StoredBackup },
): Promise<DescriptionFacts> {
  const all = withAll(store);
  const look = await lookAt(all, listed, { settings, now, signal });
  const { backup, reading, belief, checked } = look;
  // What nobody vouches for is described too, as `list --long` does.
  const opened = await readArchive(belief?.believed === true ? store : all, backup.name, signal);
  const note = reading.state === "read" && isOf(reading, backup) ? reading.note : undefined;
  const manifest =
    opened.archive?.manifest ?? (note && opened.state === "encrypted" ? manifestOfNote(note) : undefined);
  const stored = openStoredTags({ settings, store: all, now, log });
  const given = manifest?.tags ?? note?.tags ?? [];
  const tags = allTags({ given, later: await stored.later(backup, reading, signal) });
  const asOf = now();
  return {
    backup,
    store: store.url,
    asOf,
    state: opened.state === "ok" && checked !== undefined ? "valid" : opened.state,
    reason: opened.reason,
    manifest,
    contents: opened.contents,
    reading,
    note,
    signature: signatureOf(reading),
    belief,
    checked,
    tags,
    retention: await retentionOf(
      { settings, store, name: backup.name, interval: manifest?.intervalSeconds, tags, now: asOf },
      signal,
    ),
  };
}

async function lookAt(
  store: Store,
  listed: StoredBackup,
  { settings, now, signal }: Pick<CommandContext, "settings" | "now" | "signal">,
): Promise<Look> {
  const { allowedSigners: signers } = settings;
  const judge: Judge | undefined =
    signers && ((backup, reading) => judgeForms({ backup, reading, signers, now: now() }));
  const [look] = await Array.fromAsync(lookAtBackups(store, one(listed), signal, judge));
  if (look === undefined)
    throw new OperatorError(`Cannot describe ${listed.name}: it is gone from ${store.url}`);
  return look;
}

interface Opened {
  state: "ok" | "damaged" | "newer format" | "encrypted";
  reason: string | undefined;
  archive?: Pick<Archive, "manifest">;
  contents?: Contents[];
}

async function readArchive(store: Store, name: string, signal: AbortSignal): Promise<Opened> {
  try {
    const { archive, close } = await openBackup(store, name, signal, { check: "manifest" });
    try {
      return { state: "ok", reason: undefined, archive, contents: contentsOf(archive) };
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof MissingKeyError) return { state: "encrypted", reason: error.reason };
    if (error instanceof NewerFormatError) return { state: "newer format", reason: error.reason };
    if (error instanceof DamagedArchiveError || error instanceof TwoFormsError)
      return { state: "damaged", reason: error.reason };
    throw error;
  }
}

/** What is in each namespace, by the files of the manifest; what is in none comes first. */
function contentsOf({ manifest, files }: Pick<Archive, "manifest" | "files">): Contents[] {
  const titles = kindTitles(manifest.resources);
  const found = new Map<string | undefined, Contents>();
  for (const { content, resource, namespace, objects = 0, bytes } of files) {
    if (resource === undefined) continue;
    const here = found.get(namespace) ?? {
      ...{ namespace: namespace ?? null, objects: 0, unpackedBytes: 0, kinds: {} },
    };
    found.set(namespace, here);
    here.unpackedBytes += bytes;
    if (content !== "objects") continue;
    here.objects += objects;
    const title = titles.get(resource) ?? resource;
    here.kinds[title] = (here.kinds[title] ?? 0) + objects;
  }
  const order = ({ namespace }: Contents) => namespace ?? "";
  return [...found.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** Whether a note is of what lies in the store, as far as its name and size tell. */
function isOf({ note }: NoteReading & { state: "read" }, { name, form, size }: StoredBackup): boolean {
  return form !== "both" && note.object === fileOfBackup(name, form) && note.bytes === size;
}

function signatureOf(reading: NoteReading): Signature | undefined {
  if (reading.state !== "read" || reading.signature === undefined) return undefined;
  const { cluster } = reading.note;
  const principal = cluster.name ?? cluster.id;
  const verified = verifyMessage(Buffer.from(reading.text), reading.signature);
  if ("problem" in verified) return { key: null, principal, reason: verified.problem };
  return { key: keyFingerprint(verified.value), principal, reason: null };
}

/** By the rules that are set; undefined without any. */
async function retentionOf(
  {
    settings,
    store,
    name,
    interval: seconds,
    tags,
    now,
  }: {
    settings: Pick<Settings, "retention" | "keepTags" | "frequencyMinutes">;
    store: Store;
    name: string;
    interval: number | undefined;
    tags: readonly string[];
    now: Date;
  },
  signal: AbortSignal,
): Promise<KeptUntil | undefined> {
  const { retention: rules, keepTags, frequencyMinutes } = settings;
  const byTags = tagReasons(tags, keepTags);
  if (rules === undefined) {
    return byTags.length === 0 ? undefined : { keep: true, reasons: byTags, until: undefined };
  }
  const backups = await Array.fromAsync(store.list({}, signal));
  const [before, newest] = backups.slice(-2);
  const apart = before && newest && newest.time.getTime() - before.time.getTime();
  const set = frequencyMinutes === undefined ? undefined : frequencyMinutes * 60_000;
  const interval = set ?? (seconds === undefined ? apart : seconds * 1000);
  const kept = keptUntil(backups, name, { rules, now, interval });
  if (byTags.length === 0) return kept;
  return { keep: true, reasons: [...(kept.keep ? kept.reasons : []), ...byTags], until: undefined };
}

async function* one<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}
