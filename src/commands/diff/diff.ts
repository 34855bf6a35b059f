import type { Options } from "yargs";
import {
  momentArguments,
  type PlacedChoice,
  readBackupChoice,
  readPlaced,
  readTwoMoments,
  splitWords,
} from "../../command-line/backup-argument.ts";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredCluster } from "../../command-line/open-configured-cluster.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import {
  BACKUP_OPTION,
  listOption,
  MOMENT_OPTIONS,
  NAMESPACE_OPTIONS,
  SELECTOR_OPTION,
} from "../../command-line/options.ts";
import { reachCluster } from "../../command-line/reach-cluster.ts";
import type { ComparedSide } from "../../compare/compared-side.ts";
import type { Comparison } from "../../compare/document.ts";
import { PartialError, UsageError } from "../../errors.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { describeAmbiguousNames } from "../../selection/resources-by-name.ts";
import type { Reading } from "../../time/moment.ts";
import { Pauses } from "../../time/pauses.ts";
import type { ShortcutValues } from "../../transform/shortcuts.ts";
import type { ChangedKind } from "../../transform/survey-changes.ts";
import { readChanges, SHORTCUT_OPTIONS, shortcutValues } from "../changes/changed-archive.ts";
import {
  type DiffRequest,
  type DiffSelectionFlags,
  diffSelection,
  literalNamespaces,
  namedKinds,
  readDiffRequest,
  rejectUnknownNamespaces,
  seenObjects,
} from "./diff-selection.ts";
import { restoreSources } from "./restore-sources.ts";

/** The flags and arguments of `diff`. */
interface DiffFlags extends DiffSelectionFlags, ShortcutValues {
  words?: readonly string[] | undefined;
  backup?: string | undefined;
  at?: string | undefined;
  "or-before"?: boolean | undefined;
  revision?: string | undefined;
  timeline?: string | undefined;
  before?: string | undefined;
  transform?: string[] | undefined;
  output: string;
  summary: boolean;
  controllers: boolean;
}

/** `kube-backup diff`: compares a backup with the cluster, or two backups. */
export const diffCommand = defineCommand({
  command: "diff [words..]",
  usage: "diff [BACKUP [BACKUP]] [KIND[,KIND…] [NAME…]]",
  describe: "Show what differs from the cluster, or between two backups",
  group: "everyday",
  needs: ["s3target"],
  paged: true,
  backupWords: ({ words = [], backup }) => [backup, ...words],
  comparison: true,
  builder: (yargs) =>
    yargs
      .positional("words", {
        describe: "One backup, latest by default, or two; then kinds and names, or all",
        type: "string",
        array: true,
      })
      .options({
        ...BACKUP_OPTION,
        ...MOMENT_OPTIONS,
        // The help of diff has one screen; the page tells of it.
        "or-before": { ...MOMENT_OPTIONS["or-before"], hidden: true },
        revision: { ...MOMENT_OPTIONS.revision, hidden: true },
        before: { ...MOMENT_OPTIONS.before, hidden: true },
        namespace: {
          ...NAMESPACE_OPTIONS.namespace,
          describe: "Only these namespaces: shop,team-*",
        },
        "all-namespaces": {
          ...NAMESPACE_OPTIONS["all-namespaces"],
          describe: "All namespaces, as without -n",
        },
        "include-namespaces": listOption("Only these namespaces: shop,team-*"),
        "exclude-namespaces": listOption("Not these namespaces: kube-*"),
        "include-kinds": listOption("Only these kinds: deploy,secrets"),
        "exclude-kinds": listOption("Not these kinds"),
        ...SELECTOR_OPTION,
        transform: {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "As patches change the backup; --set-image too",
        },
        ...hidden(SHORTCUT_OPTIONS),
        output: {
          alias: "o",
          describe: "How to write the result",
          choices: ["text", "json", "html"],
          default: "text",
          requiresArg: true,
        },
        summary: {
          type: "boolean",
          default: false,
          describe: "Show counts by kind in place of the objects",
        },
        controllers: {
          type: "boolean",
          default: false,
          describe: "Also what controllers wrote, as json and html have it",
        },
      })
      .example("$0 diff --summary", "How much of each kind has changed")
      .example("$0 diff", "What changed in the cluster since the newest backup")
      .example("$0 diff deploy web -n shop", "What changed in one object")
      .example("$0 diff --at 2h -n shop", "What changed in a namespace in the last 2 hours")
      .example("$0 diff backup_20260130T120000Z latest", "Between two backups; the cluster is not asked")
      .example("$0 diff --transform new-cluster.yaml", "What differs from what such a restore would bring")
      .example("$0 diff -o html > diff.html", "A page to be looked through and passed on"),
  async handler(context) {
    const { flags, progress, signal, log } = context;
    const { choices, others } = readChoices(flags, context.reading());
    const request = await readDiffRequest(others, context);
    if (flags.summary && flags.output !== "text") {
      throw new UsageError([`--summary is for text: "summary" of -o json has the counts`]);
    }
    const change = await readChanges({
      transforms: flags.transform ?? [],
      shortcuts: shortcutValues(flags),
      paused: false,
    });
    const [{ openChosenBackup }, { readBackupSide }, { compareSides, comparedResources }] = await Promise.all(
      [
        import("../../catalog/open-backup.ts"),
        import("../../compare/backup-side.ts"),
        import("../../compare/compare-sides.ts"),
      ],
    );
    await using opened = new AsyncDisposableStack();
    // Each file is verified as it is read. Verifying first would read all files twice.
    const open = async (choice: PlacedChoice) => {
      const store = await openConfiguredStore(inPlace(context, choice));
      opened.defer(() => store.close());
      const backup = await openChosenBackup(choice, { store, log, check: "manifest" }, signal);
      opened.defer(() => backup.close());
      return backup;
    };
    const [first, second] = choices;
    const { name, archive } = await open(first);
    const changed = change(archive);
    const left = await readBackupSide({ name, archive: changed.archive }, signal);
    const right =
      second === undefined
        ? await openCluster(context, { opened, left, request })
        : await readBackupSide(await open(second), signal);

    const resources = comparedResources(left, right);
    for (const note of describeAmbiguousNames(resources, namedKinds(request))) log.info(note);
    const selection = diffSelection(request, resources, left.side.name);
    rejectUnknownNamespaces(request, left, right);
    const seen = seenObjects(selection, request);
    const { transformed, notes } = await changed.survey(selection, signal);
    const stage = progress({ title: "Comparing", unit: "objects" });
    const compared = await compareSides(
      {
        left,
        right,
        selection: seen.selection,
        settleFor: second === undefined ? SETTLE_FOR : 0,
        onObject: () => stage.advance(1),
      },
      signal,
    ).finally(() => stage.end());
    seen.rejectUnseen(resources, `${left.side.name} nor ${right.side.name}`);
    const comparison = { ...compared, notes: [...notes, ...compared.notes] };
    await show(context, { comparison, transformed, resources });
    if (comparison.objects.length > (comparison.byController ?? 0)) return "different";
    if (comparison.notCompared === undefined) return undefined;
    throw new PartialError(
      `Cannot say whether all is alike: ${comparison.notCompared.join(", ")} were not compared`,
      {
        advice: "The notes say why; with --exclude-kinds, all else is compared",
      },
    );
  },
});

/** Flags that the help of restore describes. */
function hidden<Flags extends Record<string, Options>>(flags: Flags): Flags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, options]) => [name, { ...options, hidden: true }]),
  ) as Flags;
}

/** Writes a comparison. How an object differs is found out as it is written: the signal is looked at before each. */
async function show(
  { flags, output, signal }: CommandContext<DiffFlags, "s3target">,
  {
    comparison,
    transformed,
    resources,
  }: {
    comparison: Comparison;
    transformed: readonly ChangedKind[];
    resources: readonly Resource[];
  },
): Promise<void> {
  const pauses = new Pauses(() => performance.now());
  if (flags.output === "json") {
    const json = { ...comparisonJson(comparison), ...(transformed.length === 0 ? {} : { transformed }) };
    return output.show({ json, text: () => [] });
  }
  if (flags.output === "html") {
    const { pageChunks } = await import("../../compare/html/page.ts");
    const { pageScript } = await import("../../pages/scripts/page-script.ts");
    const sources = restoreSources(comparison, { isTransformed: transformed.length > 0 });
    const page = { script: await pageScript("diff"), sources };
    for (const chunk of pageChunks(comparison, page)) {
      output.document(chunk);
      await pauses.pause(signal);
    }
    return;
  }
  const { comparisonText } = await import("../../compare/text/comparison-text.ts");
  const { colors: colored, width } = output;
  const { summary, controllers } = flags;
  const options = { colored, width, titles: kindTitles(resources), summary, controllers };
  for (const block of comparisonText(comparison, options)) {
    output.lines(block);
    await pauses.pause(signal);
  }
}

/** The document: the objects that differ are `items`, since `objects` is a number in all documents. */
function comparisonJson({
  left,
  right,
  summary,
  byController,
  objects,
  notCompared,
  notes,
}: Comparison): object {
  return { left, right, summary, byController, items: objects, notCompared, notes };
}

/** How long the controllers of a cluster are waited for that adopt what was just restored, in milliseconds. */
const SETTLE_FOR = 10_000;

/** The backup on the left, the one on the right unless that is the cluster, and the words that name no backup. */
function readChoices(
  { words = [], backup: flag, ...flags }: DiffFlags,
  reading: Reading,
): { choices: readonly [PlacedChoice, PlacedChoice?]; others: readonly string[] } {
  const { backups, others } = splitWords(words);
  // -b takes the place of the first, and another one is the second then.
  const named = flag === undefined || typeof flag !== "string" ? backups : [flag, ...backups];
  const [first, second, ...more] = named;
  if (more.length > 0)
    throw new UsageError([`"${more.join(" ")}" is too much: diff compares two backups at most`]);
  const given = (["at", "revision", "before"] as const).find((each) => flags[each] !== undefined);
  if (second !== undefined && given !== undefined) {
    throw new UsageError([
      `--${given} ${flags[given]} says which backup to compare with the cluster: name two backups without it`,
    ]);
  }
  const moments = momentArguments(flags);
  const two = first === undefined ? readTwoMoments(moments, reading) : undefined;
  if (two !== undefined) return { choices: two, others };
  const left = readBackupChoice({ backup: first, flag, ...moments }, reading);
  return { choices: second === undefined ? [left] : [left, readPlaced(second)], others };
}

async function openCluster(
  context: CommandContext<DiffFlags, "s3target">,
  { opened, left, request }: { opened: AsyncDisposableStack; left: ComparedSide; request: DiffRequest },
): Promise<ComparedSide> {
  const { readClusterSide } = await import("../../compare/cluster-side.ts");
  const client = await openConfiguredCluster(context);
  opened.defer(() => client.close());
  const { now, signal } = context;
  await reachCluster(client, context.log, signal);
  const { keepFinished } = left;
  const { keepKubeSystem, programNamespace } = context.settings;
  const namespaces = literalNamespaces(request, left.resources);
  return await readClusterSide(
    { client, namespaces, keepFinished, keepKubeSystem, programNamespace, now },
    signal,
  );
}
