import { openNewestBackup } from "../../catalog/open-backup.ts";
import { isPod } from "../../cluster/kubeconfig/pod.ts";
import { LATEST } from "../../command-line/backup-word.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { readObjects } from "../../command-line/read-backup-objects.ts";
import { targetNamespaces } from "../../command-line/target-namespaces.ts";
import { readConfiguration } from "../../configuration/read-configuration.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { readNote } from "../../notes/read-note.ts";
import { KEEP } from "../../retention/keep-tags.ts";
import { resourcesByName } from "../../selection/resources-by-name.ts";
import { readSettings, type SettingsWith } from "../../settings/settings.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { inOrderOfTags } from "../../store/contract/tag-name.ts";
import { readTagList } from "../../tags/read-tag-list.ts";
import { formatAge } from "../../terminal/duration.ts";
import { createLog, type Log } from "../../terminal/log/log.ts";
import type { Candidate } from "./candidate.ts";

/** The maximum number of backups: about one screen. */
const MAX_BACKUPS = 20;
const DAY = 86_400_000;
/**
 * Periods in days to list, in turn, until enough backups are found. A store lists backups from a point in time
 * onward.
 */
const LISTING_DAYS = [1, 14, 400];

/** Options of {@link backupCandidates} and {@link manifestCandidates}. */
export interface StoreCandidatesOptions {
  environment: Record<string, string | undefined>;
  /** The values of the flags, by flag name. */
  flags: Readonly<Record<string, string>>;
  now: () => Date;
}

/** Names of the newest backups, newest first, and `latest`. */
export async function backupCandidates(
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  return await withStore(options, async (store) => {
    const [newest, ...older] = await newestBackups(store, signal);
    if (newest === undefined) return [];
    const now = options.now().getTime();
    return [
      { value: LATEST, describe: newest.name },
      ...[newest, ...older].map(({ name, time }) => ({
        value: name,
        describe: formatAge(now - time.getTime()),
      })),
    ];
  });
}

/** The newest backups, newest first. */
async function newestBackups(store: Store, signal: AbortSignal): Promise<StoredBackup[]> {
  const newest = await store.newest({}, signal);
  if (newest === undefined) return [];
  let found = [newest];
  for (const days of LISTING_DAYS) {
    const from = new Date(newest.time.getTime() - days * DAY);
    found = await Array.fromAsync(store.list({ from }, signal));
    if (found.length >= MAX_BACKUPS) break;
  }
  return found.toReversed().slice(0, MAX_BACKUPS);
}

/** The tag that keeps a backup, and the tags of the newest ones, whoever has set them. */
export async function tagCandidates(
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const keep = { value: KEEP, describe: "stays whatever the rules of retention say" };
  const found = withStore(options, async (store) => {
    const tagged = new Set(await Array.fromAsync(store.beside.list("tags", signal)));
    const ofEach = (await newestBackups(store, signal)).map(async ({ name }) => {
      const note = await readNote(store, name, signal);
      const later = tagged.has(name) ? await readTagList(store, name, signal) : undefined;
      return [
        ...(note.state === "read" ? (note.note.tags ?? []) : []),
        ...(later?.state === "read" ? later.list.tags : []),
      ];
    });
    return inOrderOfTags((await Promise.all(ofEach)).flat()).filter((tag) => tag !== KEEP);
  });
  // Whatever the store says, the tag that means something is there.
  return [keep, ...(await found.catch(() => [])).map((value) => ({ value }))];
}

/** Kinds or namespaces of the newest backup, from its manifest. */
export async function manifestCandidates(
  what: "kinds" | "namespaces",
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  return await withStore(options, async (store, log) => {
    const { archive, close } = await openNewestBackup({ store, log, check: "manifest" }, signal);
    try {
      const { resources } = archive.manifest;
      if (what === "namespaces") return [...archive.files.namespaces()].sort().map((value) => ({ value }));
      const titles = kindTitles(resources);
      return resources.map((resource) => ({
        // A name that two API groups have means the first.
        value:
          resourcesByName(resources, resource.resource)[0] === resource
            ? resource.resource
            : resourceName(resource),
        describe: titles.get(resourceName(resource)) ?? resource.kind,
      }));
    } finally {
      await close();
    }
  });
}

/** The most names of objects, which are more than anybody reads. */
const MAX_NAMES = 500;

/** The names of objects of the newest backup that begin with what was typed, in the namespaces that are meant. */
export async function objectCandidates(
  {
    kinds,
    slashed,
    given,
    everywhere,
    begun,
  }: {
    kinds: readonly string[];
    /** Whether the kind stands before each name: `deploy/web`. */
    slashed: boolean;
    /** The names that are there already. */
    given: readonly string[];
    everywhere: boolean;
    begun: string;
  },
  options: StoreCandidatesOptions,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const namespaces = options.flags["namespace"]?.split(",");
  return await withStore(options, async (store, log, settings) => {
    const { archive, close } = await openNewestBackup({ store, log, check: "manifest" }, signal);
    try {
      const homes = everywhere ? undefined : await targetNamespaces({ namespaces, settings });
      const resources = kinds.flatMap((kind) => resourcesByName(archive.manifest.resources, kind));
      const names = new Set<string>();
      for await (const { object } of readObjects(archive, { resources, namespaces: homes }, signal)) {
        const { name } = object["metadata"] as { name: string };
        if (name.startsWith(begun) && !given.includes(name)) names.add(name);
        if (names.size >= MAX_NAMES) break;
      }
      return [...names].map((name) => ({ value: slashed ? `${kinds.join(",")}/${name}` : name }));
    } finally {
      await close();
    }
  });
}

async function withStore<T>(
  { environment, flags, now }: StoreCandidatesOptions,
  work: (store: Store, log: Log, settings: SettingsWith<"s3target">) => Promise<T>,
): Promise<T> {
  const { entries: file } = await readConfiguration({ environment, flags, pod: isPod(environment) });
  const settings = readSettings({ environment, flags, needs: ["s3target"], file });
  const silent = { stream: { write: () => {} }, readable: false, colors: false, debug: false, now };
  const log = await createLog(silent);
  const store = await openConfiguredStore({ settings, log, now, seesAll: true });
  try {
    return await work(store, log, settings);
  } finally {
    await store.close();
  }
}
