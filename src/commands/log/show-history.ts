import { openNewestBackup } from "../../catalog/open-backup.ts";
import { byName } from "../../change-log/history/changes-of-states.ts";
import { GoneObjects } from "../../change-log/history/gone-objects.ts";
import type { HistoryEntry } from "../../change-log/history/history-entry.ts";
import { FAR, type HistorySource, planFromStore, planNews } from "../../change-log/history/list-history.ts";
import { HistoryReader } from "../../change-log/history/read-history.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { writeJsonList } from "../../command-line/json-list.ts";
import { SCHEMA_VERSION } from "../../command-line/output.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { describeAmbiguousNames } from "../../selection/resources-by-name.ts";
import type { Store } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { sleep } from "../../time/sleep.ts";
import { visibleJson } from "../../words/visible.ts";
import { goneText, restoreCommand } from "./gone-text.ts";
import { goneItem, historyItem } from "./history-json.ts";
import { historyText } from "./history-text.ts";
import { historySelection, type LogFlags, type LogRequest } from "./log-request.ts";

/** How often a store is asked for what is new, in milliseconds. */
const POLL = 3_000;

/** What is shown, and of which store. */
export interface ShownHistory {
  store: Store;
  request: LogRequest;
  /** Names and patterns of namespaces; undefined for all. */
  namespaces: readonly string[] | undefined;
}

type Context = CommandContext<LogFlags, "s3target">;

/**
 * Shows a history.
 *
 * @throws {UsageError} naming kinds that no backup knows.
 * @throws {OperatorError} where the store, a segment or a backup cannot be read.
 */
export async function showHistory(context: Context, shown: ShownHistory): Promise<void> {
  const { flags, log, signal } = context;
  const { store, request, namespaces } = shown;
  const { range } = request;
  const { resources, where } = await knownResources(context, shown);
  for (const note of describeAmbiguousNames(resources, request.kinds)) log.info(note);
  const source = { store, reader: new SegmentReader(store) };
  const reader = new HistoryReader({
    ...{ ...source, resources },
    selection: historySelection(request, namespaces, { resources, where }),
    range: flags.follow ? { ...range, until: FAR } : range,
    onNote: (note) => log.warn(note),
  });
  const parts = await planFromStore(source, range, signal);
  const entries = flags.follow
    ? followed(reader, { source, parts: reader.read(parts, signal), since: range.since }, signal)
    : reader.read(parts, signal);
  const written = flags.deleted
    ? await writeGone(context, entries, resources)
    : await writeEntries(context, entries, resources);
  const reached = reader.reached ?? range.until;
  const from = rfc3339(range.since);
  if (written === 0) log.info(`Nothing ${flags.deleted ? "is gone" : "has changed"} from ${from} on`);
  log.info(
    reached < range.until
      ? `From ${from} to ${rfc3339(reached)}; nothing later is in the store`
      : `From ${from} to ${rfc3339(range.until)}`,
  );
}

/** The resources of the newest backups at the end and at the beginning: what a kind is called, and how it is written. */
async function knownResources(
  { log, signal }: Context,
  { store, request }: ShownHistory,
): Promise<{ resources: Resource[]; where: string }> {
  const { since, until } = request.range;
  const newest = await openNewestBackup({ store, until, log, check: "manifest" }, signal);
  await newest.close();
  const { resources } = newest.archive.manifest;
  const before = await store.newest({ until: since }, signal);
  if (before === undefined || before.name === newest.name) return { resources, where: newest.name };
  // A kind that is gone meanwhile is known from before.
  const older = await openNewestBackup({ store, until: since, log, check: "manifest" }, signal);
  await older.close();
  const all = byName(resources, older.archive.manifest.resources);
  return { resources: [...all.values()], where: `${newest.name} or ${older.name}` };
}

/** Goes on with what comes into the store, until the signal aborts. */
async function* followed(
  reader: HistoryReader,
  { source, parts, since }: { source: HistorySource; parts: AsyncIterable<HistoryEntry>; since: Date },
  signal: AbortSignal,
): AsyncGenerator<HistoryEntry> {
  yield* parts;
  for (;;) {
    await sleep(POLL, signal);
    const { last, reached = since } = reader;
    const news = await planNews(source, { last, reached }, signal);
    yield* reader.goOn(news.following, signal);
    yield* reader.read(news.parts, signal);
  }
}

/** Writes each entry as it comes. Returns the number of them. */
async function writeEntries(
  { flags, output }: Context,
  entries: AsyncIterable<HistoryEntry>,
  resources: readonly Resource[],
): Promise<number> {
  let written = 0;
  const counted = async function* () {
    for await (const entry of entries) {
      written += 1;
      yield entry;
    }
  };
  if (output.json && !flags.follow) {
    await writeJsonList(output, "items", mapped(counted(), historyItem));
    return written;
  }
  const { colors: colored, width } = output;
  const text = historyText({ colored, width, resources, patch: flags.patch });
  for await (const entry of counted()) {
    if (output.json) output.document(`${jsonLine(historyItem(entry))}\n`);
    else output.lines([...(written === 1 ? [text.title] : []), ...text.lines(entry)]);
  }
  return written;
}

/** Writes what is gone in the end. Returns the number of it. */
async function writeGone(
  { output }: Context,
  entries: AsyncIterable<HistoryEntry>,
  resources: readonly Resource[],
): Promise<number> {
  const objects = new GoneObjects();
  for await (const entry of entries) objects.take(entry);
  const gone = objects.list();
  const items = gone.map((each) => goneItem(each, restoreCommand(each, resources)));
  if (output.json) output.show({ json: { items }, text: () => [] });
  else output.lines(goneText(gone, { colored: output.colors, resources }));
  return gone.length;
}

function jsonLine(item: object): string {
  return visibleJson(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...item }));
}

async function* mapped<Item, Result>(
  items: AsyncIterable<Item>,
  map: (item: Item) => Result,
): AsyncGenerator<Result> {
  for await (const item of items) yield map(item);
}
