import type { Judge, Look } from "../../catalog/look-at-backups.ts";
import { describeNoBackups } from "../../catalog/no-backups.ts";
import type { BackupFilter } from "../../catalog/select-backups.ts";
import type { Coverage } from "../../change-log/replay/coverage.ts";
import { readMoment } from "../../command-line/backup-argument.ts";
import { defineCommand } from "../../command-line/command.ts";
import { writeJsonList } from "../../command-line/json-list.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { DELETED_OPTION, OUTPUT_OPTION } from "../../command-line/options.ts";
import type { Output } from "../../command-line/output.ts";
import { readTags } from "../../command-line/tag-arguments.ts";
import { UsageError } from "../../errors.ts";
import type { GateDecision } from "../../restore-gate/decide.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { Reading } from "../../time/moment.ts";
import { describeBackup } from "../describe/describe.ts";
import { describeGaps } from "./gaps.ts";
import { type ListedBackup, listedBackup, listTable } from "./listed-backup.ts";
import { coverageJson, coverageLines } from "./log-coverage.ts";

const MINUTE = 60_000;

/** `kube-backup list`: lists the backups in the store, newest last. */
export const listCommand = defineCommand({
  command: ["list [BACKUP]", "ls", "snapshots"],
  describe: "List the backups, the newest last",
  group: "everyday",
  needs: ["s3target"],
  paged: true,
  backupWords: ({ BACKUP }) => [BACKUP],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("BACKUP", {
        describe: "One backup, of which everything is shown: kube-backup describe",
        type: "string",
      })
      .options({
        output: { ...OUTPUT_OPTION.output, choices: ["table", "wide", "yaml", "json", "name"] },
        since: {
          type: "string",
          requiresArg: true,
          describe: "Only those of this time or later: 14:03, 2026-01-31, 2026-01-31T12:00:00Z, 36h",
        },
        until: { type: "string", requiresArg: true, describe: "Only those of this time or earlier" },
        tag: {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "Only those with this tag, or with one of these",
        },
        last: { type: "string", requiresArg: true, describe: "Only the newest N of these" },
        ...DELETED_OPTION,
        long: {
          type: "boolean",
          default: false,
          describe:
            "What the note of each one says: its objects, its cluster; whether it is used and was checked",
        },
      })
      .example("$0 list --s3target s3://my-bucket/blue", "Backups under a prefix")
      .example("$0 list --since 2d --long", "Those of the last two days, and what is in them")
      .example("$0 list --tag before-upgrade", "Those that somebody has tagged so")
      .example("$0 list --last 10 -o json", "For a script: {backups: [{name, time, ageSeconds, sizeBytes}]}"),
  async handler(context) {
    const { settings, flags, output, log, signal, now } = context;
    if (flags.BACKUP !== undefined) {
      rejectFilters(flags);
      const { BACKUP, deleted, output: form } = flags;
      return await describeBackup({ ...context, flags: { BACKUP, deleted, output: form } });
    }
    const long = flags.long || flags.output === "wide";
    const asOf = now();
    const { notes, ...filter } = readFilter(flags, context.reading());
    for (const note of notes) log.info(note);
    const wanted = flags.tag === undefined ? undefined : readTags("--tag", flags.tag);
    const [{ selectBackups }, { decide, NO_FACTS }] = await Promise.all([
      import("../../catalog/select-backups.ts"),
      import("../../restore-gate/decide.ts"),
    ]);
    const { maxRestoreAgeMinutes } = settings;
    const maxRestoreAge = maxRestoreAgeMinutes === undefined ? undefined : maxRestoreAgeMinutes * MINUTE;
    // How the gate would treat a cluster without the flag, if this were the newest backup.
    const gateOf = (newest: StoredBackup): GateDecision | undefined =>
      maxRestoreAge === undefined || flags.deleted
        ? undefined
        : decide({ ...NO_FACTS, newest, now: asOf, maxRestoreAge });
    const { allowedSigners: signers } = settings;
    const { judgeForms } = await import("../../trust/judge-backup.ts");
    const judge: Judge | undefined =
      signers && ((backup, reading) => judgeForms({ backup, reading, signers, now: asOf }));
    const store = await openConfiguredStore({ ...context, seesAll: true, deleted: flags.deleted });
    try {
      const backups =
        long || wanted !== undefined
          ? (await import("./tagged-backups.ts")).taggedBackups(
              { settings, store, filter, wanted, judge, log, now },
              signal,
            )
          : mapped(selectBackups(store, filter, signal), (backup): Entry => ({ backup }));
      const listed = mapped(backups, ({ backup, tags, look }) => {
        return listedBackup({
          backup,
          asOf,
          gate: gateOf(backup),
          tags,
          ...(long && look ? { look } : {}),
        });
      });
      const { deleted } = flags;
      const cover = () => coverage(store, { deleted, now: now() }, signal);
      const none = () => describeNone(store, { ...filter, wanted, deleted }, signal);
      if (output.json || ["yaml", "name"].includes(flags.output)) {
        if (!(await writeForScripts(output, { form: flags.output, listed, cover }))) log.warn(await none());
        return;
      }
      const gate = maxRestoreAge !== undefined && !flags.deleted;
      const table = listTable({ gate, deleted, long, tags: wanted !== undefined, width: output.width });
      let written = 0;
      let newest: ListedBackup | undefined;
      for await (const each of listed) {
        if (written === 0) output.lines([table.title]);
        output.lines(table.row(each));
        written += 1;
        newest = each;
      }
      if (newest !== undefined && long) {
        const { inspectBackup } = await import("../../catalog/inspect-backup.ts");
        output.sentences(describeGaps(newest.name, await inspectBackup(store, newest.name, signal)));
      }
      if (written === 0) output.sentences([await none()]);
      output.sentences(coverageLines(await cover()));
    } finally {
      await store.close();
    }
  },
});

/** Writes names, or a document. Returns whether there was any backup. */
async function writeForScripts(
  output: Output,
  {
    form,
    listed,
    cover,
  }: { form: string; listed: AsyncIterable<ListedBackup>; cover: () => Promise<Coverage | undefined> },
): Promise<boolean> {
  let any = false;
  const more = async () => {
    const covered = await cover();
    return covered === undefined ? {} : { changeLog: coverageJson(covered) };
  };
  const seen = mapped(listed, (each) => {
    any = true;
    return each;
  });
  if (form === "name") for await (const { name } of seen) output.lines([name]);
  else if (form === "yaml")
    await (await import("./write-yaml-list.ts")).writeYamlList(output, "backups", seen, more);
  else await writeJsonList(output, "backups", seen, more);
  return any;
}

/** What the change log leads to; undefined of backups that were removed. */
async function coverage(
  store: Store,
  { deleted, now }: { deleted: boolean; now: Date },
  signal: AbortSignal,
): Promise<Coverage | undefined> {
  if (deleted) return undefined;
  const { coveredRanges } = await import("../../change-log/replay/covered-ranges.ts");
  return await coveredRanges({ store, now }, signal);
}

async function describeNone(
  store: Store,
  {
    from,
    until,
    wanted,
    deleted,
  }: BackupFilter & { wanted: readonly string[] | undefined; deleted: boolean },
  signal: AbortSignal,
): Promise<string> {
  if (wanted !== undefined && (await store.newest({}, signal)) !== undefined)
    return `No backups with the tag ${wanted.join(" or ")} in ${store.url}`;
  if (deleted) return `No backups that were removed from ${store.url} can be read any more`;
  const isFiltered = from !== undefined || until !== undefined;
  if (isFiltered && (await store.newest({}, signal)) !== undefined)
    return `No backups of that time in ${store.url}`;
  return (await describeNoBackups(store, signal)).message;
}

/** A backup, and what is known of it where it was looked at. */
interface Entry {
  backup: StoredBackup;
  tags?: readonly string[] | null;
  look?: Look;
}

async function* mapped<Item, Result>(
  items: AsyncIterable<Item>,
  map: (item: Item) => Result,
): AsyncGenerator<Result> {
  for await (const item of items) yield map(item);
}

/** @throws {UsageError} where flags say which of several backups to list, and one is named. */
function rejectFilters(flags: Readonly<Record<string, unknown>>): void {
  const form = String(flags["output"]);
  if (["wide", "name"].includes(form))
    throw new UsageError([`--output "${form}" is for several backups: one has table, yaml and json`]);
  const given = ["since", "until", "last", "tag"].filter((name) => flags[name] !== undefined);
  if (given.length > 0)
    throw new UsageError(given.map((name) => `--${name} does not go with a BACKUP: leave one of them out`));
}

/**
 * The filter, and which moments times without a zone are.
 *
 * @throws {UsageError} with all problems of the flags.
 */
function readFilter(
  flags: { since?: string | undefined; until?: string | undefined; last?: string | undefined },
  reading: Reading,
): BackupFilter & { notes: string[] } {
  // Of a day, or of a later one: from its start on.
  const since =
    flags.since === undefined
      ? undefined
      : readMoment("--since", flags.since, { ...reading, dates: "start" });
  const to = flags.until === undefined ? undefined : readMoment("--until", flags.until, reading);
  const notes = [since?.local, to?.local].filter((local) => local !== undefined);
  const [from, until] = [since?.moment, to?.moment];
  if (from !== undefined && until !== undefined && from > until) {
    throw new UsageError([
      `--since ${flags.since} is later than --until ${flags.until}: no backup is of that time`,
    ]);
  }
  if (flags.last === undefined) return { from, until, notes };
  const last = /^\d{1,9}$/.test(flags.last) ? Number(flags.last) : 0;
  if (last === 0) {
    throw new UsageError([`--last "${flags.last}" is no whole number above 0: write for example 10`]);
  }
  return { from, until, last, notes };
}
